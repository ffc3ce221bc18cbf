"""GET /docs: the OpenAPI document as a page to read, which needs no script and asks no other server."""

import json
from functools import partial

from flask import Blueprint, Response, render_template, request

from feedback_api.context import Context
from feedback_api.docs_words import inline, kind_of
from feedback_api.html import html_page
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from feedback_api.openapi_document import EXAMPLE_ROOT, filled, openapi_document
from feedback_api.openapi_others import PAGES
from feedback_api.problem_kinds import KINDS
from schemas.fields import Description

_WHERE = {"query": _("in the address"), "path": _("in the path"), "header": _("header")}


def blueprint(_context: Context) -> Blueprint:
    """GET /docs."""
    made = Blueprint("docs", __name__)
    made.add_url_rule("/docs", "docs", partial(docs, openapi_document()))
    return made


def docs(document: Description) -> Response:
    """The reference. What it says of the API is English, as in the document; what is around it in both languages."""
    page = render_template(
        "docs.html",
        language=preferred(),
        document=document,
        groups=_groups(document),
        schemas=document["components"]["schemas"],
        problems=[
            (code, kind.status, translated(kind.title), filled(translated(kind.detail)))
            for code, kind in sorted(KINDS.items(), key=lambda entry: (entry[1].status, entry[0]))
        ],
        pages=PAGES,
        inline=inline,
        kind_of=kind_of,
        where={name: translated(words) for name, words in _WHERE.items()},
        source=_source,
        as_json=partial(json.dumps, indent=2, ensure_ascii=False),
    )
    return html_page(page)


def _groups(document: Description) -> list[tuple[Description, list[Description]]]:
    """Each tag with its operations; those that answer like another in one form are named there, as `forms`."""
    every = [
        operation | {"method": method.upper(), "path": path}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    groups = []
    for tag in document["tags"]:
        of_tag = [one for one in every if tag["name"] in one["tags"] and "x-form-of" not in one]
        shown = [
            one | {"forms": [other["path"] for other in every if other.get("x-form-of") == one["path"]]}
            for one in of_tag
        ]
        groups.append((tag, shown))
    return groups


def _source(operation: Description) -> str | None:
    """The example of a command, for this server."""
    samples = operation.get("x-codeSamples")
    return samples[0]["source"].replace(EXAMPLE_ROOT, request.url_root.rstrip("/")) if samples else None
