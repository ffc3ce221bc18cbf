"""How far a sample's figure may be from that of everybody served: 95 % intervals, the respondent as the unit.

They describe sampling only, not who chose to answer; say so where one is shown. Exact until the last rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import Literal

from satisfaction.averages import Averaged, averaged, exact_index, weighting_of
from satisfaction.instruments import Instrument
from satisfaction.quantiles import Z_975, t_975
from satisfaction.rounding import half_up, square_root
from satisfaction.tally import Distribution, Pair, Tally

LEVEL = "0.95"


@dataclass(frozen=True, slots=True)
class Interval:
    """Both limits and the standard error in points of what it is `of`: IKM and share 0..100, NPS -100..100.

    Limits have 2 decimals and stay on the scale; the standard error has 4.
    """

    low: Decimal
    high: Decimal
    level: str
    standard_error: Decimal
    of: Literal["ikm", "nps", "share"]
    exact: tuple[Fraction, Fraction] | None = field(default=None, repr=False, compare=False)
    """Both limits before they were rounded."""

    def on_scale(self, highest: int, places: int) -> tuple[Decimal, Decimal]:
        """Both limits where 100 points are `highest`, rounded once."""
        low, high = self.exact or (Fraction(self.low), Fraction(self.high))
        return half_up(low * highest / 100, places), half_up(high * highest / 100, places)


def wilson(successes: int, n: int, population: int | None = None) -> Interval:
    """Wilson's score interval of a share, in percent; ValueError when `successes` is not among `n` >= 1.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927). With a
    population the sample counts as n / (1 - n/N), the size that gives the same variance without correction.

    >>> wilson(81, 263).low, wilson(81, 263).high  # Newcombe, Statistics in Medicine 17 (1998), table I
    (Decimal('25.53'), Decimal('36.62'))
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n} is no share")
    share, unsampled = Fraction(successes, n), _unsampled(n, population)
    variance = share * (1 - share) * unsampled / n
    z2 = Z_975 * Z_975 * unsampled / n
    centre = (share + z2 / 2) / (1 + z2)
    half = square_root(Z_975 * Z_975 * variance + z2 * z2 / 4) / (1 + z2)
    return _interval("share", 100 * centre, 100 * half, 100 * square_root(variance), (Fraction(0), Fraction(100)))


def index_interval(
    instrument: Instrument, tally: Tally, convention: str | None = None, population: int | None = None
) -> Interval | None:
    """The interval of the IKM, in IKM points; see `interval_of`. Raises BadWeights.

    >>> from satisfaction.instruments import instrument
    >>> index_interval(instrument("smiley@1"), Tally(3, {"kepuasan": {3: 1, 4: 2}}))
    Interval(low=Decimal('55.81'), high=Decimal('100.00'), level='0.95', standard_error=Decimal('8.3333'), of='ikm')
    """
    return interval_of(
        instrument, tally, averaged(instrument, tally, weighting_of(instrument, convention)[0]), population
    )


def interval_of(
    instrument: Instrument, tally: Tally, elements: Sequence[Averaged], population: int | None
) -> Interval | None:
    """The interval of the IKM whose element averages and weights are `elements`.

    The index is a sum of ratios (answers' sum / number of answers), each with its own denominator. Its linearization
    (Särndal, Swensson & Wretman, Model Assisted Survey Sampling, 5.5; Cochran, Sampling Techniques, 6.3) gives every
    respondent i one number, and the variance over respondents follows:

        z_i  = sum over q of c_q (x_iq - m_q a_iq)      c_q = v_q n / N_q
        SE^2 = s_z^2 / n · (1 - n / population)         limits: IKM ± t(0.975; n - 1) · SE

    with x the answer, a 1 where q was answered, m_q and N_q the average and number of its answers, v_q its weight in
    the index. When everybody answered everything, z_i is respondent i's own index less the mean: the classical
    interval.

    None for fewer than two responses, for counts without pairs, and when all respondents' z are equal: a sample
    without variation says nothing about how much there is (unless everybody was asked).
    """
    exact = exact_index(elements)
    asked = _asked(elements)
    n = tally.responses
    if exact is None or n < 2 or not _complete(tally, asked):
        return None
    squares = _sum_of_squares(asked, tally.pairs)
    unsampled = _unsampled(n, population)
    if squares <= 0 and unsampled:
        return None
    points = Fraction(100, instrument.scale[1])
    error = points * square_root(squares * n / (n - 1) * unsampled)
    total = sum((element.weight for element in elements), Fraction(0))
    low, high = instrument.scale
    return _interval("ikm", points * exact, t_975(n - 1) * error, error, (points * total * low, points * total * high))


