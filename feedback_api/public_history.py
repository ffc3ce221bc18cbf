"""The history on a unit's public page: quarters as a chart, drawn so that its text keeps its size on every screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

TOP, BOTTOM = 24.0, 184.0
"""Where the highest and the lowest value lie, in pixels; across, everything is in percent of the width."""
LEFT, RIGHT = 12.0, 99.0
NARROWEST = 30
"""The fewest points of the scale that are drawn, so that a small change looks small."""


@dataclass(frozen=True, slots=True)
class Point:
    """One quarter: its name under the axis, its figure and interval; None is held back, or nobody answered."""

    name: str
    year: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    written: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A quarter drawn: `x` in percent, the rest in pixels from the top; `y` None where there is no figure."""

    x: str
    y: str | None
    low: str | None
    high: str | None
    point: Point


@dataclass(frozen=True, slots=True)
class Chart:
    """Marks, the lines between neighbours that both have a figure, and the lines of the scale."""

    marks: tuple[Mark, ...]
    lines: tuple[tuple[str, str, str, str], ...]
    scale: tuple[tuple[str, str], ...]
    words: str


def chart(points: Sequence[Point], limits: Sequence[tuple[Decimal, str]], scale: tuple[int, int], words: str) -> Chart:
    """The chart of points, oldest first; `limits` are (value, what is written beside its line), `words` tell it all.

    >>> point = Point("I", "2026", Decimal(75), None, None, "75,00")
    >>> chart([point, point], [(Decimal(50), "50")], (0, 100), "").lines
    (('33.8%', '64.0', '77.2%', '64.0'),)
    """

    def height(value: Decimal) -> str:
        share = float((value - scale[0]) / (scale[1] - scale[0]))
        return f"{BOTTOM - share * (BOTTOM - TOP):.1f}"

    step = (RIGHT - LEFT) / max(1, len(points))
    marks = tuple(
        Mark(
            f"{LEFT + step * (at + 0.5):.1f}%",
            None if point.value is None else height(point.value),
            None if point.low is None else height(point.low),
            None if point.high is None else height(point.high),
            point,
        )
        for at, point in enumerate(points)
    )
    lines = tuple(
        (one.x, one.y, two.x, two.y) for one, two in pairwise(marks) if one.y is not None and two.y is not None
    )
    return Chart(marks, lines, tuple((height(value), name) for value, name in limits), words)


def shown_range(points: Sequence[Point], scale: tuple[int, int]) -> tuple[int, int]:
    """The part of a scale that holds every figure with its interval, in whole tens.

    >>> point = Point("I", "2026", Decimal("86.12"), Decimal("85.28"), Decimal("86.96"), "86,12")
    >>> shown_range([point], (0, 100)), shown_range([], (0, 100))
    ((60, 90), (0, 100))
    """
    values = [value for point in points for value in (point.value, point.low, point.high) if value is not None]
    if not values:
        return scale
    high = min(scale[1], int((max(values) + 1) // 10 + 1) * 10)
    low = min(int((min(values) - 2) // 10) * 10, high - NARROWEST)
    return (
        (scale[0], scale[0] + NARROWEST)
        if low < scale[0] and high - scale[0] < NARROWEST
        else (max(scale[0], low), high)
    )
