"""What an address answers with, and whether the client takes it."""

from collections.abc import Mapping
from typing import Literal

from flask import request

from feedback_api.problems import Problem
from reporting import tables_csv, tables_xlsx

Form = Literal["json", "csv", "xlsx"]
JSON = "application/json"
TYPES: Mapping[Form, str] = {"json": JSON, "csv": "text/csv", "xlsx": tables_xlsx.CONTENT_TYPE}
CONTENT_TYPES: Mapping[Form, str] = {"json": JSON, "csv": tables_csv.CONTENT_TYPE, "xlsx": tables_xlsx.CONTENT_TYPE}


def require_json() -> None:
    """Raise the Problem 406 unless the client takes JSON; one that names nothing takes everything."""
    accepted = request.accept_mimetypes
    if accepted and accepted.best_match([JSON]) is None:
        raise Problem("not_acceptable", values={"types": JSON})


def wanted_form(suffix: Form | None) -> Form:
    """What to answer with: the address's suffix decides, else Accept; JSON where it does not matter.

    Raises Problem 406 where the client takes none of them.
    """
    if suffix is not None:
        return suffix
    accepted = request.accept_mimetypes
    if not accepted:
        return "json"
    best = accepted.best_match(list(TYPES.values()))
    if best is None:
        raise Problem("not_acceptable", values={"types": ", ".join(TYPES.values())})
    return next(form for form, content_type in TYPES.items() if content_type == best)