def nps_interval(distribution: Distribution, population: int | None = None) -> Interval | None:
    """The interval of a net promoter score, each respondent counting +100, 0 or -100; None as for an index.

    >>> nps_interval({10: 50, 8: 30, 3: 20})
    Interval(low=Decimal('14.38'), high=Decimal('45.62'), level='0.95', standard_error=Decimal('7.8496'), of='nps')
    """
    n = sum(distribution.values())
    promoters = sum(count for answer, count in distribution.items() if answer >= 9)
    detractors = sum(count for answer, count in distribution.items() if answer <= 6)
    if n < 2:
        return None
    unsampled = _unsampled(n, population)
    squares = promoters + detractors - Fraction((promoters - detractors) ** 2, n)
    if squares == 0 and unsampled:
        return None
    error = 100 * square_root(squares / (n * (n - 1)) * unsampled)
    score = Fraction(100 * (promoters - detractors), n)
    return _interval("nps", score, t_975(n - 1) * error, error, (Fraction(-100), Fraction(100)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """An answered question: number, sum and sum of squares of its answers, and its weight in the index."""

    key: str
    number: int
    total: int
    squares: int
    weight: Fraction


def _asked(elements: Sequence[Averaged]) -> list[_Asked]:
    found = []
    for element in elements:
        weight = element.weight if len(element.questions) == 1 else element.weight / max(1, len(element.questions))
        for key, counts in element.questions.items():
            total = sum(answer * count for answer, count in counts.items())
            squares = sum(answer * answer * count for answer, count in counts.items())
            found.append(_Asked(key, sum(counts.values()), total, squares, weight))
    return sorted(found, key=lambda asked: asked.key)


def _complete(tally: Tally, asked: Sequence[_Asked]) -> bool:
    """Whether the pairs can be those of the counts: questions that nearly all answered were answered together."""
    if any(question.number > tally.responses for question in asked):
        return False
    if any(question.number != sum(tally.answers[question.key].values()) for question in asked):
        return False
    for first, second in combinations(asked, 2):
        pair = tally.pairs.get((first.key, second.key))
        if first.number + second.number - tally.responses > (0 if pair is None else pair.both):
            return False
    return True


def _sum_of_squares(asked: Sequence[_Asked], pairs: Mapping[tuple[str, str], Pair]) -> Fraction:
    """The sum over respondents of (z_i / n)^2, from counts; one common denominator, so that all else is integer."""
    divisors = [question.weight.denominator * question.number**2 for question in asked]
    common = lcm(*divisors)
    scaled = [
        question.weight.numerator * (common // divisor) for question, divisor in zip(asked, divisors, strict=True)
    ]
    result = 0
    for place, (question, share) in enumerate(zip(asked, scaled, strict=True)):
        number, total = question.number, question.total
        result += share * share * (number * number * question.squares - number * total * total)
        for other, second in zip(asked[place + 1 :], scaled[place + 1 :], strict=True):
            pair = pairs.get((question.key, other.key))
            if pair is not None:
                both, sum_q, sum_r, product = pair
                crossed = other.number * (number * product - total * sum_r) - number * other.total * sum_q
                result += 2 * share * second * (crossed + total * other.total * both)
    return Fraction(result, common * common)


def _unsampled(n: int, population: int | None) -> Fraction:
    """The share of the population that was not asked; 1 for an unknown one, or one that is smaller than its sample."""
    return Fraction(1) if population is None or population < n else 1 - Fraction(n, population)


def _interval(
    of: Literal["ikm", "nps", "share"],
    centre: Fraction,
    half: Fraction,
    error: Fraction,
    scale: tuple[Fraction, Fraction],
) -> Interval:
    low, high = max(centre - half, scale[0]), min(centre + half, scale[1])
    return Interval(half_up(low, 2), half_up(high, 2), LEVEL, half_up(error, 4), of, (low, high))
