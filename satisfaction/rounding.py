"""From exact fractions to printed decimals: one half-up rounding at the very end, and square roots that never vary."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import isqrt

_ROOT_PLACES = 20


def half_up(value: Fraction, places: int) -> Decimal:
    """Rounded to `places` decimals, a half away from zero.

    >>> half_up(Fraction("64.995"), 2), half_up(Fraction(2, 3), 3), half_up(Fraction(100), 2)
    (Decimal('65.00'), Decimal('0.667'), Decimal('100.00'))
    """
    # floor(|value| · 10^places + 1/2) in integers, because a Fraction reduces itself at every step.
    units = (2 * abs(value.numerator) * 10**places + value.denominator) // (2 * value.denominator)
    return Decimal(f"{'-' if value < 0 and units else ''}{units}e-{places}")


def square_root(value: Fraction) -> Fraction:
    """The root cut to 20 decimals, by integers only: the same on every machine. ValueError below zero.

    >>> square_root(Fraction(1, 4)), half_up(square_root(Fraction(2)), 10)
    (Fraction(1, 2), Decimal('1.4142135624'))
    """
    return Fraction(isqrt(value.numerator * 10 ** (2 * _ROOT_PLACES) // value.denominator), 10**_ROOT_PLACES)
