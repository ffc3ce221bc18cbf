"""A read model with answers in it, as a consumer would have left it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine

from readmodel.catalog import apply_catalog
from readmodel.database import migrate, writing
from readmodel.projection import StoredResponse, add_tallies, claim, insert_responses, store_positions
from reporting.report import Row
from satisfaction.instruments import instruments
from satisfaction.periods import hour_start
from schemas.catalog import Catalog, Service, Touchpoint, Unit
from tests.reporting.report_samples import SAID, SERVICES, ZONE, rows

SKM = "skm-2017@1"
UNIT = Unit(
    "ult-makassar",
    "ULT Makassar",
    "direktorat",
    "Asia/Makassar",
    tuple(Service(f"s{at}", name, (SKM, "smiley@1")) for at, name in enumerate(SERVICES)),
    (Touchpoint("kiosk", "Kiosk", "kiosk", "open", ("s0", "s1", "s2")),),
    public="services",
    served={"2026-Q4": 2400},
)
CATALOG = Catalog((Unit("direktorat", "Direktorat Jenderal", None, "Asia/Jakarta"), UNIT))


def responses(found: Sequence[Row], first: int = 0, instrument: str = SKM) -> list[StoredResponse]:
    """Rows as the consumer stores them, at log positions from `first` on; every ninth has a comment."""
    keys = [question.key for question in instruments()[instrument].questions]
    return [_stored(row, at, keys, instrument) for at, row in enumerate(found, first)]


def project(engine: Engine, found: Sequence[StoredResponse]) -> None:
    """Count responses as the consumer does."""
    after = max((one.position for one in found), default=-1) + 1
    with writing(engine) as conn:
        claim(conn, "log-1", {0: 0})
        add_tallies(conn, insert_responses(conn, found))
        store_positions(conn, "log-1", {0: after}, now_ms=1_798_000_000_000)


def filled(engine: Engine, n: int = 60, earlier: int = 40, catalog: Catalog = CATALOG) -> list[Row]:
    """A read model with `n` responses in the last quarter of 2026, and `earlier` before; returns the former's rows."""
    migrate(engine)
    with writing(engine) as conn:
        apply_catalog(conn, catalog, 0)
    instrument = instruments()[SKM]
    now = rows(n, instrument)
    before = [replace(row, at=row.at - timedelta(days=92)) for row in rows(earlier, instrument, 5)]
    project(engine, responses(now))
    project(engine, responses(before, n))
    return now


def _stored(row: Row, at: int, keys: Sequence[str], instrument: str) -> StoredResponse:
    occurred_ms = round(row.at.timestamp() * 1000)
    return StoredResponse(
        event_id=UUID(int=at * 2**64 + 7),
        unit="ult-makassar",
        service=f"s{SERVICES.index(row.service)}",
        touchpoint="kiosk",
        channel="kiosk",
        instrument=instrument,
        answers=dict(zip(keys, row.answers, strict=True)),
        respondent=dict(row.respondent),
        comment=SAID[at % 3] if at % 9 == 0 else None,
        language="id",
        duration_ms=9000,
        occurred_ms=occurred_ms,
        claimed_ms=None,
        received_ms=occurred_ms,
        hour_ms=round(hour_start(row.at, ZONE).timestamp() * 1000),
        day=int(f"{row.at:%Y%m%d}"),
        flags=() if row.included else ("too_fast",),
        included=row.included,
        producer="test",
        partition=0,
        position=at,
    )
