"""Responses to project, and the way a consumer projects them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from readmodel.database import writing
from readmodel.projection import (
    StoredResponse,
    add_tallies,
    claim,
    insert_responses,
    store_positions,
)
from readmodel.queries import Span

HOUR_MS = 3_600_000
START_MS = 1_760_000_400_000
"""A whole hour."""


def hours_span(label: str, first: int, after: int) -> Span:
    """From hour `first` after START_MS up to hour `after`, in UTC."""
    start, end = (datetime.fromtimestamp(START_MS / 1000, UTC) + timedelta(hours=at) for at in (first, after))
    return Span(label, start, end, UTC)


def response(number: int, **changes: Any) -> StoredResponse:
    """Response `number` of two units, three services, three touchpoints and two channels, one every seven minutes."""
    occurred = START_MS + number * 420_000
    too_fast = number % 11 == 0
    values: dict[str, Any] = {
        "event_id": UUID(int=number * 2**64 + 7),
        "unit": f"unit-{number % 2}",
        "service": f"service-{number % 3}",
        "touchpoint": f"touchpoint-{number // 2 % 3}",
        "channel": ("kiosk", "qr")[number // 5 % 2],
        "instrument": "skm-2017@1",
        "answers": {"waktu": 1 + number % 4, "biaya": 1 + number * 7 % 4, "produk": None},
        "respondent": {"sex": "f"},
        "comment": 'Cepat, "mantap" 👍 café' if number % 5 == 0 else None,
        "language": "id",
        "duration_ms": 8_000,
        "occurred_ms": occurred,
        "claimed_ms": None,
        "received_ms": occurred + 250,
        "hour_ms": occurred // HOUR_MS * HOUR_MS,
        "day": int(datetime.fromtimestamp(occurred / 1000, UTC).strftime("%Y%m%d")),
        "flags": ("too_fast",) if too_fast else (),
        "included": not too_fast,
        "producer": "test",
        "partition": number % 2,
        "position": number // 2,
    }
    return StoredResponse(**(values | changes))


def project(
    engine: Engine, rows: Sequence[StoredResponse], positions: Mapping[int, int] | None = None
) -> list[StoredResponse]:
    """Project one batch of log "log" as a consumer does, and return what was new."""
    with writing(engine) as conn:
        claim(conn, "log", positions or {0: 0})
        new = insert_responses(conn, rows)
        add_tallies(conn, new)
        store_positions(conn, "log", positions or {}, now_ms=START_MS)
    return new
