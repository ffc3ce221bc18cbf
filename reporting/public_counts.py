"""The counts behind a unit's public figures: of each service in each month, as closed where a closing covers it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from readmodel.closings import Closing, frozen_tallies, in_force
from readmodel.queries import Dimension, Scope, Span, tallies
from satisfaction.period_tree import holding, months_of
from satisfaction.periods import parse_period
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

    `closings` are the revisions in force of the year and its parts, by the label of the period; `frozen` holds the
    tallies that each of them froze, by (label, instrument, service).
    """

    instruments: Mapping[str, Counts]
    closings: Mapping[str, Closing]
    frozen: Mapping[tuple[str, str, str], Tally]


def read_year(
    conn: Connection, unit: Unit, year: str, known: Iterable[str], fields: Sequence[Dimension] = FIELDS
) -> YearCounts:
    """The counts of a year's twelve months on the unit's own clock, respondents' by the fields given.

    A month inside closed periods is as the latest closing froze it, so that a public figure changes by a revision only.
    """
    found: dict[str, Counts] = {}
    frozen: dict[tuple[str, str, str], Tally] = {}
    closings = {label: one for (_unit, label), one in in_force(conn, [unit.id]).items() if label[:4] == year}
    oldest_first = sorted(closings.values(), key=lambda closing: (closing.closed_ms, closing.period))
    frozen_by = {month: closing.period for closing in oldest_first for month in months_of(closing.period)}
    _read_open(conn, unit, [month for month in months_of(year) if month not in frozen_by], list(known), fields, found)
    for closing in oldest_first:
        _take_frozen(
            conn, closing, {month for month, by in frozen_by.items() if by == closing.period}, fields, found, frozen
        )
    return YearCounts(found, closings, frozen)


def _read_open(
    conn: Connection,
    unit: Unit,
    months: Sequence[str],
    known: Sequence[str],
    fields: Sequence[Dimension],
    found: dict[str, Counts],
) -> None:
    spans = [Span.of(month, parse_period(month, unit.zone), unit.zone) for month in months]
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
    frozen: dict[tuple[str, str, str], Tally],
) -> None:
    for one in frozen_tallies(conn, closing):
        key = (closing.period, one.instrument, one.service)
        frozen[key] = frozen.get(key, Tally()) + one.tally
        if (month := month_label(one.month)) in months:
            counts = found.setdefault(one.instrument, Counts())
            counts.add(one.service, month, one.tally, one.excluded_tally.responses)
    for name in fields if months else ():
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
