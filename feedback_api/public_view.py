"""What a unit's public page says, from figures that hold nothing that is held back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import format_date  # type: ignore[import-untyped]
from sqlalchemy import Connection

from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from feedback_api.public_history import Chart, Point, chart, shown_range
from readmodel.closings import in_force
from readmodel.queries import Dimension
from readmodel.questionnaires import instruments_of
from reporting.public import PublicRow, PublicYear, public_labels, public_year
from reporting.report_headline import bounds, shown
from reporting.report_headline import value as published
from reporting.words import ABSENT, Words, family
from satisfaction.bands import band_tables
from satisfaction.instruments import Instrument, Kind
from satisfaction.periods import containing, parse_period
from schemas.catalog import Catalog, Unit
from schemas.feedback_fields import RESPONDENT

YEARS = 5
"""How far the history goes back, this year included."""
CHARTED = 8
"""How many quarters the chart shows: two years."""
FIELDS: tuple[Dimension, ...] = ("sex", "education")
OFFERED_FIRST: tuple[Kind, ...] = ("ikm", "satisfaction", "perception", "nps")
"""Questionnaires in this order: the page's address is printed on posters to lead to the IKM."""
DASH = "\u2013"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as text; `value` None: `why` says what stands in its place."""

    name: str
    label: str
    value: str | None
    why: str
    n: str
    band: str | None
    band_label: str | None
    interval: str | None
    state: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """Respondents by a field: (value, how many) rows; `hidden` when some are held back."""

    name: str
    rows: tuple[tuple[str, str], ...]
    hidden: bool


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything on the page, in the reader's language."""

    unit: Unit
    label: str
    period: str
    dates: str
    index: str
    index_long: str
    headline: Line
    csat: str | None
    excluded: int | None
    services: tuple[Line, ...]
    elements: tuple[Line, ...]
    profiles: tuple[Profile, ...]
    history: tuple[Line, ...]
    chart: Chart | None
    instrument: Instrument
    instrument_name: str
    instruments: tuple[tuple[str, str], ...]
    weights: str
    bands: str | None


def read_view(
    conn: Connection, catalog: Catalog, unit: Unit, now: datetime, period: str | None, instrument: str | None
) -> PageView | None:
    """The page of a public unit in a period (by default the one closed last, else the current quarter).

    None when the unit has no such questionnaire. Raises NotPublic and BadPeriod for a period that is not shown.
    """
    label = public_labels(unit, now, period or _closed_last(conn, unit))[0]
    this_year = containing(now, "year", unit.zone).label
    labels = sorted({label[:4], *(str(int(this_year) - back) for back in range(YEARS))})
    years = {
        year: public_year(conn, catalog, unit.id, year, now, FIELDS if year == label[:4] else ()) for year in labels
    }
    known = instruments_of(catalog)
    offered = _offered(unit, known, years.values())
    chosen = instrument or (offered[0] if offered else None)
    if chosen is None or chosen not in offered:
        return None
    return _View(unit, known[chosen], years, label, now).page(tuple((key, _name(known[key])) for key in offered))


