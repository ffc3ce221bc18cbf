"""Every error as RFC 9457 problem+json, in the reader's language; never a page of HTML."""

import json
from collections.abc import Iterable, Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from feedback_api.languages import preferred, translated
from feedback_api.problem_kinds import BY_STATUS, KINDS, Kind
from feedback_api.tracing import request_id
from feedback_api.violation_words import words
from schemas.violation import Violation

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Raise this to answer with the problem of this code; `values` fill the words of its kind in."""

    def __init__(
        self,
        code: str,
        errors: Iterable[Violation] = (),
        *,
        values: Mapping[str, object] | None = None,
        retry_after: int | None = None,
        challenge: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.errors = tuple(errors)
        self.values = dict(values or {})
        self.retry_after = retry_after
        self.challenge = challenge
        """The answer's WWW-Authenticate, which tells programs what would let them in."""

    @property
    def kind(self) -> Kind:
        """Its status and words."""
        return KINDS[self.code]


def install(app: Flask) -> None:
    """Answer every error of this app as problem+json."""
    app.register_error_handler(Problem, response)
    app.register_error_handler(HTTPException, _framework_error)


def error_list(errors: Iterable[Violation]) -> list[dict[str, str]]:
    """The violations as `errors` members, with their message in the reader's language."""
    return [{"field": error.field, "code": error.code, "message": words(error)} for error in errors]


def response(problem: Problem) -> Response:
    """The answer that tells this problem."""
    kind = problem.kind
    document: dict[str, object] = {
        "type": f"/problems/{problem.code}",
        "title": translated(kind.title),
        "status": kind.status,
        "detail": translated(kind.detail, **problem.values),
        "instance": f"urn:puas:request:{request_id(request.environ)}",
    }
    if problem.errors:
        document["errors"] = error_list(problem.errors)
    answer = _answer(document, kind.status)
    if problem.retry_after is not None:
        answer.headers["Retry-After"] = str(problem.retry_after)
    if problem.challenge is not None:
        answer.headers["WWW-Authenticate"] = problem.challenge
    return answer


def _framework_error(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:  # a redirect
        redirect = error.get_response(request.environ)
        redirect.set_data(b"")
        redirect.headers.pop("Content-Type", None)
        return redirect
    if error.code in BY_STATUS:
        answer = response(Problem(BY_STATUS[error.code]))
    else:
        answer = _answer({"type": "about:blank", "title": error.name, "status": error.code}, error.code)
    for name, value in error.get_headers(request.environ):
        if name.lower() != "content-type":
            answer.headers[name] = value
    return answer


def _answer(document: Mapping[str, object], status: int) -> Response:
    answer = Response(json.dumps(document, ensure_ascii=False), status, content_type=CONTENT_TYPE)
    answer.headers["Content-Language"] = preferred()
    answer.headers["Vary"] = "Accept-Language"
    return answer
