"""The figures everybody may see: of units the catalog makes public, with what would tell too much held back.

Whatever is answered to somebody without a key comes from here: /v1/indices, the board, the page /p/<unit>, a poster.

    public_rows(conn, catalog, unit, now=..., period="2026-Q3", interval="month", by_service=True, service=None,
                instrument=None, weights=None) -> list[PublicRow]

answers the whole public query space: `period` a year, semester, quarter or month (the current quarter when None),
cut by `interval` ("month", "quarter", "semester", "year" or None; one as long as the period or longer leaves it whole),
for the unit as a whole or `by_service`, or for one `service`; one `instrument` or all. A row holds nothing that is held
back: there is None in its place, so it may be written out as it is. Figures reach to the end of yesterday. Two rows may
be compared when both have a `measure`. Raises NotPublic (answer 401 needs_key), and BadPeriod for a text that is no
period.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

from sqlalchemy import Connection

from readmodel.queries import Dimension
from readmodel.questionnaires import instruments_of
from reporting.figure import ClosingRef
from reporting.public_counts import FIELDS, Counts, YearCounts, read_year, within
from reporting.public_decisions import Asked, decided
from satisfaction.bands import Band
from satisfaction.index import ElementMeasure, Measure, conventions, measure
from satisfaction.instruments import Instrument
from satisfaction.period_tree import parts_of
from satisfaction.periods import Period, containing, parse_period
from satisfaction.suppression import Decision, Shown, held_back_respondents
from satisfaction.tally import Tally
from schemas.catalog import Catalog, Unit

PublicInterval = Literal["month", "quarter", "semester", "year"]
PUBLIC_INTERVALS: tuple[PublicInterval, ...] = get_args(PublicInterval)


class NotPublic(Exception):
    """What was asked for is not for everybody; `what` is "unit", "service" or "period". Ask for a key."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this {what} is not public")
        self.what = what


