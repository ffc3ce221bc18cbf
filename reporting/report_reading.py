"""Reading what a report says: figures, respondents, earlier periods, words and rows, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import dropwhile

from sqlalchemy import Connection

from readmodel.closings import Closing, latest
from readmodel.queries import AsOf, as_of
from readmodel.questionnaires import instruments_of
from reporting.figure_groups import Grouping
from reporting.figures import Figure, Wanted, population_of, read_figures
from reporting.report import Origin, ProfileField, Report, ServiceFigures, TrendPoint
from reporting.report_rows import Selection, read_rows, read_suggestions
from satisfaction.index import Measure, conventions, measure
from satisfaction.instruments import Instrument
from satisfaction.periods import Interval, Period, containing
from satisfaction.sampling import krejcie_morgan
from satisfaction.tally import Tally
from satisfaction.weights import OWN
from schemas.catalog import Catalog, Unit

FIELDS: tuple[Grouping, ...] = ("sex", "age_band", "education", "occupation", "disability")
DEFAULT_INSTRUMENT = "skm-2017@1"
ANY_POPULATION = 1_000_000
"""From here on the Krejcie-Morgan sample grows no more: 384 respondents do for any population."""

_EARLIER: Mapping[Interval, int] = {"year": 4, "semester": 5, "quarter": 7, "month": 11, "week": 7, "day": 6}


class NotReportable(ValueError):
    """What was asked for is not there; `field` and `code` say what: `unknown_service`, `unknown_instrument`,
    `not_for_instrument` (the weights)."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a report is made. `live` prints the counts of now even of a closed period.

    `suggestions` and `rows` are how many at most; None where the reader may not see them at all.
    """

    now: datetime
    instrument: str = DEFAULT_INSTRUMENT
    service: str | None = None
    weights: str | None = None
    live: bool = False
    suggestions: int | None = None
    rows: int | None = None


def read_report(conn: Connection, catalog: Catalog, unit: Unit, period: Period, options: Options) -> Report:
    """The report of a unit (or one of its services) and period. Raises NotReportable, and what `tallies` raises.

    Rows are left out altogether when there are more than `options.rows`; suggestions are then the newest.
    """
    instrument = _checked(catalog, unit, options)
    closing = latest(conn, unit.id, period.label)
    options = _as_closed(options, closing)
    trend = _trend(conn, catalog, unit, period, options, instrument)
    whole = trend[-1][1]
    population = _served(catalog, whole)
    origin = _origin(as_of(conn), whole, closing)
    names = {service.id: service.name for service in unit.services}
    selection = Selection(unit, period, options.service, instrument, origin.positions if origin.revision else None)
    rows_total = whole.included.responses + whole.excluded.responses
    total, suggestions = read_suggestions(conn, selection, names, options.suggestions)
    parent = catalog.unit(unit.parent) if unit.parent else None
    return Report(
        unit=unit.id,
        unit_name=unit.name,
        parent_name=parent.name if parent else None,
        service_name=names.get(options.service or ""),
        period=period,
        over=period.end <= options.now,
        made_at=options.now.astimezone(unit.zone),
        instrument=instrument,
        measure=trend[-1][0].measure,
        excluded=whole.excluded.responses,
        with_excluded=measure(instrument, whole.included + whole.excluded, options.weights),
        population=population,
        needed=krejcie_morgan(population or ANY_POPULATION),
        services=_services(conn, catalog, unit, period, options, instrument),
        profile=tuple(_profile(conn, catalog, unit, period, options, name) for name in FIELDS),
        trend=tuple(point for point, _figure in trend),
        origin=origin,
        suggestions=suggestions,
        suggestions_total=total,
        rows=read_rows(conn, selection, names, options.rows, rows_total),
        rows_total=rows_total,
    )


def _checked(catalog: Catalog, unit: Unit, options: Options) -> Instrument:
    known = instruments_of(catalog)
    if options.service is not None and catalog.service(unit.id, options.service) is None:
        raise NotReportable("service", "unknown_service", f"{unit.id} has no service {options.service!r}")
    instrument = known.get(options.instrument)
    if instrument is None:
        raise NotReportable("instrument", "unknown_instrument", f"no questionnaire is called {options.instrument!r}")
    allowed = conventions(len(instrument.elements))
    if options.weights is not None and options.weights not in allowed:
        message = f"weights {options.weights!r} are not for {instrument.id}: choose {', '.join(allowed)}"
        raise NotReportable("weights", "not_for_instrument", message)
    return instrument


def _as_closed(options: Options, closing: Closing | None) -> Options:
    """With the weights that the period was closed under, unless others are asked for."""
    if closing is None or options.live or options.weights is not None:
        return options
    weights = closing.rules["instruments"].get(options.instrument, {}).get("weights")
    return options if weights == OWN else replace(options, weights=weights)


def _figures(
    conn: Connection,
    catalog: Catalog,
    unit: Unit,
    periods: Sequence[Period],
    options: Options,
    group_by: Sequence[Grouping] = (),
) -> list[Figure]:
    def given(_zone: tzinfo) -> Sequence[Period]:
        return periods

    wanted = Wanted(
        units=[unit],
        periods=given,
        service=options.service,
        instrument=options.instrument,
        group_by=group_by,
        live=options.live,
    )
    return read_figures(conn, catalog, wanted)


def _trend(
    conn: Connection, catalog: Catalog, unit: Unit, period: Period, options: Options, instrument: Instrument
) -> list[tuple[TrendPoint, Figure]]:
    """This period and those before it, oldest first, from the first that was answered."""
    periods = [*earlier(period, unit.zone), period]
    found = {figure.period.label: figure for figure in _figures(conn, catalog, unit, periods, options)}
    figures = [found.get(one.label) or _nothing(unit, options, one) for one in periods]
    points = [(_point(catalog, instrument, figure, options), figure) for figure in figures]
    return [*dropwhile(lambda pair: pair[0].measure.n == 0, points[:-1]), points[-1]]


def _point(catalog: Catalog, instrument: Instrument, figure: Figure, options: Options) -> TrendPoint:
    found = _measured(catalog, instrument, figure, options)
    if figure.closing is None:
        return TrendPoint(figure.period, found, closed=False)
    weights = figure.closing.weights if figure.closing.weights in conventions(len(instrument.elements)) else None
    published = _measured(catalog, instrument, figure, replace(options, weights=weights))
    same = (published.ikm, published.nps) == (found.ikm, found.nps)
    return TrendPoint(figure.period, found, closed=True, published=None if same else published)


def earlier(period: Period, zone: tzinfo) -> list[Period]:
    """The periods of the same kind before this one that its trend shows, oldest first; none for a free span.

    >>> from zoneinfo import ZoneInfo
    >>> from satisfaction.periods import parse_period
    >>> jakarta = ZoneInfo("Asia/Jakarta")
    >>> [one.label for one in earlier(parse_period("2026-S1", jakarta), jakarta)]
    ['2023-S2', '2024-S1', '2024-S2', '2025-S1', '2025-S2']
    """
    kind = next((each for each in _EARLIER if containing(period.start, each, zone) == period), None)
    before: list[Period] = []
    for _ in range(_EARLIER[kind] if kind else 0):
        first = before[0] if before else period
        before.insert(0, containing(first.start - timedelta(hours=1), kind or "year", zone))
    return before


def _nothing(unit: Unit, options: Options, period: Period) -> Figure:
    """What stands for a group of a retired or new service that nobody has answered about."""
    return Figure(
        unit=unit.id,
        instrument=options.instrument,
        service=options.service,
        touchpoint=None,
        channel=None,
        respondent={},
        element=None,
        period=period,
        included=Tally(),
        excluded=Tally(),
    )


def _measured(catalog: Catalog, instrument: Instrument, figure: Figure, options: Options) -> Measure:
    return measure(instrument, figure.included, options.weights, _served(catalog, figure))


def _served(catalog: Catalog, figure: Figure) -> int | None:
    """How many were served, where the catalog says so and it can be true: no fewer than answered."""
    served = population_of(catalog, figure)
    return served if served is not None and served >= figure.included.responses else None


def _services(
    conn: Connection, catalog: Catalog, unit: Unit, period: Period, options: Options, instrument: Instrument
) -> tuple[ServiceFigures, ...]:
    names = {service.id: service.name for service in unit.services}
    return tuple(
        ServiceFigures(
            figure.service or "",
            names.get(figure.service or "", figure.service or ""),
            _measured(catalog, instrument, figure, options),
            figure.excluded.responses,
        )
        for figure in _figures(conn, catalog, unit, [period], options, ("service",))
    )


def _profile(
    conn: Connection, catalog: Catalog, unit: Unit, period: Period, options: Options, name: Grouping
) -> ProfileField:
    figures = _figures(conn, catalog, unit, [period], options, (name,))
    counts = {figure.respondent.get(name, ""): figure.included.responses for figure in figures}
    return ProfileField(name, {value: count for value, count in counts.items() if count})


def _origin(state: AsOf, whole: Figure, closing: Closing | None) -> Origin:
    if whole.closing is None or closing is None:
        departs_from = None if closing is None else closing.revision
        return Origin(state.log_id, state.positions, state.time_ms, departs_from=departs_from)
    frozen = whole.closing
    return Origin(
        closing.log_id,
        closing.positions,
        closing.closed_ms,
        revision=frozen.revision,
        closed_ms=frozen.closed_ms,
        digest=frozen.digest,
        late=frozen.late or 0,
    )
