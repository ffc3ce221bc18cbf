"""The perception indices of the awards (IPKP, IPAK) against their minima, per quarter and for the year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from readmodel.questionnaires import instruments_of
from reporting.figures import ClosingRef, Figure, population_of
from satisfaction.awards import AWARDS, BEST_INDEX, PERCEPTIONS, AwardKind, Minimum, award, component
from satisfaction.index import Measure, conventions, measure
from satisfaction.instruments import Instrument
from satisfaction.periods import Period
from satisfaction.tally import Tally
from schemas.catalog import Catalog

State = Literal["published", "not_closed", "running", "not_begun"]
"""`published` is as closed, under its number; all others are counted now and may still change."""
Verdict = Literal["reached", "not_reached", "cannot_tell"]
"""By the index as published; `cannot_tell` when nobody has answered."""
Hint = Literal["straddles", "no_interval", "rounded"]
"""What to know beside a verdict: the minimum lies inside the interval; there is no interval; the component, rounded to
two decimals, reads as if the minimum were reached, though the index is below it."""


@dataclass(frozen=True, slots=True)
class Against:
    """An index held against the minimum of an award."""

    award: AwardKind
    minimum: Minimum
    verdict: Verdict
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerceptionFigure:
    """An index (1..4, four decimals) with its 95 % interval on the same scale, and what it adds to the total."""

    period: Period
    state: State
    n: int
    excluded: int
    index: Decimal | None
    interval: tuple[Decimal, Decimal] | None
    component: Decimal | None
    against: tuple[Against, ...]
    closing: ClosingRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerceptionLine:
    """One index by one questionnaire: the figure of the year, and those of its quarters."""

    minima: Mapping[AwardKind, Minimum]
    instrument: Instrument
    year: PerceptionFigure
    quarters: tuple[PerceptionFigure, ...]

    @property
    def minimum(self) -> Minimum:
        """Of the lower award; name, weight and questionnaire are the same for both."""
        return self.minima["wbk"]


class Perceptions:
    """A unit's perception indices of a year; `figures` are by questionnaire and label of the period."""

    def __init__(self, catalog: Catalog, figures: Mapping[tuple[str, str], Figure], now: datetime) -> None:
        self._catalog, self._figures, self._now = catalog, figures, now

    def lines(self, year: Period, quarters: Sequence[Period]) -> tuple[PerceptionLine, ...]:
        """A line for each index and questionnaire in use or answered in the year, at least one for each index.

        Different questionnaires, or versions of one, are never pooled.
        """
        seen = {key for key, _label in self._figures}
        return tuple(
            PerceptionLine(
                minima=minima,
                instrument=instrument,
                year=self._figure(instrument, minima, year),
                quarters=tuple(self._figure(instrument, minima, quarter) for quarter in quarters),
            )
            for minima in ({kind: award(kind).minima[perception] for kind in AWARDS} for perception in PERCEPTIONS)
            for instrument in _asked(self._catalog, minima["wbk"].instrument, seen)
        )

    def _figure(self, instrument: Instrument, minima: Mapping[AwardKind, Minimum], period: Period) -> PerceptionFigure:
        figure = self._figures.get((instrument.id, period.label))
        closing = None if figure is None else figure.closing
        found = self._measured(instrument, figure)
        return PerceptionFigure(
            period=period,
            state=state_of(period, closing, self._now),
            n=found.n,
            excluded=0 if figure is None else figure.excluded.responses,
            index=found.index,
            interval=interval_of_index(found),
            component=None if found.index is None else component(found.index, minima["wbk"].weight),
            against=tuple(against(kind, minimum, found) for kind, minimum in minima.items()),
            closing=closing,
        )

    def _measured(self, instrument: Instrument, figure: Figure | None) -> Measure:
        """The counts under the weights they were printed with, else the questionnaire's own."""
        if figure is None:
            return measure(instrument, Tally())
        printed = figure.closing and figure.closing.weights
        weights = printed if printed in conventions(len(instrument.elements)) else None
        served = population_of(self._catalog, figure)
        return measure(instrument, figure.included, weights, served)


def against(kind: AwardKind, minimum: Minimum, found: Measure) -> Against:
    """What an award says to a measure; the rule looks at the index alone, never at the interval.

    >>> from satisfaction.instruments import instrument
    >>> from satisfaction.tally import Tally
    >>> least = award("wbbm").minima["ipak"]
    >>> answers = {question.key: {4: 6, 3: 4} for question in instrument("spak@1").questions}
    >>> found = measure(instrument("spak@1"), Tally(10, answers))
    >>> against("wbbm", least, found).verdict, against("wbbm", least, found).hints
    ('reached', ('no_interval',))
    """
    if found.index is None:
        return Against(kind, minimum, "cannot_tell", ())
    reached = minimum.reached_by(found.index)
    limits = interval_of_index(found)
    hints: list[Hint] = ["no_interval"] if limits is None else []
    if limits is not None and limits[0] < minimum.index <= limits[1]:
        hints.append("straddles")
    if not reached and component(found.index, minimum.weight) >= minimum.component:
        hints.append("rounded")
    return Against(kind, minimum, "reached" if reached else "not_reached", tuple(hints))


def interval_of_index(found: Measure) -> tuple[Decimal, Decimal] | None:
    """The limits of the IKM's interval on the scale of the index (IKM · 4 / 100), four decimals."""
    return None if found.interval is None else found.interval.on_scale(BEST_INDEX, 4)


def state_of(period: Period, closing: ClosingRef | None, now: datetime) -> State:
    """How final a figure is."""
    if closing is not None:
        return "published"
    return "not_begun" if now < period.start else "running" if now < period.end else "not_closed"


def _asked(catalog: Catalog, family: str, seen: set[str]) -> list[Instrument]:
    """Questionnaires of a family on the scale of the award; the first that is known when none is in use."""
    bases = {own["id"]: own.get("based_on") for own in catalog.instruments}
    known = [
        one
        for one in instruments_of(catalog).values()
        if one.kind == "perception" and one.scale == (1, BEST_INDEX) and _family(one.id, bases) == family
    ]
    return [one for one in known if one.id in seen] or known[:1]


def _family(instrument: str, bases: Mapping[str, str | None]) -> str:
    """The name of the questionnaire that this one is, or was made from, without its version."""
    base = bases.get(instrument)
    return instrument.partition("@")[0] if base is None else _family(base, bases)
