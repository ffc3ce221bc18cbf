"""From a record of the log to the response it stands for, or to the reason why it stands for none."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from consumers.reasons import Reason
from eventlog import Entry
from readmodel.projection import StoredResponse
from readmodel.questionnaires import instruments_of
from satisfaction.instruments import UnknownInstrument
from satisfaction.misuse import excludes, flags, placed_at
from satisfaction.periods import FIRST_YEAR, LAST_YEAR, hour_start
from schemas.catalog import Catalog
from schemas.catalog_document import IMPORT
from schemas.feedback import Feedback, Undecodable, decode


@dataclass(frozen=True, slots=True)
class Unusable:
    """The record can't be counted now; what `reason` names must change first."""

    reason: Reason
    detail: str


def response_in(entry: Entry, catalog: Catalog) -> StoredResponse | Unusable:
    """The response that `entry` stands for, placed in time and judged by the misuse rules.

    What was retired since is still counted; what the catalog never knew is not.
    """
    try:
        feedback = decode(entry.value)
    except Undecodable as error:
        return Unusable(error.reason, error.detail)
    unit = catalog.unit(feedback.unit)
    if unit is None:
        return Unusable("unknown_catalog_entry", f"the catalog has no unit {feedback.unit!r}")
    unusable = _unusable(feedback, catalog)
    if unusable is not None:
        return unusable
    response = _placed(entry, feedback, unit.zone)
    fault = response.fault()
    return response if fault is None else Unusable("not_storable", fault)


def _unusable(feedback: Feedback, catalog: Catalog) -> Unusable | None:
    unknown = catalog.faults(
        feedback.unit, feedback.service, feedback.touchpoint, feedback.instrument, allow_retired=True
    )
    if unknown:
        named = ", ".join(f"{fault.field} {getattr(feedback, fault.field)!r}" for fault in unknown)
        return Unusable("unknown_catalog_entry", f"the catalog has no {named} (feedback for unit {feedback.unit!r})")
    instrument = instruments_of(catalog).get(feedback.instrument)
    if instrument is None:
        return Unusable("unknown_instrument", str(UnknownInstrument(feedback.instrument)))
    faults = instrument.faults(feedback.answers)
    if faults:
        wrong = ", ".join(f"{question or 'answers'}: {code}" for question, code in faults)
        return Unusable("invalid_answers", f"{wrong} ({feedback.instrument})")
    if not FIRST_YEAR < feedback.received_at.year < LAST_YEAR:
        return Unusable("implausible_time", f"received_at {feedback.received_at.isoformat()}")
    occurred_at = feedback.occurred_at
    if feedback.channel == IMPORT and occurred_at is not None and not FIRST_YEAR < occurred_at.year < LAST_YEAR:
        return Unusable("implausible_time", f"occurred_at {occurred_at.isoformat()}")
    return None


def _placed_at(feedback: Feedback) -> tuple[datetime, bool]:
    """When the feedback counts for, and whether its clock was overruled: a paper form may be years old."""
    occurred_at = feedback.occurred_at
    if feedback.channel == IMPORT and occurred_at is not None and occurred_at <= feedback.received_at:
        return occurred_at, False
    return placed_at(occurred_at, feedback.received_at)


def _placed(entry: Entry, feedback: Feedback, zone: ZoneInfo) -> StoredResponse:
    occurred_at, overruled = _placed_at(feedback)
    answered = sum(answer is not None for answer in feedback.answers.values())
    hour = hour_start(occurred_at, zone)
    broken = flags(answered, feedback.duration_ms, overruled)
    return StoredResponse(
        event_id=feedback.event_id,
        unit=feedback.unit,
        service=feedback.service,
        touchpoint=feedback.touchpoint,
        channel=feedback.channel,
        instrument=feedback.instrument,
        answers=feedback.answers,
        respondent=feedback.respondent,
        comment=feedback.comment,
        language=feedback.language,
        duration_ms=feedback.duration_ms,
        occurred_ms=_milliseconds(occurred_at),
        claimed_ms=None if feedback.occurred_at is None else _milliseconds(feedback.occurred_at),
        received_ms=_milliseconds(feedback.received_at),
        hour_ms=_milliseconds(hour),
        day=hour.year * 10_000 + hour.month * 100 + hour.day,
        flags=broken,
        included=not excludes(broken),
        producer=feedback.producer,
        partition=entry.partition,
        position=entry.position,
    )


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
