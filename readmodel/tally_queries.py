"""The counts behind every index: sums over the tally tables, never over responses."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, and_, case, cast, func, literal, or_, select

from readmodel.tables import answer_tallies, response_tallies, response_totals
from satisfaction.tally import Tally

Dimension = Literal["unit", "service", "touchpoint", "channel", "instrument"]
DIMENSIONS: tuple[Dimension, ...] = ("unit", "service", "touchpoint", "channel", "instrument")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole hours, `end_ms` not included, under a name of the caller's choice."""

    label: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which responses are meant: those whose every dimension is among the ids given; None takes all."""

    unit: Collection[str] | None = None
    service: Collection[str] | None = None
    touchpoint: Collection[str] | None = None
    channel: Collection[str] | None = None
    instrument: Collection[str] | None = None


EVERYTHING = Scope()

_MANY = 64


@dataclass(frozen=True, slots=True)
class TallyGroup:
    """The counts of one group in one span.

    `group` holds the dimensions grouped by. `tally` is of included responses; `excluded` is how many misuse rules left
    out, and `excluded_tally` is theirs, for telling what the index would be with them.
    """

    label: str
    group: Mapping[str, str]
    tally: Tally
    excluded_tally: Tally

    @property
    def excluded(self) -> int:
        """How many responses misuse rules left out."""
        return self.excluded_tally.responses


@dataclass(slots=True)
class _Sums:
    responses: int = 0
    answers: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def tally(self) -> Tally:
        return Tally(self.responses, {question: dict(counts) for question, counts in self.answers.items()})


_Stretch = tuple[int, int]
_Key = tuple[int, tuple[str, ...], bool]
"""Index of the span, values of the dimensions, included."""


def tallies(
    conn: Connection,
    spans: Sequence[Span],
    scope: Scope = EVERYTHING,
    group_by: Sequence[Dimension] = ("unit", "instrument"),
) -> list[TallyGroup]:
    """The counts of each group in each span: one answer for any number of spans, which may overlap.

    A group without a single response in a span is left out. Ordered by span as given, then by group.
    """
    stretches, within = _stretches(spans)
    scope = _by_key(conn, scope)
    sums: dict[_Key, _Sums] = defaultdict(_Sums)
    for stretch, values, included, count in _rows(conn, response_tallies, (), stretches, scope, group_by):
        for at in within[stretch]:
            sums[at, values, included].responses += count
    rows = _rows(conn, answer_tallies, ("question", "answer"), stretches, scope, group_by)
    for stretch, (*group, question, answer), included, count in rows:
        for at in within[stretch]:
            sums[at, tuple(group), included].answers[question][answer] += count
    found = sorted({(at, values) for at, values, _included in sums})
    none = _Sums()
    return [
        TallyGroup(
            spans[at].label,
            dict(zip(group_by, values, strict=True)),
            sums.get((at, values, True), none).tally(),
            sums.get((at, values, False), none).tally(),
        )
        for at, values in found
    ]


def _rows(
    conn: Connection,
    table: Table,
    extra: tuple[str, ...],
    stretches: Sequence[_Stretch],
    scope: Scope,
    group_by: Sequence[Dimension],
) -> Iterator[tuple[int, tuple[Any, ...], bool, int]]:
    """Index of the stretch, values of `group_by` and `extra`, included, sum of the counts."""
    if not stretches:
        return
    names = (*group_by, *extra)
    chosen = (
        select(*(table.c[name] for name in names), table.c.included, table.c.count)
        .add_columns(_hour_in_stretch(table.c.hour_ms, stretches).label("hour"))
        .where(_within(table.c.hour_ms, stretches), *in_scope(table, scope))
        .subquery()
    )
    keys = (chosen.c.hour, *(chosen.c[name] for name in names), chosen.c.included)
    query = select(*keys, whole_sum(chosen.c.count)).group_by(*keys)
    starts = [start for start, _end in stretches]
    for hour, *values, included, count in conn.execute(query):
        yield bisect_right(starts, hour) - 1, tuple(values), included, count


def _by_key(conn: Connection, scope: Scope) -> Scope:
    """The same scope with the services of its units named, for they stand before the hour in the tables' keys."""
    if scope.unit is None or scope.service is not None:
        return scope
    known = select(response_totals.c.service).distinct().where(response_totals.c.unit.in_(sorted(scope.unit)))
    return replace(scope, service=list(conn.execute(known).scalars()))


def _stretches(spans: Sequence[Span]) -> tuple[list[_Stretch], list[list[int]]]:
    """The spans cut at every boundary of another, and for each stretch the indices of the spans it lies in."""
    boundaries = sorted({boundary for span in spans for boundary in (span.start_ms, span.end_ms)})
    within: list[list[int]] = [[] for _ in boundaries]
    for at, span in enumerate(spans):
        for number in range(bisect_left(boundaries, span.start_ms), bisect_left(boundaries, span.end_ms)):
            within[number].append(at)
    found = [(stretch, inside) for stretch, inside in zip(pairwise(boundaries), within, strict=False) if inside]
    return [stretch for stretch, _inside in found], [inside for _stretch, inside in found]


def _hour_in_stretch(hour: ColumnElement[int], stretches: Sequence[_Stretch]) -> ColumnElement[int]:
    """Some hour of the stretch that `hour` lies in, the same for all its hours where the stretches are few.

    Many stretches are about as fine as the hours themselves; then the database need not tell them apart.
    """
    if len(stretches) > _MANY:
        return hour
    return case(*((hour < end, literal(start, BigInteger)) for start, end in stretches))


def _within(hour: ColumnElement[int], stretches: Sequence[_Stretch]) -> ColumnElement[bool]:
    """Whether an hour lies in any stretch; neighbours are joined so that an index is read once for each gap."""
    runs: list[tuple[int, int]] = []
    for start, end in stretches:
        if runs and runs[-1][1] == start:
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    return or_(*(and_(hour >= start, hour < end) for start, end in runs))


def whole_sum(counts: ColumnElement[int]) -> ColumnElement[int]:
    """SUM as an int: PostgreSQL adds bigints up to a numeric, which would arrive as Decimal."""
    return cast(func.sum(counts), BigInteger)


def in_scope(table: Table, scope: Scope) -> Iterator[ColumnElement[bool]]:
    """The conditions that a table with the five dimensions is to be filtered by."""
    for dimension in DIMENSIONS:
        ids: Collection[str] | None = getattr(scope, dimension)
        if ids is not None:
            yield table.c[dimension].in_(sorted(ids))
