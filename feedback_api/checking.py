"""Whether a submission is feedback that may be counted: its shape, the catalog, the questionnaire."""

import re
from datetime import datetime

import structlog

from eventlog.interface import Record
from readmodel.questionnaires import instruments_of
from schemas.catalog import Catalog
from schemas.catalog_document import IMPORT
from schemas.feedback import Feedback, encode, parse_submission
from schemas.violation import Invalid, Violation

PRODUCER = "feedback_api"
LONGEST_FAULTS = 300

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_CONTENT_TYPE = ("content-type", b"application/json")
_SCHEMA_VERSION = ("schema-version", b"1")


def checked(payload: object, catalog: Catalog, received_at: datetime) -> Feedback:
    """The feedback in a client's JSON value. Raises Invalid with every fault found."""
    feedback = parse_submission(payload, received_at, PRODUCER)
    faults = catalog.faults(feedback.unit, feedback.service, feedback.touchpoint, feedback.instrument)
    if feedback.channel == IMPORT:  # it would be placed in time by its own word, however old
        faults.append(Violation("channel", "not_over_http"))
    instrument = instruments_of(catalog).get(feedback.instrument)
    if instrument is None:
        faults.append(Violation("instrument", "unknown_instrument"))
    else:
        for question, code in instrument.faults(feedback.answers):
            faults.append(Violation(f"answers.{question}" if question else "answers", code))
    if faults:
        raise Invalid(faults)
    return feedback


def record(feedback: Feedback, traceparent: str) -> Record:
    """The feedback as the event log takes it: records of one service keep their order."""
    headers = (_CONTENT_TYPE, _SCHEMA_VERSION, ("traceparent", traceparent.encode()))
    return Record(feedback.service.encode(), encode(feedback), headers)


def claimed(payload: object, name: str) -> object:
    """What a payload that may be anything says in one of its fields, for counting and logging it."""
    return payload.get(name) if isinstance(payload, dict) else None


def claimed_id(payload: object) -> str | None:
    """The event_id that a payload claims, when it is one: anything else may hold what a terminal obeys."""
    event_id = claimed(payload, "event_id")
    return event_id if isinstance(event_id, str) and _UUID.fullmatch(event_id) else None


def log_invalid(payload: object, error: Invalid, request: str) -> None:
    """Tell operators what is wrong with what some device sends: fields and codes, never what was said."""
    structlog.get_logger().info(
        "feedback invalid",
        event_id=claimed_id(payload),
        faults=str(error)[:LONGEST_FAULTS],
        request_id=request,
    )
