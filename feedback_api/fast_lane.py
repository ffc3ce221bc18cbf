"""POST /v1/feedback, the request that every visitor's press is: validate, make durable, acknowledge.

Plain WSGI in front of Flask, because what Flask does around a view costs more than all of our work: 140 of 230 µs
when the log costs nothing. Only acceptance is answered here; what is refused goes on to Flask, which tells the problem
as it does any other.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from eventlog.interface import RecordRefused
from feedback_api.bodies import read_json
from feedback_api.checking import checked, claimed, log_invalid, record
from feedback_api.context import Context
from feedback_api.problems import Problem
from feedback_api.tracing import request_id, request_trace
from schemas.violation import Invalid

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/v1/feedback"
_REFUSAL = "puas.refusal"
_HEADERS = (
    ("Content-Type", "application/json"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
)


class FastLane:
    """The WSGI app that answers an accepted POST /v1/feedback itself and leaves all else to `app`."""

    def __init__(self, app: "WSGIApplication", context: Context) -> None:
        self._app = app
        self._context = context

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start_response)
        try:
            body = self._accept(environ)
        except Problem as problem:
            environ[_REFUSAL] = problem
            return self._app(environ, start_response)
        headers = [*_HEADERS, ("Content-Length", str(len(body))), ("X-Request-Id", request_id(environ))]
        start_response("202 Accepted", headers)
        return (body,)

    def _accept(self, environ: "WSGIEnvironment") -> bytes:
        """What is answered once the feedback is durable in the log or the spool. Raises Problem."""
        started = time.perf_counter()
        context = self._context
        payload: object = None
        outcome = "invalid"
        try:
            payload = read_json(environ)
            feedback = checked(payload, context.catalog.required(), context.clock())
            outcome = context.acceptance.accept((record(feedback, request_trace(environ)),))
        except Invalid as error:
            log_invalid(payload, error, request_id(environ))
            raise Problem("invalid_feedback", error.violations) from None
        except RecordRefused:
            raise Problem("refused_by_log") from None
        except Problem as problem:
            outcome = "refused" if problem.kind.status >= 500 else "invalid"
            raise
        finally:
            context.metrics.count(claimed(payload, "channel"), outcome)
            context.metrics.observe_intake(time.perf_counter() - started)
        return f'{{"event_id":"{feedback.event_id}","status":"accepted","stored":"{outcome}"}}'.encode()


def refusal(environ: "WSGIEnvironment") -> Problem:
    """Why this POST /v1/feedback was not accepted; one that the fast lane never saw is not at this address."""
    problem: Problem = environ.get(_REFUSAL) or Problem("not_found")
    return problem
