"""What the board shows: for each service the index of this quarter, its trend and its last feedback."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from flask_babel import format_decimal, format_timedelta  # type: ignore[import-untyped]
from sqlalchemy import Connection

from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from feedback_api.trend import Trend, lines
from readmodel.queries import LastSeen, Scope, Span, TallyGroup, last_feedback, tallies
from satisfaction.index import Measure, measure
from satisfaction.instruments import Instrument
from satisfaction.periods import Period, containing, weeks_back
from satisfaction.tally import Tally
from schemas.catalog import Service, Unit

TREND_WEEKS = 8
QUARTER = "quarter"
Key = tuple[str, str, str]
"""Unit, service, instrument."""
Asked = Mapping[str, Instrument]
"""The questionnaires of the catalog by id."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The read model's answer: per key the tally groups by span label, and the latest feedback per (unit, service)."""

    groups: Mapping[Key, Mapping[str, TallyGroup]]
    latest: Mapping[tuple[str, str], LastSeen]


@dataclass(frozen=True, slots=True)
class Reading:
    """One questionnaire's figures for a service: the IKM, or the NPS where it has that; None when nobody answered.

    `hidden` when what there is may not be shown to who asks: then the rest is empty.
    """

    instrument: str
    n: int
    figure: str | None
    band: str | None
    band_label: str | None
    trend: Trend | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service that has been heard of; `last_feedback` is None where that is nobody else's business."""

    name: str
    last_feedback: str | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class UnitView:
    """One office; `silent` counts its services without any feedback yet, `page` says that it has a public page.

    `day_late` when the figures are those for everybody, which take in each day on the next.
    """

    id: str
    name: str
    period: str
    services: tuple[ServiceView, ...]
    silent: int
    page: bool = False
    day_late: bool = False


def read_counts(conn: Connection, units: Sequence[Unit], now: datetime) -> Counts:
    """All counts the board needs of these units: one query for each time zone, over this quarter and the last weeks."""
    groups: dict[Key, dict[str, TallyGroup]] = {}
    in_zones = groupby(sorted(units, key=_timezone), key=_timezone)
    for of_zone in [list(found) for _zone, found in in_zones]:
        weeks = weeks_back(now, of_zone[0].zone, TREND_WEEKS)
        spans = [quarter_span(of_zone[0], now), *(Span.of(week.label, week, of_zone[0].zone) for week in weeks)]
        scope = Scope(unit=[unit.id for unit in of_zone])
        for found in tallies(conn, spans, scope, ("unit", "service", "instrument")):
            key = (found.group["unit"], found.group["service"], found.group["instrument"])
            groups.setdefault(key, {})[found.label] = found
    return Counts(groups, last_feedback(conn) if units else {})


def unit_view(counts: Counts, asked: Asked, unit: Unit, now: datetime) -> UnitView | None:
    """A unit's section in the reader's language; None for one that serves nobody, or is retired and silent."""
    heard = [service for service in unit.services if (unit.id, service.id) in counts.latest]
    if not unit.services or (unit.retired and not heard):
        return None
    return UnitView(
        unit.id,
        unit.name,
        quarter_name(containing(now, "quarter", unit.zone)),
        tuple(_service_view(counts, asked, unit, service, now) for service in heard),
        sum(service not in heard for service in unit.services if not service.retired),
        unit.public != "none",
    )


def quarter_span(unit: Unit, now: datetime) -> Span:
    """This quarter where the unit is."""
    return Span.of(QUARTER, containing(now, "quarter", unit.zone), unit.zone)


def quarter_name(quarter: Period) -> str:
    """A quarter as people say it: "Triwulan IV 2026", "Quarter 4, 2026"."""
    year, number = quarter.label.split("-Q")
    roman = ("I", "II", "III", "IV")[int(number) - 1]
    return translated(_("Quarter %(roman)s %(year)s"), roman=roman, year=year)


def _service_view(counts: Counts, asked: Asked, unit: Unit, service: Service, now: datetime) -> ServiceView:
    seen = counts.latest[unit.id, service.id]
    ago = timedelta(milliseconds=min(0.0, seen.occurred_ms - now.timestamp() * 1000))
    weeks = [week.label for week in weeks_back(now, unit.zone, TREND_WEEKS)]
    keys = ((unit.id, service.id, instrument) for instrument in service.instruments)
    return ServiceView(
        service.name,
        str(format_timedelta(ago, add_direction=True, threshold=1.2)),
        tuple(_reading(asked[key[2]], counts.groups[key], weeks) for key in keys if key in counts.groups),
    )


def _reading(instrument: Instrument, groups: Mapping[str, TallyGroup], weeks: Iterable[str]) -> Reading:
    quarter = groups.get(QUARTER)
    weekly = [_measured(instrument, groups.get(week)) for week in weeks]
    reading = figures_of(instrument, measure(instrument, quarter.tally if quarter else Tally()))
    return replace(reading, trend=_trend([week.ikm if week else None for week in weekly]))


def figures_of(instrument: Instrument, found: Measure) -> Reading:
    """What was measured with a questionnaire, in the reader's language, without a trend."""
    language = preferred()
    figure = found.ikm if found.nps is None else found.nps
    return Reading(
        instrument.name.in_language(language),
        found.n,
        None if figure is None else number(figure),
        found.band.code if found.band else None,
        found.band.name.in_language(language) if found.band else None,
    )


def _measured(instrument: Instrument, group: TallyGroup | None) -> Measure | None:
    return measure(instrument, group.tally) if group else None


def _trend(ikms: list[Decimal | None]) -> Trend | None:
    """None for fewer than two weeks with answers: there is no trend in a single point."""
    known = [ikm for ikm in ikms if ikm is not None]
    if len(known) < 2:
        return None
    words = translated(
        _("Last %(weeks)s weeks: %(first)s → %(last)s"), weeks=len(ikms), first=number(known[0]), last=number(known[-1])
    )
    return Trend(lines(ikms), words)


def number(figure: Decimal) -> str:
    """An IKM or an NPS with its two decimals as the reader's language writes them."""
    return str(format_decimal(figure, format="0.00"))


def _timezone(unit: Unit) -> str:
    return unit.timezone
