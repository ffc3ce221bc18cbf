"""Counting responses themselves, for questions that no cell answers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from readmodel.counting import packed
from readmodel.packing import Pack, total
from readmodel.scope import Dimension, Scope, Span, TooMuch, in_scope, of_response
from readmodel.stretches import Stretches
from readmodel.tables import responses

MOST = 200_000
"""How many responses may be read for one answer: about three seconds' work."""
_AT_ONCE = 2_000
_LONGEST_HOUR_MS = 7_200_000


def scanned(
    conn: Connection, spans: Sequence[Span], scope: Scope, group_by: Sequence[Dimension], most: int
) -> Iterator[tuple[int, tuple[str, ...], bool, Pack]]:
    """Index of the span, values of `group_by`, included, counts; each may come more than once.

    Memory does not grow with the number of responses. Raises TooMuch.
    """
    edges = [(round(span.start.timestamp() * 1000), round(span.end.timestamp() * 1000)) for span in spans]
    stretches = Stretches([((start, end - 1), at) for at, (start, end) in enumerate(edges) if start < end])
    conditions = [*in_scope(scope), _within(stretches)]
    some = select(responses.c.event_id).where(*conditions).limit(most + 1).subquery()
    number: int = conn.execute(select(func.count()).select_from(some)).scalar_one()
    if number > most:
        raise TooMuch(number)
    columns = responses.c
    shown = (of_response(name) for name in group_by)
    chosen: Sequence[ColumnElement[Any]] = (
        columns.hour_ms,
        columns.instrument,
        columns.included,
        columns.answers,
        *shown,
    )
    query = select(*chosen).where(*conditions)
    for rows in conn.execute(query, execution_options={"yield_per": _AT_ONCE}).partitions():
        yield from _added(rows, stretches)


def _within(stretches: Stretches) -> ColumnElement[bool]:
    hour, occurred = responses.c.hour_ms, responses.c.occurred_ms
    return or_(
        *(
            hour.between(first, last) & occurred.between(first, last + _LONGEST_HOUR_MS)
            for first, last in stretches.ranges()
        )
    )


def _added(rows: Sequence[Sequence[Any]], stretches: Stretches) -> Iterator[tuple[int, tuple[str, ...], bool, Pack]]:
    alike: dict[tuple[int, tuple[str, ...], bool, str], list[Mapping[str, int | None]]] = defaultdict(list)
    for row in rows:
        hour, instrument, included, answers = row[:4]
        for at in stretches.spans(hour):
            alike[at, tuple(row[4:]), included, instrument].append(answers)
    for (at, group, included, instrument), found in alike.items():
        yield at, group, included, total(packed(instrument, found))
