"""One visitor's feedback: what a client may submit, and the event version 1 that travels the log."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError

from schemas.catalog_document import CHANNELS
from schemas.feedback_fields import RESPONDENT, Answers, EventId, LooseRespondent, Respondent, SubmittedId
from schemas.fields import Choice, InstrumentId, Integer, Moment, Slug, StrictSchema, Text, Word, to_millisecond
from schemas.violation import MOST_REPORTED, Invalid, Violation, field_path, problems

__all__ = ["CHANNELS", "RESPONDENT", "Feedback", "Undecodable", "decode", "encode", "parse_submission"]

SCHEMA_VERSION = 1
CLOCK_LIMIT = timedelta(days=366)
LONGEST_COMMENT = 2000
LONGEST_DURATION_MS = 86_400_000
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
_SET_BY_INTAKE = frozenset({"received_at", "schema_version", "producer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Event version 1. Times are aware, UTC, whole milliseconds; an answer of None is "not applicable"."""

    event_id: UUID
    unit: str
    service: str
    touchpoint: str
    channel: str
    instrument: str
    answers: Mapping[str, int | None]
    respondent: Mapping[str, str] = field(default_factory=dict)
    comment: str | None = None
    language: str | None = None
    duration_ms: int | None = None
    occurred_at: datetime | None = None
    received_at: datetime
    schema_version: int = SCHEMA_VERSION
    producer: str


class Undecodable(Exception):
    """The bytes are not an event this version can read, now or on a retry."""

    def __init__(self, reason: Literal["not_json", "not_an_event", "unknown_version"], detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


def _told(description: str) -> dict[str, str]:
    return {"description": description}


class _Answered(StrictSchema):
    """What submission and event share."""

    unit = Slug(required=True, metadata=_told("id of the unit in the catalog"))
    service = Slug(required=True, metadata=_told("id of the service the feedback is about"))
    touchpoint = Slug(required=True, metadata=_told("id of the kiosk or QR code where it was given"))
    channel = Choice(CHANNELS, required=True)
    instrument = InstrumentId(required=True, metadata=_told("id and version of the questionnaire, e.g. skm-2017@1"))
    answers = Answers(required=True, metadata=_told('question key to answer; null is "not applicable"'))
    comment = Text(LONGEST_COMMENT, load_default=None)
    language = Word(_LANGUAGE, "not_a_language", 35, load_default=None, metadata=_told("language it was answered in"))
    duration_ms = Integer(0, LONGEST_DURATION_MS, load_default=None, metadata=_told("time from first view to sending"))
    occurred_at = Moment(load_default=None, metadata=_told("the client's clock when it was answered, with offset"))


class SubmissionSchema(_Answered):
    """What a client may post: nothing else is accepted. Integers are written without a fraction: 3, not 3.0."""

    event_id = SubmittedId(
        required=True, metadata=_told("made once per submission, kept across retries; version 7 preferred")
    )
    respondent = Respondent(load_default=dict, allow_none=True)


class EventSchema(_Answered):
    """What the log carries. Members not named here come from later producers and are passed over."""

    class Meta(Schema.Meta):
        unknown = EXCLUDE

    event_id = EventId(required=True)
    respondent = LooseRespondent(load_default=dict, allow_none=True)
    received_at = Moment(required=True, metadata=_told("the intake's clock"))
    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    producer = Text(200, required=True, metadata=_told("the process that took it in"))


@cache
def _submission() -> SubmissionSchema:
    return SubmissionSchema()


@cache
def _event() -> EventSchema:
    return EventSchema()


@cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False)


def parse_submission(payload: object, received_at: datetime, producer: str) -> Feedback:
    """The feedback in a client's JSON value, stamped with when (aware) and by whom it was received.

    Raises Invalid with at most MOST_REPORTED violations, ordered by field.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at must be aware")
    if not isinstance(payload, dict):
        raise Invalid([Violation("", "not_an_object")])
    try:
        values: dict[str, Any] = _submission().read(payload)
    except ValidationError as error:
        raise Invalid(_violations(error)[:MOST_REPORTED]) from None
    received = to_millisecond(received_at)
    occurred = values["occurred_at"]
    if occurred is not None and abs(occurred - received) > CLOCK_LIMIT:
        raise Invalid([Violation("occurred_at", "clock_years_off", {"days": CLOCK_LIMIT.days})])
    return Feedback(received_at=received, producer=producer, **values)


def _violations(error: ValidationError) -> list[Violation]:
    found = [
        Violation(
            field_path(path),
            "set_by_intake" if code == "unknown_field" and path[0] in _SET_BY_INTAKE else code,
            params,
        )
        for path, code, params in problems(error.messages)
    ]
    return sorted(found, key=lambda violation: (violation.field, violation.code))


def encode(feedback: Feedback) -> bytes:
    """Event version 1 as compact JSON with sorted keys; what was not given is left out."""
    event: dict[str, object] = {
        "event_id": str(feedback.event_id),
        "unit": feedback.unit,
        "service": feedback.service,
        "touchpoint": feedback.touchpoint,
        "channel": feedback.channel,
        "instrument": feedback.instrument,
        "answers": feedback.answers,
        "received_at": _rfc3339(feedback.received_at),
        "schema_version": feedback.schema_version,
        "producer": feedback.producer,
    }
    if feedback.respondent:
        event["respondent"] = feedback.respondent
    if feedback.comment is not None:
        event["comment"] = feedback.comment
    if feedback.language is not None:
        event["language"] = feedback.language
    if feedback.duration_ms is not None:
        event["duration_ms"] = feedback.duration_ms
    if feedback.occurred_at is not None:
        event["occurred_at"] = _rfc3339(feedback.occurred_at)
    return _encoder().encode(event).encode()


def _rfc3339(moment: datetime) -> str:
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:-6] + "Z"


def decode(value: bytes | None) -> Feedback:
    """The feedback in a log record written by any producer of version 1, this or a later one. Raises Undecodable."""
    document = _json(value)
    if not isinstance(document, dict):
        raise Undecodable("not_an_event", "the record is not a JSON object")
    version = document.get("schema_version")
    if type(version) is int and version != SCHEMA_VERSION:
        raise Undecodable("unknown_version", f"schema_version {str(version)[:40]}")
    try:
        return Feedback(**_event().read(document))
    except ValidationError as error:
        faults = "; ".join(f"{violation.field}: {violation.code}" for violation in _violations(error))
        raise Undecodable("not_an_event", faults[:500]) from None


def _json(value: bytes | None) -> object:
    if value is None:
        raise Undecodable("not_json", "the record has no value")
    try:
        return json.loads(value.decode())
    except (ValueError, RecursionError) as error:
        raise Undecodable("not_json", f"{type(error).__name__}: {error}"[:500]) from None