class _View:
    def __init__(
        self, unit: Unit, instrument: Instrument, years: Mapping[str, PublicYear], label: str, now: datetime
    ) -> None:
        self.unit, self.instrument, self.years, self.label, self.now = unit, instrument, years, label, now
        self.words = Words(preferred())

    def page(self, offered: tuple[tuple[str, str], ...]) -> PageView:
        """The page's parts."""
        words, instrument, year = self.words, self.instrument, self.years[self.label[:4]]
        row = year.row(instrument.id, None, self.label)
        kind = family(instrument)
        history = tuple(self._history())
        return PageView(
            unit=self.unit,
            label=self.label,
            period=words.period(self.label),
            dates=self._dates(row),
            index=words(f"{kind}.index"),
            index_long=words(f"{kind}.index.long"),
            headline=self._line(row, self.unit.name),
            csat=self._csat(row),
            excluded=row.excluded,
            services=tuple(self._services(year)),
            elements=tuple(self._elements(row)),
            profiles=tuple(self._profiles(year, row)),
            history=history,
            chart=self._chart(),
            instrument=instrument,
            instrument_name=_name(instrument),
            instruments=offered,
            weights=row.measure.weights if row.measure else str(instrument.weights_name),
            bands=instrument.band_table,
        )

    def _line(self, row: PublicRow, name: str) -> Line:
        found = row.measure
        figure = None if found is None else published(self.instrument, found)
        interval = None if found is None else bounds(self.instrument, found)
        return Line(
            name=name,
            label=row.period.label,
            value=None if figure is None else shown(self.words, figure),
            why=self._why(row),
            n=ABSENT if row.n is None else self.words.whole(row.n),
            band=found.band.code if found and found.band else None,
            band_label=found.band.name.in_language(preferred()) if found and found.band else None,
            interval=interval and f" {DASH} ".join(shown(self.words, limit) for limit in interval),
            state=self._state(row),
            current=row.period.label == self.label,
        )

    def _why(self, row: PublicRow) -> str:
        return translated(_("No answers")) if row.n == 0 else translated(_("Held back"))

    def _state(self, row: PublicRow) -> str:
        if row.closing is not None:
            closed = datetime.fromtimestamp(row.closing.closed_ms / 1000, self.unit.zone).date()
            return translated(
                _("Closed on %(date)s, revision %(number)s"), date=day_name(closed), number=row.closing.revision
            )
        return translated(_("Still running")) if row.running else translated(_("Over, not closed yet"))

    def _dates(self, row: PublicRow) -> str:
        last = (row.period.end.astimezone(self.unit.zone)).date().toordinal() - 1
        end = row.period.start.date().fromordinal(last)
        return f"{day_name(row.period.start.date())} {DASH} {day_name(end)}"

    def _csat(self, row: PublicRow) -> str | None:
        share = row.measure.csat if row.measure else None
        return None if share is None else self.words.number(share.percent, 2)

    def _services(self, year: PublicYear) -> Iterator[Line]:
        if self.unit.public != "services":
            return
        names = {service.id: service.name for service in self.unit.services}
        for service in year.services(self.instrument.id):
            yield self._line(year.row(self.instrument.id, service, self.label), names.get(service, service))

    def _elements(self, row: PublicRow) -> Iterator[Line]:
        if len(self.instrument.elements) < 2 or row.n is None:
            return
        of = {element.key: element for element in self.instrument.elements}
        for found in row.elements:
            value = None if found.nrr is None else self.words.number(found.nrr, 3)
            band = found.band
            yield Line(
                name=of[found.key].name.in_language(preferred()),
                label=of[found.key].code,
                value=value,
                why=translated(_("Held back")) if found.n is None else translated(_("No answers")),
                n=ABSENT if found.n is None else self.words.whole(found.n),
                band=band.code if band else None,
                band_label=band.name.in_language(preferred()) if band else None,
                interval=None,
                state="",
            )

    def _profiles(self, year: PublicYear, row: PublicRow) -> Iterator[Profile]:
        for field in FIELDS if row.n else ():
            counts = year.respondents(self.instrument.id, field, self.label).values
            order = {value: at for at, value in enumerate(RESPONDENT[field])}
            stated = sorted((value for value in counts if value), key=lambda value: (order.get(value, 99), value))
            shown = [*stated, *([""] if "" in counts else [])]
            rows = [(self._value(field, value), counts[value]) for value in shown if counts[value] != 0]
            written = tuple((name, ABSENT if n is None else self.words.whole(n)) for name, n in rows)
            yield Profile(self.words(f"profile.{field}"), written, any(n is None for _name, n in rows))

    def _value(self, field: str, value: str) -> str:
        if not value:
            return self.words("profile.not_stated")
        return self.words.maybe(f"profile.{field}.{value}") or value

    def _history(self) -> Iterator[Line]:
        """Years and their quarters, newest first, from the first that was answered."""
        for year in sorted(self.years, reverse=True):
            if self.instrument.id not in self.years[year].answered:
                continue
            for label in (year, *(f"{year}-Q{number}" for number in (4, 3, 2, 1))):
                if parse_period(label, self.unit.zone).start <= self.now:
                    yield self._line(self._row(label), self.words.period(label))

    def _row(self, label: str) -> PublicRow:
        return self.years[label[:4]].row(self.instrument.id, None, label)

    def _chart(self) -> Chart | None:
        quarters = [f"{year}-Q{number}" for year in sorted(self.years) for number in (1, 2, 3, 4)]
        begun = [label for label in quarters if parse_period(label, self.unit.zone).start <= self.now][-CHARTED:]
        points = [self._point(label) for label in begun]
        if not any(point.value is not None for point in points):
            return None
        told = "; ".join(f"{self.words.period(label)}: {p.written}" for label, p in zip(begun, points, strict=True))
        low, high = shown_range(points, (-100, 100) if self.instrument.kind == "nps" else (0, 100))
        return chart(points, [(at, name) for at, name in self._limits() if low <= at <= high], (low, high), told)

    def _point(self, label: str) -> Point:
        row = self._row(label)
        found, line = row.measure, self._line(row, "")
        value = None if found is None else found.nps if self.instrument.kind == "nps" else found.ikm
        interval = found.interval if found else None
        low, high = (interval.low, interval.high) if interval else (None, None)
        roman = ("I", "II", "III", "IV")[int(label[-1]) - 1]
        return Point(roman, label[:4], value, low, high, line.value or line.why)

    def _limits(self) -> Iterator[tuple[Decimal, str]]:
        """The lower limit of each letter, or where there are no letters every twentieth point.

        Points of a perception are called by the index they are of.
        """
        if self.instrument.kind == "perception":
            highest = Decimal(self.instrument.scale[1])
            yield from ((Decimal(at), self.words.number(at * highest / 100, 1)) for at in range(0, 101, 20))
            return
        if self.instrument.band_table is None:
            yield from ((Decimal(at), self.words.whole(at)) for at in range(-100, 101, 20))
            return
        for lowest, band in band_tables()[self.instrument.band_table]:
            yield lowest, f"{band.code} {self.words.number(lowest, 2)}"


def _closed_last(conn: Connection, unit: Unit) -> str | None:
    """The period closed in which latest ends, the longest of those that end together."""
    labels = [label for _unit, label in in_force(conn, [unit.id])]
    periods = (parse_period(label, unit.zone) for label in labels)
    return max(periods, key=lambda period: (period.end, -period.start.timestamp())).label if labels else None


def _offered(unit: Unit, known: Mapping[str, Instrument], years: Iterable[PublicYear]) -> list[str]:
    """The questionnaires in use or answered lately, indices of satisfaction first; else in the order they are known."""
    answered = {key for year in years for key in year.answered}
    in_use = {key for one in unit.services if not (one.retired or unit.retired) for key in one.instruments}
    offered = [key for key in known if key in answered or key in in_use]
    return sorted(offered, key=lambda key: OFFERED_FIRST.index(known[key].kind))


def day_name(day: date) -> str:
    """A day as the reader's language writes it: 21 November 2026."""
    return str(format_date(day, "d MMMM y"))


def _name(instrument: Instrument) -> str:
    return instrument.name.in_language(preferred())
