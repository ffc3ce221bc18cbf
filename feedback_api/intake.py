"""POST /v1/feedback and /v1/feedback/batch within Flask: the addresses, their methods, and how they refuse."""

from functools import partial
from typing import NoReturn

from flask import Blueprint, request

from feedback_api.batch import post_batch
from feedback_api.context import Context
from feedback_api.fast_lane import refusal


def blueprint(context: Context) -> Blueprint:
    """POST /v1/feedback and /v1/feedback/batch."""
    made = Blueprint("intake", __name__)
    made.add_url_rule("/v1/feedback", "feedback", refused_feedback, methods=["POST"])
    made.add_url_rule("/v1/feedback/batch", "batch", partial(post_batch, context), methods=["POST"])
    return made


def refused_feedback() -> NoReturn:
    """What the fast lane did not accept comes here, to be told why."""
    raise refusal(request.environ)
