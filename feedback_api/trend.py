"""A service's last weeks as a line: where each week's IKM lies, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, TOP, BOTTOM = 100.0, 2.0, 32.0
LOWEST, HIGHEST = Decimal(25), Decimal(100)


@dataclass(frozen=True, slots=True)
class Trend:
    """Points of SVG polylines in a box 100 wide and 34 high; `words` says what the line shows."""

    lines: tuple[str, ...]
    words: str


def lines(ikms: Sequence[Decimal | None]) -> tuple[str, ...]:
    """One polyline for each run of neighbouring weeks with an IKM; a week alone is a short dash.

    >>> lines([Decimal(25), Decimal(100), None, Decimal(25)])
    ('0.0,32.0 33.3,2.0', '97.0,32.0 100.0,32.0')
    """
    step = WIDTH / max(1, len(ikms) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for week, ikm in enumerate(ikms):
        if ikm is None:
            runs.append([])
        else:
            share = float((ikm - LOWEST) / (HIGHEST - LOWEST))
            runs[-1].append((week * step, BOTTOM - share * (BOTTOM - TOP)))
    return tuple(_polyline(run) for run in runs if run)


def _polyline(run: list[tuple[float, float]]) -> str:
    if len(run) == 1:
        ((x, y),) = run
        left = min(max(0.0, x - 1.5), WIDTH - 3)
        run = [(left, y), (left + 3, y)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
