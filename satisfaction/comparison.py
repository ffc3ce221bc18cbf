"""Two figures side by side: is the difference more than the samples' chance?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from satisfaction.index import Measure
from satisfaction.quantiles import t_975
from satisfaction.rounding import half_up, square_root
from satisfaction.text import Text

Verdict = Literal["higher", "lower", "no_difference", "cannot_tell"]

VERDICTS: Mapping[Verdict, Text] = MappingProxyType(
    {
        "higher": Text(id="lebih tinggi", en="higher"),
        "lower": Text(id="lebih rendah", en="lower"),
        "no_difference": Text(
            id="tidak ada perbedaan yang dapat ditunjukkan oleh sampel ini",
            en="no difference that the sample can show",
        ),
        "cannot_tell": Text(
            id="tidak dapat dibandingkan: responden terlalu sedikit, jawaban semua sama, atau kuesioner/bobotnya lain",
            en="cannot be compared: too few respondents, answers all alike, or other questions or weights",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` = first - second in points (2 decimals) with the limits of its 95 % interval, and what they mean.

    All three are None when one figure is missing or the questionnaires differ; the limits alone when a figure has no
    interval.
    """

    difference: Decimal | None
    low: Decimal | None
    high: Decimal | None
    verdict: Verdict


def compare(first: Measure, second: Measure) -> Comparison:
    """Whether the first IKM (or NPS) is higher than the second, for two independent samples.

    Welch's interval: difference ± t(0.975; df) · sqrt(SE1² + SE2²), with the degrees of freedom of Satterthwaite,
    "An Approximate Distribution of Estimates of Variance Components", 1946. Two periods or two units are independent; a
    unit and a part of it are not.

    >>> from satisfaction.index import measure
    >>> from satisfaction.instruments import instrument
    >>> from satisfaction.tally import Tally
    >>> smiley = instrument("smiley@1")
    >>> before = measure(smiley, Tally(100, {"kepuasan": {2: 50, 3: 30, 4: 20}}))
    >>> after = measure(smiley, Tally(100, {"kepuasan": {2: 10, 3: 30, 4: 60}}))
    >>> compare(after, before)
    Comparison(difference=Decimal('20.00'), low=Decimal('14.88'), high=Decimal('25.12'), verdict='higher')
    """
    pair = _figures(first, second)
    if pair is None:
        return Comparison(None, None, None, "cannot_tell")
    difference = pair[0] - pair[1]
    half = _half_width(first, second)
    if half is None:
        return Comparison(difference, None, None, "cannot_tell")
    low, high = Fraction(difference) - half, Fraction(difference) + half
    verdict: Verdict = "higher" if low > 0 else "lower" if high < 0 else "no_difference"
    return Comparison(difference, half_up(low, 2), half_up(high, 2), verdict)


def _figures(first: Measure, second: Measure) -> tuple[Decimal, Decimal] | None:
    same = [element.key for element in first.elements] == [element.key for element in second.elements]
    if not same or first.weights != second.weights:
        return None
    if first.ikm is not None and second.ikm is not None:
        return first.ikm, second.ikm
    if first.nps is not None and second.nps is not None:
        return first.nps, second.nps
    return None


def _half_width(first: Measure, second: Measure) -> Fraction | None:
    if first.interval is None or second.interval is None:
        return None
    variances = [Fraction(measured.interval.standard_error) ** 2 for measured in (first, second) if measured.interval]
    total = sum(variances, Fraction(0))
    spread = sum(
        (variance**2 / (measured.n - 1) for variance, measured in zip(variances, (first, second), strict=True)),
        Fraction(0),
    )
    # Both units were asked as a whole: their difference is known, not estimated.
    if spread == 0:
        return Fraction(0)
    return t_975(int(total**2 / spread)) * square_root(total)
