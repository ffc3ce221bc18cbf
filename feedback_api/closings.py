"""Closing periods over HTTP, and noting where a result was put up; what is closed already, to read."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request
from marshmallow import ValidationError

from feedback_api.access import require
from feedback_api.bodies import read_json
from feedback_api.context import Context
from feedback_api.negotiation import require_json
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from feedback_api.reading import RETRY_AFTER_S, read_database
from readmodel.closings import AlreadyClosed, Closing, NothingToRevise, NotOver, WouldRevise, close_period, closings
from readmodel.database import DatabaseAway, writing
from readmodel.postings import Posting, days_to_post, post, postings
from satisfaction.index import BadWeights
from schemas.closing import ClosingSchema, PostingSchema, is_closable
from schemas.fields import StrictSchema
from schemas.violation import Violation, field_path, problems

Document = dict[str, object]
Done = TypeVar("Done")


def blueprint(context: Context) -> Blueprint:
    """GET and POST of /v1/closings and /v1/postings."""
    made = Blueprint("closings", __name__)
    for path, view, method in (
        ("/v1/closings", list_closings, "GET"),
        ("/v1/closings", make_closing, "POST"),
        ("/v1/postings", list_postings, "GET"),
        ("/v1/postings", make_posting, "POST"),
    ):
        made.add_url_rule(path, view.__name__, partial(view, context), methods=[method])
    return made


def list_closings(context: Context) -> Response:
    """Every revision of the closed periods of one unit, oldest first; needs `read`."""
    unit, period = _place(context)
    found = read_database(context, lambda connection: closings(connection, unit, period))
    return jsonify(closings=[closing_document(each) for each in found])


def make_closing(context: Context) -> Response:
    """Freeze a unit's period as it is counted now; needs `close`. 201 with the closing, 409 when it can't be closed.

    `also` are other closed periods that got a revision with it, because they share a month that has changed.
    """
    asked = _asked(context, ClosingSchema())
    by = require(context, "close", [asked["unit"]]).name or ""
    try:
        made = _written(
            lambda: close_period(
                context.engine,
                asked["unit"],
                asked["period"],
                by=by,
                now=context.clock(),
                note=asked["note"],
                weights=asked["weights"],
                revise=asked["revise"],
            )
        )
    except NotOver:
        raise Problem("not_over") from None
    except AlreadyClosed:
        raise Problem("already_closed") from None
    except WouldRevise as error:
        raise Problem("would_revise", values={"periods": ", ".join(error.periods)}) from None
    except NothingToRevise:
        raise Problem("nothing_to_revise") from None
    except BadWeights:
        raise Problem("invalid_closing", [Violation("weights", "not_for_questionnaires")]) from None
    answer = jsonify(**closing_document(made[0]), also=[closing_document(each) for each in made[1:]])
    answer.status_code = 201
    return answer


def list_postings(context: Context) -> Response:
    """Where a unit's results were put up; needs `read`."""
    unit, period = _place(context)
    found = read_database(context, lambda connection: postings(connection, unit, period))
    return jsonify(postings=[_posting_document(each) for each in found])


def make_posting(context: Context) -> Response:
    """Note that a closed period's result was put up at a place; needs `close`. 201 with what is noted."""
    asked = _asked(context, PostingSchema())
    by = require(context, "close", [asked["unit"]]).name or ""
    if not read_database(context, lambda connection: closings(connection, asked["unit"], asked["period"])):
        raise Problem("invalid_closing", [Violation("period", "not_closed")])
    _require_possible_day(context, asked)
    made = Posting(**asked, posted_by=by)

    def write() -> None:
        with writing(context.engine) as connection:
            post(connection, made)

    _written(write)
    answer = jsonify(_posting_document(made))
    answer.status_code = 201
    return answer


def _require_possible_day(context: Context, asked: Mapping[str, Any]) -> None:
    unit = context.catalog.required().unit(asked["unit"])
    if unit is None:
        raise Problem("invalid_closing", [Violation("unit", "unknown_unit")])
    first, last = (day.isoformat() for day in days_to_post(unit, asked["period"], context.clock()))
    if not first <= asked["posted_on"] <= last:
        raise Problem("invalid_closing", [Violation("posted_on", "out_of_range", {"min": first, "max": last})])


def closing_document(closing: Closing) -> Document:
    """A closing as the API tells it; numbers of the figures are text, as they were printed."""
    return {
        "unit": closing.unit,
        "period": closing.period,
        "revision": closing.revision,
        "closed_at": datetime.fromtimestamp(closing.closed_ms / 1000, UTC).isoformat().replace("+00:00", "Z"),
        "closed_by": closing.closed_by,
        "note": closing.note,
        "positions": {str(partition): position for partition, position in sorted(closing.positions.items())},
        "digest": closing.digest,
        "rules": dict(closing.rules),
    }


def _posting_document(posting: Posting) -> Document:
    return {
        "unit": posting.unit,
        "period": posting.period,
        "place": posting.place,
        "posted_on": posting.posted_on,
        "posted_by": posting.posted_by,
    }


def _place(context: Context) -> tuple[str, str | None]:
    """The unit asked for, which the caller may read, and the period."""
    require_json()
    parameters = Parameters(request.args, ("unit", "period"))
    unit = parameters.text("unit")
    if unit is None:
        parameters.fault("unit", "required")
    elif context.catalog.required().unit(unit) is None:
        parameters.fault("unit", "unknown_unit")
    period = parameters.text("period")
    if period is not None and is_closable(period) is None:
        parameters.fault("period", "not_closable")
    if unit is None or parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    require(context, "read", [unit])
    return unit, period


def _asked(context: Context, schema: StrictSchema) -> dict[str, Any]:
    """The body's fields. Raises Problem 401 before anything is read for an anonymous caller, 422 naming every fault."""
    require(context, "close", [])
    body = read_json(request.environ)
    if not isinstance(body, dict):
        raise Problem("invalid_closing", [Violation("", "not_an_object")])
    try:
        asked: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        found = problems(error.messages)
        raise Problem(
            "invalid_closing", [Violation(field_path(at), code, given) for at, code, given in found]
        ) from None
    if context.catalog.required().unit(asked["unit"]) is None:
        raise Problem("invalid_closing", [Violation("unit", "unknown_unit")])
    return asked


def _written(write: Callable[[], Done]) -> Done:
    try:
        return write()
    except DatabaseAway:
        raise Problem("database_away", retry_after=RETRY_AFTER_S) from None
