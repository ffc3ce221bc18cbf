"""Reading responses page after page, each in a short transaction of its own, as they were at one moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from feedback_api.context import Context
from feedback_api.problems import Problem
from feedback_api.reading import RETRY_AFTER_S
from feedback_api.responses_query import ResponsesQuery
from readmodel.database import DatabaseAway, reading
from readmodel.queries import Scope, Span, response_page, tallies
from readmodel.response import StoredResponse
from satisfaction.instruments import Instrument
from satisfaction.periods import Period
from schemas.catalog import Unit

PAGE = 2000
PATIENCE_S = 30.0
"""How long an export waits for its turn to read: it began, so it is not given up for a burst of visitors."""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Part:
    """The responses of one unit in the time asked for."""

    unit: Unit
    scope: Scope
    period: Period


def parts_of(query: ResponsesQuery, units: Sequence[Unit], now: datetime) -> list[Part]:
    """What to read for each unit, in the catalog's order. Raises Problem 422 for a period that is none."""
    return [Part(unit, query.scope(unit), query.time.whole(unit.zone, now)) for unit in units]


def read_page(
    connection: Connection, part: Part, after: tuple[int, UUID] | None, limit: int, before: Mapping[int, int]
) -> list[StoredResponse]:
    """Up to `limit` responses of the part behind `after`, of those counted before these positions of the log."""
    return response_page(
        connection,
        start_ms=round(part.period.start.timestamp() * 1000),
        end_ms=round(part.period.end.timestamp() * 1000),
        limit=limit,
        scope=part.scope,
        after=after,
        before=before,
    )


def all_pages(
    context: Context, parts: Sequence[Part], before: Mapping[int, int]
) -> Iterator[tuple[Part, list[StoredResponse]]]:
    """Every response of the parts, `PAGE` at a time. Raises Problem 503 where the database stays away."""
    for part in parts:
        after: tuple[int, UUID] | None = None
        page: list[StoredResponse] | None = None
        while page is None or len(page) == PAGE:
            page = patiently(context, partial(read_page, part=part, after=after, limit=PAGE, before=before))
            if page:
                yield part, page
                after = (page[-1].occurred_ms, page[-1].event_id)


def questionnaires_met(
    connection: Connection, parts: Sequence[Part], known: Mapping[str, Instrument]
) -> list[Instrument]:
    """The questionnaires that were answered in the parts, whoever answered and wherever."""
    met: set[str] = set()
    for part in parts:
        span = Span.of("", part.period, part.unit.zone)
        scope = Scope(unit=part.scope.unit, service=part.scope.service, instrument=part.scope.instrument)
        met.update(group.group["instrument"] for group in tallies(connection, [span], scope, ("instrument",)))
    return [instrument for instrument in known.values() if instrument.id in met]


def patiently(context: Context, read: Callable[[Connection], Found]) -> Found:
    """What `read` finds in one transaction, waiting for a turn. Raises Problem 503 where the database is away."""
    if not context.readers.acquire(timeout=PATIENCE_S):
        raise Problem("database_away", retry_after=RETRY_AFTER_S)
    try:
        with reading(context.engine) as connection:
            return read(connection)
    except DatabaseAway:
        raise Problem("database_away", retry_after=RETRY_AFTER_S) from None
    finally:
        context.readers.release()
