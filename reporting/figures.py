"""Figures to publish: the counts of each group in each period, and those of closed periods as they were closed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import get_args

from sqlalchemy import Connection

from readmodel.queries import Dimension, Scope, Span, TallyGroup, tallies
from readmodel.questionnaires import instruments_of
from reporting.figure import ClosingRef, Figure, is_whole
from reporting.figure_groups import Grouping, Subject, expected_subjects, observed_subject, ordered
from reporting.published import as_published
from satisfaction.instruments import Instrument
from satisfaction.periods import Period
from satisfaction.tally import Tally
from schemas.catalog import Catalog, Unit

__all__ = ["ClosingRef", "Figure", "TooManyFigures", "Wanted", "is_whole", "population_of", "read_figures"]

NOTHING = Tally()


class TooManyFigures(Exception):
    """What was wanted would be this many figures: ask for less."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} figures")
        self.number = number


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which figures: of these units, in the periods that `periods` gives for a unit's time zone.

    `group_by` may name service, touchpoint, channel, element and respondent fields; unit and instrument are always told
    apart. `live` asks for the counts of now even of a period that was closed. `most` bounds the number of figures.
    """

    units: Sequence[Unit]
    periods: Callable[[tzinfo], Sequence[Period]]
    service: str | None = None
    touchpoint: str | None = None
    channel: str | None = None
    instrument: str | None = None
    respondent: Mapping[str, str] = field(default_factory=dict)
    group_by: Collection[Grouping] = ()
    live: bool = False
    most: int = 10_000

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """What the counts are grouped by, beside unit and instrument."""
        return tuple(
            name for name in get_args(Dimension) if name in self.group_by and name not in ("unit", "instrument")
        )


def read_figures(conn: Connection, catalog: Catalog, wanted: Wanted) -> list[Figure]:
    """The figures, by unit and group in the catalog's order, oldest period first.

    A group that the catalog leads one to expect is there although nobody answered. Raises TooManyFigures, and what
    `tallies` raises.
    """
    known = instruments_of(catalog)
    zones: dict[str, list[Unit]] = {}
    for unit in wanted.units:
        zones.setdefault(unit.timezone, []).append(unit)
    found: dict[str, list[Figure]] = {unit.id: [] for unit in wanted.units}
    total = 0
    for units in zones.values():
        periods = wanted.periods(units[0].zone)
        counts = _counts(conn, wanted, known, units, periods)
        subjects = {subject for unit in units for subject in expected_subjects(wanted, unit)}
        subjects.update(subject for subject, _at in counts)
        shown = _by_element(wanted, known, ordered(subjects, units, known))
        total += len(shown) * len(periods)
        if total > wanted.most:
            raise TooManyFigures(total)
        for subject, element in shown:
            for at, period in enumerate(periods):
                found[subject.unit].append(_figure(subject, element, period, counts.get((subject, at))))
    figures = [figure for of_unit in found.values() for figure in of_unit]
    if wanted.live:
        return figures
    return as_published(conn, catalog, figures, lambda unit, periods: _counts(conn, wanted, known, [unit], periods))


def population_of(catalog: Catalog, figure: Figure) -> int | None:
    """How many people the figure's unit or service served in its period, where the catalog says so.

    Nobody knows it for a touchpoint, a channel or a group of respondents.
    """
    unit = catalog.unit(figure.unit)
    if figure.touchpoint is not None or figure.channel is not None or figure.respondent:
        return None
    if unit is None or not is_whole(figure.period, unit.zone):
        return None
    of = unit if figure.service is None else catalog.service(figure.unit, figure.service)
    return None if of is None else of.served.get(figure.period.label) or None


def _counts(
    conn: Connection, wanted: Wanted, known: Iterable[str], units: Sequence[Unit], periods: Sequence[Period]
) -> dict[tuple[Subject, int], TallyGroup]:
    """Per subject and index of the period, what was counted in the units of one time zone."""
    scope = Scope(
        unit=[unit.id for unit in units],
        service=_only(wanted.service),
        touchpoint=_only(wanted.touchpoint),
        channel=_only(wanted.channel),
        instrument=list(known) if wanted.instrument is None else [wanted.instrument],
        respondent={name: [value] for name, value in wanted.respondent.items()},
    )
    spans = [Span.of(str(at), period, units[0].zone) for at, period in enumerate(periods)]
    groups = tallies(conn, spans, scope, ("unit", "instrument", *wanted.dimensions))
    return {(observed_subject(wanted, group.group), int(group.label)): group for group in groups}


def _by_element(
    wanted: Wanted, known: Mapping[str, Instrument], subjects: Iterable[Subject]
) -> list[tuple[Subject, str | None]]:
    if "element" not in wanted.group_by:
        return [(subject, None) for subject in subjects]
    return [(subject, element.key) for subject in subjects for element in known[subject.instrument].elements]


def _figure(subject: Subject, element: str | None, period: Period, counts: TallyGroup | None) -> Figure:
    return Figure(
        unit=subject.unit,
        instrument=subject.instrument,
        service=subject.service,
        touchpoint=subject.touchpoint,
        channel=subject.channel,
        respondent=dict(subject.respondent),
        element=element,
        period=period,
        included=NOTHING if counts is None else counts.tally,
        excluded=NOTHING if counts is None else counts.excluded_tally,
    )


def _only(wanted: str | None) -> list[str] | None:
    return None if wanted is None else [wanted]
