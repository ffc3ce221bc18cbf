"""From counts to index: NRR per element, weighted index, IKM (PermenPANRB 14/2017).

    NRR_u = sum of the answers of element u / number of answers of u
    index = sum over u of NRR_u · w_u
    IKM   = index · 100 / highest answer            (· 25 on the 1..4 scale)

Integer counts and exact fractions all the way; each printed figure is rounded half-up once, from the exact value.
Pool the tallies of services and compute once: a mean of IKMs is not the unit's IKM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from satisfaction.bands import Band, band
from satisfaction.instruments import Element, Instrument
from satisfaction.tally import Distribution, Tally

WEIGHTS: Mapping[str, tuple[int, Fraction] | None] = MappingProxyType(
    {
        "exact": None,
        "0.1111": (9, Fraction("0.1111")),
        "0.111": (9, Fraction("0.111")),
        "0.11": (9, Fraction("0.11")),
        "0.071": (14, Fraction("0.071")),
    }
)
"""Weight conventions met in published results: name → (for how many elements, weight of each); exact is 1/k.

The rounded ones do not sum to 1 (nine times 0.11 is 0.99), so they cost up to a point of IKM; they exist to reproduce
an office's earlier figures. 0.071 is that of the 14 elements of KEP/25/M.PAN/2/2004.
"""


class BadWeights(ValueError):
    """The convention is unknown or made for another number of elements; choose one of `conventions(k)`."""


@dataclass(frozen=True, slots=True)
class ElementMeasure:
    """One element: `n` answers (not respondents), NRR to 3 decimals or None, counts for every answer of the scale."""

    key: str
    n: int
    nrr: Decimal | None
    distribution: dict[int, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """`n` responses, index to 4 decimals, IKM to 2, band; the three are None when nothing was answered."""

    n: int
    index: Decimal | None
    ikm: Decimal | None
    band: Band | None
    elements: tuple[ElementMeasure, ...]
    weights: str


def nrr(distribution: Distribution) -> Fraction:
    """The average answer, exact; ValueError when there is no answer.

    >>> nrr({3: 118, 4: 69})
    Fraction(630, 187)
    """
    answers = sum(distribution.values())
    if answers == 0:
        raise ValueError("an average needs at least one answer")
    return Fraction(sum(answer * count for answer, count in distribution.items()), answers)


def half_up(value: Fraction, places: int) -> Decimal:
    """Rounded to `places` decimals, a half away from zero.

    >>> half_up(Fraction("64.995"), 2), half_up(Fraction(2, 3), 3), half_up(Fraction(100), 2)
    (Decimal('65.00'), Decimal('0.667'), Decimal('100.00'))
    """
    # floor(|value| · 10^places + 1/2) in integers, because a Fraction reduces itself at every step.
    units = (2 * abs(value.numerator) * 10**places + value.denominator) // (2 * value.denominator)
    return Decimal(f"{'-' if value < 0 else ''}{units}e-{places}")


def conventions(elements: int) -> tuple[str, ...]:
    """The weight conventions an instrument with this many elements may use.

    >>> conventions(9), conventions(1)
    (('exact', '0.1111', '0.111', '0.11'), ('exact',))
    """
    return tuple(name for name, weight in WEIGHTS.items() if weight is None or weight[0] == elements)


def weighted(nrrs: Sequence[Fraction | None], convention: str = "exact") -> Fraction | None:
    """The exact index of elements' NRRs, one entry per element of the instrument; None when no element was answered.

    An element nobody answered (None) is no zero: it leaves the index and the others share its weight equally, so the
    weights still sum to what the convention gives the whole instrument. Raises BadWeights.

    >>> weighted([Fraction(4)] * 9), weighted([Fraction(4)] * 9, "0.11")
    (Fraction(4, 1), Fraction(99, 25))
    >>> weighted([Fraction(4), None, Fraction(3)])
    Fraction(7, 2)
    """
    if convention not in conventions(len(nrrs)):
        raise BadWeights(f"{convention!r} is no weight convention for {len(nrrs)} elements")
    weight = WEIGHTS[convention]
    total = Fraction(1) if weight is None else weight[0] * weight[1]
    answered = [value for value in nrrs if value is not None]
    return total * sum(answered, Fraction(0)) / len(answered) if answered else None


def measure(instrument: Instrument, tally: Tally, convention: str | None = None) -> Measure:
    """Everything published about a tally, under a weight convention (the instrument's own when None).

    An element with several questions is the mean of its answered questions' NRRs. Counts of questions or answers the
    instrument does not have are left out. Raises BadWeights.

    >>> from satisfaction.instruments import instrument
    >>> smiley = measure(instrument("smiley@1"), Tally(3, {"kepuasan": {3: 1, 4: 2}}))
    >>> smiley.n, smiley.index, smiley.ikm, smiley.band.code
    (3, Decimal('3.6667'), Decimal('91.67'), 'A')
    """
    convention = instrument.weights if convention is None else convention
    averages = [_element(instrument, element, tally) for element in instrument.elements]
    exact = weighted([average for average, _ in averages], convention)
    elements = tuple(shown for _, shown in averages)
    if exact is None:
        return Measure(tally.responses, None, None, None, elements, convention)
    ikm = half_up(exact * 100 / instrument.scale[1], 2)
    return Measure(tally.responses, half_up(exact, 4), ikm, band(instrument.band_table, ikm), elements, convention)


def _element(instrument: Instrument, element: Element, tally: Tally) -> tuple[Fraction | None, ElementMeasure]:
    averages: list[Fraction] = []
    pooled: dict[int, int] = {}
    for question in instrument.questions_of(element.key):
        counted = tally.answers.get(question.key, {})
        distribution = {answer.value: counted.get(answer.value, 0) for answer in question.answers}
        if any(distribution.values()):
            averages.append(nrr(distribution))
        pooled = {value: pooled.get(value, 0) + count for value, count in distribution.items()}
    average = sum(averages, Fraction(0)) / len(averages) if averages else None
    shown = None if average is None else half_up(average, 3)
    return average, ElementMeasure(element.key, sum(pooled.values()), shown, pooled)
