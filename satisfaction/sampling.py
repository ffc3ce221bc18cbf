"""How many must be asked (Krejcie & Morgan, "Determining Sample Size for Research Activities", 1970)."""

from __future__ import annotations

from fractions import Fraction

from satisfaction.rounding import half_up

CHI_SQUARE = Fraction("3.841")
"""Of one degree of freedom at the 0.95 level, as the authors printed it."""
MARGIN = Fraction("0.05")
SHARE = Fraction(1, 2)
"""The share assumed: the one that needs the largest sample."""


def krejcie_morgan(population: int) -> int:
    """The sample size for a population, rounded half-up as in the printed table; ValueError below 1.

    S = χ² N P (1 - P) / (d² (N - 1) + χ² P (1 - P))

    >>> [krejcie_morgan(population) for population in (10, 15, 100, 500, 1000, 5000, 1_000_000)]
    [10, 14, 80, 217, 278, 357, 384]
    """
    if population < 1:
        raise ValueError("a population has at least one member")
    spread = CHI_SQUARE * SHARE * (1 - SHARE)
    return int(half_up(spread * population / (MARGIN**2 * (population - 1) + spread), 0))


def adequate(n: int, population: int | None) -> bool | None:
    """Whether `n` responses are a large enough sample; None when nobody knows how many were served.

    >>> adequate(278, 1000), adequate(277, 1000), adequate(277, None)
    (True, False, None)
    """
    return None if population is None or population < 1 else n >= krejcie_morgan(population)
