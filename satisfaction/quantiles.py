"""Quantiles of the normal and of Student's distribution for two-sided 95 % intervals."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

Z_975 = Fraction("1.959963984540054")
"""The normal distribution's 0.975 quantile."""

# fmt: off
_ROWS = {
    1: "12.706", 2: "4.303", 3: "3.182", 4: "2.776", 5: "2.571", 6: "2.447", 7: "2.365", 8: "2.306", 9: "2.262",
    10: "2.228", 11: "2.201", 12: "2.179", 13: "2.160", 14: "2.145", 15: "2.131", 16: "2.120", 17: "2.110",
    18: "2.101", 19: "2.093", 20: "2.086", 21: "2.080", 22: "2.074", 23: "2.069", 24: "2.064", 25: "2.060",
    26: "2.056", 27: "2.052", 28: "2.048", 29: "2.045", 30: "2.042", 40: "2.021", 50: "2.009", 60: "2.000",
    80: "1.990", 100: "1.984", 120: "1.980", 200: "1.972", 500: "1.965", 1000: "1.962",
}
# fmt: on
T_975: Mapping[int, Fraction] = MappingProxyType({degrees: Fraction(printed) for degrees, printed in _ROWS.items()})
"""Student's t, 0.975 quantile by degrees of freedom, as printed to three decimals in the usual tables (NIST/SEMATECH
e-Handbook of Statistical Methods, 1.3.6.7.2, up to 100; a test recomputes every row)."""

_DEGREES = sorted(T_975)


def t_975(degrees: int) -> Fraction:
    """Student's t of the nearest row at or below `degrees` (>= 1): an interval is rather too wide than too narrow.

    >>> [str(float(t_975(degrees))) for degrees in (1, 30, 35, 10_000)]
    ['12.706', '2.042', '2.042', '1.962']
    """
    return T_975[_DEGREES[bisect_right(_DEGREES, degrees) - 1]]
