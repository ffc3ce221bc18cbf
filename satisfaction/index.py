"""From counts to index: NRR per element, weighted index, IKM (PermenPANRB 14/2017).

    NRR_u = sum of the answers of element u / number of answers of u
    index = sum over u of NRR_u · w_u
    IKM   = index · 100 / highest answer            (· 25 on the 1..4 scale)

Integer counts and exact fractions all the way; each printed figure is rounded half-up once, from the exact value.
Pool the tallies of services and compute once: a mean of IKMs is not the unit's IKM.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from satisfaction.averages import Averaged, averaged, exact_index, nrr, weighting_of
from satisfaction.bands import Band, band
from satisfaction.instruments import Instrument
from satisfaction.intervals import Interval, interval_of, nps_interval, wilson
from satisfaction.rounding import half_up
from satisfaction.tally import Distribution, Tally
from satisfaction.weights import OWN, WEIGHTS, BadWeights, conventions, weighted

__all__ = [
    "OWN",
    "WEIGHTS",
    "BadWeights",
    "ElementMeasure",
    "Measure",
    "Share",
    "conventions",
    "half_up",
    "measure",
    "net_promoter_score",
    "nrr",
    "top_two",
    "weighted",
]


@dataclass(frozen=True, slots=True)
class ElementMeasure:
    """One element: `n` answers (not respondents), NRR and NRR tertimbang (NRR · weight) to 3 decimals or None.

    `distribution` has a count for every answer of the scale; `band` is that of NRR as an IKM, None without a table.
    """

    key: str
    n: int
    nrr: Decimal | None
    distribution: dict[int, int]
    weighted: Decimal | None = None
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n` answers in percent (2 decimals), with its Wilson interval."""

    n: int
    count: int
    percent: Decimal
    interval: Interval


@dataclass(frozen=True, slots=True)
class Measure:
    """`n` responses, index to 4 decimals, IKM to 2, band; None is what nobody answered or the instrument does not have.

    A net promoter instrument has `nps` (-100..100, 2 decimals) and no index. A satisfaction instrument has `csat`
    beside the index. `interval` is that of the IKM, or of the NPS. `weights` names the convention, or is "own".
    """

    n: int
    index: Decimal | None
    ikm: Decimal | None
    band: Band | None
    elements: tuple[ElementMeasure, ...]
    weights: str
    interval: Interval | None = None
    csat: Share | None = None
    nps: Decimal | None = None


def measure(
    instrument: Instrument, tally: Tally, convention: str | None = None, population: int | None = None
) -> Measure:
    """Everything published about a tally, under a weight convention (the instrument's own weights when None).

    `population` is how many were served, for the finite-population correction of the intervals. Raises BadWeights.

    >>> from satisfaction.instruments import instrument
    >>> smiley = measure(instrument("smiley@1"), Tally(3, {"kepuasan": {3: 1, 4: 2}}))
    >>> smiley.n, smiley.index, smiley.ikm, smiley.band.code, smiley.csat.percent
    (3, Decimal('3.6667'), Decimal('91.67'), 'A', Decimal('100.00'))
    >>> nps = measure(instrument("nps@1"), Tally(4, {"rekomendasi": {10: 2, 8: 1, 3: 1}}))
    >>> nps.index, nps.nps
    (None, Decimal('25.00'))
    """
    weighting, name = weighting_of(instrument, convention)
    found = averaged(instrument, tally, weighting)
    exact = exact_index(found)
    points = Fraction(100, instrument.scale[1])
    values = [answer.value for answer in instrument.questions[0].answers]
    elements = tuple(_element(element, values, points, instrument.band_table) for element in found)
    if exact is None:
        return Measure(tally.responses, None, None, None, elements, name)
    first = instrument.questions[0].key
    if instrument.kind == "nps":
        counts = found[0].questions[first]
        interval = nps_interval(counts, population)
        return Measure(tally.responses, None, None, None, elements, name, interval, nps=net_promoter_score(counts))
    ikm = half_up(exact * points, 2)
    letter = None if instrument.band_table is None else band(instrument.band_table, ikm)
    interval = interval_of(instrument, tally, found, population)
    csat = top_two(_counts(found, first), population) if instrument.kind == "satisfaction" else None
    return Measure(tally.responses, half_up(exact, 4), ikm, letter, elements, name, interval, csat)


def top_two(distribution: Distribution, population: int | None = None) -> Share | None:
    """CSAT: the share of the top two answers of the scale; `distribution` names every answer, 0 for one never given.

    None without answers. The two best boxes are the common definition; a four-point scale counts 3 and 4.

    >>> top_two({1: 3, 2: 7, 3: 40, 4: 50}).percent
    Decimal('90.00')
    """
    answers = sum(distribution.values())
    if answers == 0:
        return None
    best = sum(distribution[answer] for answer in sorted(distribution)[-2:])
    return Share(answers, best, half_up(Fraction(100 * best, answers), 2), wilson(best, answers, population))


def net_promoter_score(distribution: Distribution) -> Decimal | None:
    """Percent of 9 and 10 less percent of 0 to 6 (Reichheld, "The One Number You Need to Grow", 2003), 2 decimals.

    None without answers.

    >>> net_promoter_score({10: 50, 9: 20, 8: 10, 7: 5, 6: 5, 0: 10})
    Decimal('55.00')
    """
    answers = sum(distribution.values())
    if answers == 0:
        return None
    score = sum(count * ((answer >= 9) - (answer <= 6)) for answer, count in distribution.items())
    return half_up(Fraction(100 * score, answers), 2)


def _element(found: Averaged, values: Sequence[int], points: Fraction, band_table: str | None) -> ElementMeasure:
    pooled = dict.fromkeys(values, 0)
    for distribution in found.questions.values():
        for answer, count in distribution.items():
            pooled[answer] += count
    if found.average is None:
        return ElementMeasure(found.element.key, 0, None, pooled)
    return ElementMeasure(
        found.element.key,
        sum(pooled.values()),
        half_up(found.average, 3),
        pooled,
        half_up(found.average * found.weight, 3),
        None if band_table is None else band(band_table, half_up(found.average * points, 2)),
    )


def _counts(found: list[Averaged], question: str) -> Distribution:
    return next((element.questions[question] for element in found if question in element.questions), {})
