"""The table of Student's t against a computation of its own."""

import math
from math import gamma, pi, sqrt

import pytest

from satisfaction.quantiles import T_975, Z_975, t_975


def upper_half(t: float, degrees: int, steps: int = 4000) -> float:
    """P(0 < T < t) by Simpson's rule; gamma overflows beyond 300 degrees, where a Stirling series takes over."""
    if degrees < 300:
        scale = gamma((degrees + 1) / 2) / (sqrt(degrees * pi) * gamma(degrees / 2))
    else:
        scale = (1 - 1 / (4 * degrees) + 1 / (32 * degrees**2)) / sqrt(2 * pi)
    width = t / steps
    heights = [math.pow(1 + (width * at) ** 2 / degrees, -(degrees + 1) / 2) for at in range(steps + 1)]
    return scale * width / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))


@pytest.mark.parametrize("degrees", T_975)
def test_every_row_is_the_quantile_rounded_to_three_decimals(degrees: int) -> None:
    printed = float(T_975[degrees])
    assert upper_half(printed - 0.00051, degrees) < 0.475 < upper_half(printed + 0.00051, degrees)


def test_between_rows_the_wider_one_is_taken() -> None:
    assert t_975(31) == t_975(39) == T_975[30]
    assert t_975(40) == T_975[40]
    assert t_975(10**9) == T_975[1000] > Z_975


def test_the_table_only_falls() -> None:
    assert list(T_975.values()) == sorted(T_975.values(), reverse=True)
