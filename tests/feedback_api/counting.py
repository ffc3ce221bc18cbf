"""Puts responses into the read model as the consumer does, so that there is something to compute indices of."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from readmodel.database import writing
from readmodel.projection import StoredResponse, add_tallies, insert_responses, store_positions
from satisfaction.periods import hour_start
from tests.feedback_api.office import CATALOG, Office


def response(
    at: str,
    answers: Mapping[str, int | None],
    unit: str = "ult-makassar",
    service: str = "legalisasi",
    touchpoint: str = "kiosk-1",
    channel: str = "kiosk",
    instrument: str = "smiley@1",
    included: bool = True,
) -> StoredResponse:
    """A response given at a moment (RFC 3339, with its offset)."""
    found = CATALOG.unit(unit)
    assert found is not None
    occurred = datetime.fromisoformat(at)
    return StoredResponse(
        event_id=uuid4(),
        unit=unit,
        service=service,
        touchpoint=touchpoint,
        channel=channel,
        instrument=instrument,
        answers=answers,
        respondent={},
        comment=None,
        language=None,
        duration_ms=None,
        occurred_ms=round(occurred.timestamp() * 1000),
        claimed_ms=None,
        received_ms=round(occurred.timestamp() * 1000),
        hour_ms=round(hour_start(occurred, found.zone).timestamp() * 1000),
        day=int(occurred.astimezone(found.zone).strftime("%Y%m%d")),
        flags=() if included else ("too_fast",),
        included=included,
        producer="test",
        partition=0,
        position=0,
    )


def count(office: Office, *responses: StoredResponse, now_ms: int = 0) -> None:
    """Project the responses; the positions say that there are as many in the log."""
    with writing(office.context.engine) as connection:
        add_tallies(connection, insert_responses(connection, responses))
        store_positions(connection, "the-log", {0: len(responses)}, now_ms)
