"""The counts behind a unit's public figures: of each service in each month, as closed where a closing covers it."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from readmodel.closings import Closing, frozen_tallies, in_force
from readmodel.queries import Dimension, Scope, Span, tallies
from satisfaction.period_tree import holding, months_of
from satisfaction.periods import containing, parse_period
from satisfaction.tally import Tally
from schemas.catalog import Unit

FIELDS: tuple[Dimension, ...] = ("sex", "age_band", "education", "occupation", "disability")
"""What is published of respondents: how many per value of each field, never two fields together."""


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
    """All of a unit's public counts in a year, by questionnaire.

    `closings` are the revisions in force of the year and its parts, by the label of the period.
    """

    instruments: Mapping[str, Counts]
    closings: Mapping[str, Closing]


def read_year(
    conn: Connection, unit: Unit, year: str, known: Iterable[str], now: datetime, fields: Sequence[Dimension] = FIELDS
) -> YearCounts:
    """The counts of a year's twelve months on the unit's own clock, respondents' by the fields given.

    Days that are over count, today does not: who looks before and after one visitor must not learn what that visitor
    said. A month inside closed periods is as they froze it, so that a public figure changes by a revision
    only.
    """
    found: dict[str, Counts] = {}
    closings = {label: one for (_unit, label), one in in_force(conn, [unit.id]).items() if label[:4] == year}
    frozen_by = {month: closing.period for closing in closings.values() for month in months_of(closing.period)}
    _read_open(conn, unit, _open_months(unit, year, frozen_by, now), list(known), fields, found)
    for label in dict.fromkeys(frozen_by.values()):  # closings in force agree on the months they share
        months = {month for month, by in frozen_by.items() if by == label}
        _take_frozen(conn, closings[label], months, fields, found)
    return YearCounts(found, closings)


def _open_months(unit: Unit, year: str, frozen: Container[str], now: datetime) -> list[Span]:
    """The months, or what of them is over, that no closing has frozen."""
    today = containing(now, "day", unit.zone).start
    months = [parse_period(month, unit.zone) for month in months_of(year) if month not in frozen]
    over = [replace(month, end=min(month.end, today)) for month in months if month.start < today]
    return [Span.of(month.label, month, unit.zone) for month in over]


def _read_open(
    conn: Connection,
    unit: Unit,
    spans: Sequence[Span],
    known: Sequence[str],
    fields: Sequence[Dimension],
    found: dict[str, Counts],
) -> None:
    scope = Scope(unit=[unit.id], instrument=known)
    for group in tallies(conn, spans, scope, ("service", "instrument")):
        counts = found.setdefault(group.group["instrument"], Counts())
        counts.add(group.group["service"], group.label, group.tally, group.excluded)
    for name in fields:
        for group in tallies(conn, spans, scope, ("instrument", name)):
            counts = found.setdefault(group.group["instrument"], Counts())
            counts.add_respondents(name, group.group[name], group.label, group.tally.responses)


def _take_frozen(
    conn: Connection,
    closing: Closing,
    months: set[str],
    fields: Sequence[Dimension],
    found: dict[str, Counts],
) -> None:
    for one in frozen_tallies(conn, closing):
        if (month := month_label(one.month)) in months:
            counts = found.setdefault(one.instrument, Counts())
            counts.add(one.service, month, one.tally, one.excluded_tally.responses)
    for name in fields:
        for one in frozen_tallies(conn, closing, name):
            if (month := month_label(one.month)) in months:
                counts = found.setdefault(one.instrument, Counts())
                counts.add_respondents(name, one.value, month, one.tally.responses)


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