@dataclass(frozen=True, slots=True)
class PublicElement:
    """An element's figures; None is held back, except `nrr`, `weighted` and `band` of one that nobody answered."""

    key: str
    n: int | None
    nrr: Decimal | None
    weighted: Decimal | None
    band: Band | None
    distribution: Mapping[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """One public figure. `n` and `excluded` None: the row is held back whole. `measure` None: its index is.

    `measure` has no interval where that is held back, and its elements' distributions are those of `elements`, empty
    where held back. `suppressed` says that something is held back. `closing` is the closing the figure is that of.
    """

    unit: str
    service: str | None
    instrument: str
    period: Period
    running: bool
    n: int | None
    excluded: int | None
    measure: Measure | None
    elements: tuple[PublicElement, ...]
    suppressed: bool
    closing: ClosingRef | None


@dataclass(frozen=True, slots=True)
class PublicRespondents:
    """How many respondents of a questionnaire had each value of a field ("" not stated); None is held back."""

    instrument: str
    field: str
    period: Period
    values: Mapping[str, int | None]


class PublicYear:
    """A unit's public figures of one year: read once, asked for any row."""

    def __init__(
        self, unit: Unit, year: str, counts: YearCounts, known: Mapping[str, Instrument], now: datetime
    ) -> None:
        self.unit = unit
        self.year = year
        self._counts = counts
        self.known = known
        self._now = now
        self._decisions: dict[str, Decision] = {}

    @property
    def answered(self) -> tuple[str, ...]:
        """The questionnaires that were answered in the year, in the order they are known."""
        return tuple(key for key in self.known if key in self._counts.instruments)

    def services(self, instrument: str) -> tuple[str, ...]:
        """The services to list under a questionnaire: those in use, and those that have answers in the year."""
        found = self._counts.instruments.get(instrument, Counts()).included
        listed = [
            service.id
            for service in self.unit.services
            if service.id in found or (instrument in service.instruments and not (service.retired or self.unit.retired))
        ]
        return (*listed, *sorted(found.keys() - set(listed)))

    def row(self, instrument: str, service: str | None, label: str, weights: str | None = None) -> PublicRow:
        """The figure of a service, or of the unit as a whole, in a period of the year.

        Under `weights`, else under those a closed period was closed with, else under the questionnaire's own.
        """
        asked = self.known[instrument]
        shown = self._decision(instrument).shown(service, label)
        tally, excluded = self._tally(instrument, service, label)
        closing = self._closing(label)
        wanted = weights or (closing and closing.weights)
        convention = wanted if wanted in conventions(len(asked.elements)) else None
        whole = measure(asked, tally, convention, self._served(service, label, tally.responses))
        period = parse_period(label, self.unit.zone)
        return PublicRow(
            unit=self.unit.id,
            service=service,
            instrument=instrument,
            period=period,
            running=period.end > self._now,
            n=tally.responses if shown.n else None,
            excluded=excluded if shown.n else None,
            measure=_masked(whole, shown) if shown.index else None,
            elements=tuple(_element(element, shown) for element in whole.elements),
            suppressed=not shown.everything,
            closing=closing if shown.n else None,
        )

    def respondents(self, instrument: str, field: str, label: str) -> PublicRespondents:
        """How many respondents had each value of a field in a period of the year."""
        values = self._counts.instruments.get(instrument, Counts()).respondents.get(field, {})
        hidden = held_back_respondents(values, self._decision(instrument).rows, kept=self._counts.closings)
        shown = {
            value: None if (value, label) in hidden else sum(n for month, n in counts.items() if within(label, month))
            for value, counts in values.items()
        }
        return PublicRespondents(instrument, field, parse_period(label, self.unit.zone), shown)

    def _decision(self, instrument: str) -> Decision:
        if instrument not in self._decisions:
            counts = self._counts.instruments.get(instrument, Counts())
            asked = Asked(
                self.known[instrument], counts.included, self.unit.public == "services", tuple(self._counts.closings)
            )
            self._decisions[instrument] = decided(asked)
        return self._decisions[instrument]

    def _tally(self, instrument: str, service: str | None, label: str) -> tuple[Tally, int]:
        counts = self._counts.instruments.get(instrument, Counts())
        services = counts.included if service is None else [service]
        included = [
            tally for one in services for month, tally in counts.included.get(one, {}).items() if within(label, month)
        ]
        excluded = [
            number for one in services for month, number in counts.excluded.get(one, {}).items() if within(label, month)
        ]
        return Tally.merged(included), sum(excluded)

    def _served(self, service: str | None, label: str, n: int) -> int | None:
        of = self.unit if service is None else next((one for one in self.unit.services if one.id == service), None)
        served = None if of is None else of.served.get(label)
        return served if served is not None and served >= n else None

    def _closing(self, label: str) -> ClosingRef | None:
        closing = self._counts.closings.get(label)
        if closing is None:
            return None
        return ClosingRef(closing.revision, closing.closed_ms, closing.digest, None, closing.rules.get("weights"))


def public_year(
    conn: Connection,
    catalog: Catalog,
    unit_id: str,
    year: str,
    now: datetime,
    fields: Sequence[Dimension] = FIELDS,
) -> PublicYear:
    """A public unit's figures of a year, with respondents by the fields given. Raises NotPublic."""
    unit = catalog.unit(unit_id)
    if unit is None or unit.public == "none":
        raise NotPublic("unit")
    known = instruments_of(catalog)
    return PublicYear(unit, year, read_year(conn, unit, year, known, now, fields), known, now)


def public_rows(
    conn: Connection,
    catalog: Catalog,
    unit_id: str,
    *,
    now: datetime,
    period: str | None = None,
    interval: PublicInterval | None = None,
    by_service: bool = False,
    service: str | None = None,
    instrument: str | None = None,
    weights: str | None = None,
) -> list[PublicRow]:
    """The rows asked for, by questionnaire, then the catalog's order of services, then time; see above."""
    unit = catalog.unit(unit_id)
    if unit is None or unit.public == "none":
        raise NotPublic("unit")
    if (by_service or service is not None) and unit.public != "services":
        raise NotPublic("service")
    labels = public_labels(unit, now, period, interval)
    year = public_year(conn, catalog, unit_id, labels[0][:4], now, ())
    return [
        year.row(key, part, label, weights)
        for key in _asked(year, unit, instrument)
        for part in _parts(year, key, by_service, service)
        for label in labels
    ]


def public_labels(
    unit: Unit, now: datetime, period: str | None = None, interval: PublicInterval | None = None
) -> tuple[str, ...]:
    """The labels of the public periods that a question means, oldest first. Raises NotPublic, BadPeriod."""
    found = parse_period(period, unit.zone) if period is not None else containing(now, "quarter", unit.zone)
    length = _length(found.label)
    if length is None:
        raise NotPublic("period")
    labels: tuple[str, ...] = (found.label,)
    while interval is not None and length > PUBLIC_INTERVALS.index(interval):
        labels = tuple(part for label in labels for part in parts_of(label))
        length -= 1
    return labels


def _length(label: str) -> int | None:
    """Where a period stands among PUBLIC_INTERVALS; None for a week or a day."""
    kinds = (r"\d{4}-\d\d", r"\d{4}-Q\d", r"\d{4}-S\d", r"\d{4}")
    return next((at for at, kind in enumerate(kinds) if re.fullmatch(kind, label, re.ASCII)), None)


def _asked(year: PublicYear, unit: Unit, instrument: str | None) -> Iterator[str]:
    in_use = {key for one in unit.services if not (one.retired or unit.retired) for key in one.instruments}
    for key in year.known:
        if instrument in (None, key) and (key in in_use or key in year.answered):
            yield key


def _parts(year: PublicYear, instrument: str, by_service: bool, service: str | None) -> Sequence[str | None]:
    if service is not None:
        return (service,) if service in year.services(instrument) else ()
    return year.services(instrument) if by_service else (None,)


def _masked(found: Measure, shown: Shown) -> Measure:
    elements = tuple(
        element if shown.elements[element.key].distribution else replace(element, distribution={})
        for element in found.elements
    )
    return replace(found, elements=elements, interval=found.interval if shown.interval else None)


def _element(found: ElementMeasure, shown: Shown) -> PublicElement:
    may = shown.elements[found.key]
    if not may.nrr:
        return PublicElement(found.key, None, None, None, None, None)
    distribution = found.distribution if may.distribution else None
    return PublicElement(found.key, found.n, found.nrr, found.weighted, found.band, distribution)
