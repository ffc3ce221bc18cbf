"""What an address answers with, and whether the client takes it."""

from flask import request

from feedback_api.problems import Problem

JSON = "application/json"


def require_json() -> None:
    """Raise the Problem 406 unless the client takes JSON; one that names nothing takes everything."""
    accepted = request.accept_mimetypes
    if accepted and accepted.best_match([JSON]) is None:
        raise Problem("not_acceptable", values={"types": JSON})
