"""The counts behind a unit's public figures: of each service in each month, as closed where a closing covers it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection

from readmodel.queries import Dimension, Scope, Span, tallies
from satisfaction.periods import parse_period
from satisfaction.suppression import holding, months_of
from satisfaction.tally import Tally
from schemas.catalog import Unit

FIELDS: tuple[Dimension, ...] = ("sex", "age_band", "education", "occupation", "disability")
"""What is published of respondents: how many per value of each field, never two fields together."""


class FrozenTally(Protocol):
    """Counts of a service, questionnaire and month at a closing; of all with `cut` "", else of a field's `value`."""

    @property
    def service(self) -> str: ...
    @property
    def instrument(self) -> str: ...
    @property
    def month(self) -> int: ...
    @property
    def cut(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def tally(self) -> Tally: ...
    @property
    def excluded_tally(self) -> Tally: ...


class Closing(Protocol):
    """One revision of a closed period."""

    @property
    def period(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def closed_ms(self) -> int: ...
    @property
    def digest(self) -> str: ...
    @property
    def tallies(self) -> Sequence[FrozenTally]: ...


ClosingsOf = Callable[[Connection, str], Iterable[Closing]]
"""Every closing of a unit, in any order."""


def no_closings(_conn: Connection, _unit: str) -> Iterable[Closing]:
    """For a unit that never closed a period."""
    return ()


@dataclass(frozen=True, slots=True)
class Counts:
    """One questionnaire's counts in a year: service → month → counts, and field → value → month → how many."""

    included: dict[str, dict[str, Tally]] = field(default_factory=dict)
    excluded: dict[str, dict[str, int]] = field(default_factory=dict)
    respondents: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def add(self, service: str, month: str, included: Tally, excluded: int) -> None:
        """Count what a service got in a month."""
        self.included.setdefault(service, {})[month] = included
        self.excluded.setdefault(service, {})[month] = excluded

    def add_respondents(self, name: str, value: str, month: str, number: int) -> None:
        """Count respondents with this value of a field, on top of what is there."""
        of_value = self.respondents.setdefault(name, {}).setdefault(value, {})
        of_value[month] = of_value.get(month, 0) + number


@dataclass(frozen=True, slots=True)
class YearCounts:
    """All of a unit's public counts in a year, by questionnaire; and the closings that made them, latest first."""

    instruments: Mapping[str, Counts]
    closings: Sequence[Closing]


def read_year(
    conn: Connection, unit: Unit, year: str, known: Iterable[str], closings_of: ClosingsOf = no_closings
) -> YearCounts:
    """The counts of a year's twelve months on the unit's own clock.

    A month inside closed periods is as the latest closing froze it, so that a public figure changes by a revision only.
    """
    closings = sorted(closings_of(conn, unit.id), key=lambda closing: closing.closed_ms, reverse=True)
    closings = [closing for closing in closings if closing.period[:4] == year]
    frozen_by = {month: closing for closing in reversed(closings) for month in months_of(closing.period)}
    open_months = [month for month in months_of(year) if month not in frozen_by]
    found: dict[str, Counts] = {}
    _read_open(conn, unit, open_months, list(known), found)
    for closing in closings:
        _take_frozen(closing, {month for month, by in frozen_by.items() if by is closing}, found)
    return YearCounts(found, closings)


def _read_open(
    conn: Connection, unit: Unit, months: Sequence[str], known: Sequence[str], found: dict[str, Counts]
) -> None:
    spans = [Span.of(month, parse_period(month, unit.zone), unit.zone) for month in months]
    scope = Scope(unit=[unit.id], instrument=known)
    if not spans:
        return
    for group in tallies(conn, spans, scope, ("service", "instrument")):
        counts = found.setdefault(group.group["instrument"], Counts())
        counts.add(group.group["service"], group.label, group.tally, group.excluded)
    for name in FIELDS:
        for group in tallies(conn, spans, scope, ("instrument", name)):
            counts = found.setdefault(group.group["instrument"], Counts())
            counts.add_respondents(name, group.group[name], group.label, group.tally.responses)


def _take_frozen(closing: Closing, months: set[str], found: dict[str, Counts]) -> None:
    for frozen in closing.tallies:
        month = month_label(frozen.month)
        if month not in months:
            continue
        counts = found.setdefault(frozen.instrument, Counts())
        if frozen.cut == "":
            counts.add(frozen.service, month, frozen.tally, frozen.excluded_tally.responses)
        elif frozen.cut in FIELDS:
            counts.add_respondents(frozen.cut, frozen.value, month, frozen.tally.responses)


def month_label(number: int) -> str:
    """A month as periods are written.

    >>> month_label(202611)
    '2026-11'
    """
    return f"{number // 100}-{number % 100:02}"


def within(label: str, month: str) -> bool:
    """Whether a month lies in a period.

    >>> within("2026-S2", "2026-11"), within("2026-Q1", "2026-11")
    (True, False)
    """
    return label in holding(month)
