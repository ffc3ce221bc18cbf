"""What a problem's `type` leads to: the same words, without a request."""

from flask import Blueprint, Response, jsonify

from feedback_api.context import Context
from feedback_api.languages import preferred, translated
from feedback_api.problem_kinds import KINDS
from feedback_api.problems import Problem


def blueprint(_context: Context) -> Blueprint:
    """GET /problems/<code>."""
    made = Blueprint("problems", __name__)
    made.add_url_rule("/problems/<code>", "kind", kind)
    return made


def kind(code: str) -> Response:
    """What this kind of problem means."""
    found = KINDS.get(code)
    if found is None:
        raise Problem("not_found")
    answer = jsonify(code=code, status=found.status, title=translated(found.title))
    answer.headers["Content-Language"] = preferred()
    answer.headers["Vary"] = "Accept-Language"
    return answer
