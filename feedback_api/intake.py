"""POST /v1/feedback: validate, make durable, acknowledge. The hot path: what every visitor's press runs through."""

import time
from functools import partial

from flask import Blueprint, Response, request

from eventlog.interface import RecordRefused
from feedback_api.batch import post_batch
from feedback_api.bodies import read_json
from feedback_api.checking import checked, claimed, log_invalid, record
from feedback_api.context import Context
from feedback_api.problems import Problem
from feedback_api.tracing import request_trace
from schemas.violation import Invalid


def blueprint(context: Context) -> Blueprint:
    """POST /v1/feedback and /v1/feedback/batch."""
    made = Blueprint("intake", __name__)
    made.add_url_rule("/v1/feedback", "feedback", partial(post_feedback, context), methods=["POST"])
    made.add_url_rule("/v1/feedback/batch", "batch", partial(post_batch, context), methods=["POST"])
    return made


def post_feedback(context: Context) -> Response:
    """202 once the feedback is durable in the log or the spool; raises Problem for all else."""
    started = time.perf_counter()
    payload: object = None
    outcome = "invalid"
    try:
        payload = read_json(request)
        feedback = checked(payload, context.catalog.required(), context.clock())
        outcome = stored = context.acceptance.accept([record(feedback, request_trace())])
    except Invalid as error:
        log_invalid(payload, error)
        raise Problem("invalid_feedback", error.violations) from None
    except RecordRefused:
        raise Problem("refused_by_log") from None
    except Problem as problem:
        outcome = "refused" if problem.kind.status >= 500 else "invalid"
        raise
    finally:
        context.metrics.count(claimed(payload, "channel"), outcome)
        context.metrics.observe_intake(time.perf_counter() - started)
    body = f'{{"event_id":"{feedback.event_id}","status":"accepted","stored":"{stored}"}}'
    return Response(body, 202, content_type="application/json")
