"""Charts as SVG text: values in, one drawing out; used alike by the web page, the PDF and the documentation.

Nothing is told by colour alone: bars carry their figure, segments a pattern and their share, limits a label. Shades
differ in lightness, so a grey print reads the same. Sizes are in points; `WIDTH` is the text width of an A4 page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import pairwise
from textwrap import wrap

from reporting.chart_fills import definitions, fill

WIDTH = 480
FONT = "'Libertinus Serif', Georgia, 'Times New Roman', serif"
INK, SOFT, LINE, BAR = "#16202a", "#4c5864", "#b9c2cb", "#35688f"

_LABEL_WIDTH, _LABEL_CHARS = 150, 28
_VALUE_WIDTH = 62

Across = Callable[[Decimal], float]
Axis = Sequence[tuple[Decimal, str]]
"""Values with what is written beside them, lowest first; the outer two are the ends of the drawing."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a band begins, and what it is called."""

    value: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled figure; `shown` is what is printed beside it, also when there is no value."""

    label: str
    value: Decimal | None
    shown: str


@dataclass(frozen=True, slots=True)
class Stack:
    """How often each answer was given, lowest answer first; `shown` names each share."""

    label: str
    parts: tuple[int, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A period's figure with its interval, where there is one."""

    label: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    shown: str


def bars(rows: Sequence[Bar], lowest: int, highest: int, limits: Sequence[Limit], alt: str) -> str:
    """A bar per row on the scale `lowest`..`highest`, the limits as labelled broken lines."""
    step, top = 26, 24
    left, right = _LABEL_WIDTH + 8, WIDTH - _VALUE_WIDTH
    height = top + step * len(rows) + 20

    def across(value: Decimal) -> float:
        return left + (right - left) * float(value - lowest) / (highest - lowest)

    drawn = [_line(left, top - 2, left, height - 18, LINE)]
    for tick in _ticks(lowest, highest):
        drawn += [_line(across(tick), height - 18, across(tick), height - 14, SOFT)]
        drawn += [_text(across(tick), height - 4, f"{tick}", size=9, anchor="middle", colour=SOFT)]
    for at, row in enumerate(rows):
        y = top + step * at
        drawn += _label(row.label, y + step / 2)
        if row.value is not None:
            width = across(row.value) - left
            drawn.append(f'<rect x="{left}" y="{y + 4}" width="{width:.1f}" height="{step - 9}" fill="{BAR}"/>')
        drawn.append(_text(WIDTH, y + step / 2 + 3.5, row.shown, size=10.5, anchor="end", weight=700))
    for limit, x, level in _spread(limits, across):
        drawn += [_line(x, top - 4, x, height - 18, INK, dash="3 2.5", width=0.9)]
        drawn += [_text(x, top - 8 - level, limit.label, size=9, anchor="middle")]
    return _svg(height, alt, drawn)


def stacks(rows: Sequence[Stack], legend: Sequence[str], alt: str) -> str:
    """A bar of full width per row, cut in the shares of its answers; the legend stands above."""
    step = 24
    drawn, top = _legend(legend)
    left, right = _LABEL_WIDTH + 8, WIDTH
    for at, row in enumerate(rows):
        y = top + step * at
        drawn += _label(row.label, y + step / 2)
        whole = sum(row.parts)
        x = float(left)
        for number, (part, shown) in enumerate(zip(row.parts, row.shown, strict=True)):
            width = (right - left) * part / whole if whole else 0.0
            if width:
                drawn += _segment(x, y + 3, width, step - 7, number, len(row.parts), shown)
            x += width
    return _svg(top + step * len(rows) + 4, alt, drawn)


def trend(points: Sequence[Point], limits: Sequence[Limit], axis: Axis, alt: str) -> str:
    """A dot per period with its interval as a whisker; neighbours are joined, a period without a figure is a gap."""
    lowest, highest = axis[0][0], axis[-1][0]
    height, top, left, bottom = 210, 18, 34, 168
    right = WIDTH - 74
    step = (right - left) / max(1, len(points))

    def up(value: Decimal) -> float:
        return bottom - (bottom - top) * float(value - lowest) / float(highest - lowest)

    drawn = [_line(left, top - 6, left, bottom, LINE), _line(left, bottom, right, bottom, LINE)]
    drawn += [_text(left - 4, up(value) + 3, shown, size=9, anchor="end", colour=SOFT) for value, shown in axis]
    for limit in limits:
        if lowest < limit.value < highest:
            drawn += [_line(left, up(limit.value), right, up(limit.value), INK, dash="3 2.5", width=0.8)]
            drawn += [_text(right + 4, up(limit.value) + 3, limit.label, size=9)]
    places = [(left + step * (at + 0.5), point) for at, point in enumerate(points)]
    for (x0, one), (x1, other) in pairwise(places):
        if one.value is not None and other.value is not None:
            drawn.append(_line(x0, up(one.value), x1, up(other.value), BAR, width=1.6))
    for x, point in places:
        drawn += [
            _text(x, bottom + 12 + 10 * at, line, size=9, anchor="middle")
            for at, line in enumerate(_words(point, step))
        ]
        if point.value is None:
            continue
        if point.low is not None and point.high is not None:
            drawn += _whisker(x, up(max(point.low, lowest)), up(min(point.high, highest)))
        drawn.append(f'<circle cx="{x:.1f}" cy="{up(point.value):.1f}" r="3.4" fill="{BAR}" stroke="#fff"/>')
        drawn.append(_text(x + 6, up(point.value) - 5, point.shown, size=9.5, weight=700, halo="#fff"))
    return _svg(height, alt, drawn)


def _words(point: Point, width: float) -> list[str]:
    return wrap(point.label, max(8, int(width / 4.4)), break_long_words=False)[:3]


def _whisker(x: float, low: float, high: float) -> list[str]:
    ends = [_line(x - 3.5, y, x + 3.5, y, INK, width=1) for y in (low, high)]
    return [_line(x, low, x, high, INK, width=1), *ends]


def _segment(x: float, y: float, width: float, height: float, number: int, of: int, shown: str) -> list[str]:
    look = fill(number, of)
    box = f'x="{x:.2f}" y="{y}" width="{width:.2f}" height="{height}"'
    drawn = [f'<rect {box} fill="{look.paint}" stroke="#fff" stroke-width=".8"/>']
    if width >= 5.4 * len(shown):
        middle, base = x + width / 2, y + height / 2 + 3.2
        drawn.append(_text(middle, base, shown, size=9, anchor="middle", colour=look.ink, weight=700, halo=look.ground))
    return drawn


def _legend(names: Sequence[str]) -> tuple[list[str], float]:
    """The answers with their patterns, wrapped to the width, and where the legend ends."""
    drawn, x, y = [], 0.0, 2.0
    for number, name in enumerate(names):
        width = 20 + 5.0 * len(name)
        if x and x + width > WIDTH:
            x, y = 0.0, y + 15
        paint = fill(number, len(names)).paint
        drawn.append(
            f'<rect x="{x + 0.5}" y="{y}" width="13" height="10" fill="{paint}" stroke="{SOFT}" stroke-width=".6"/>'
        )
        drawn.append(_text(x + 17, y + 8.6, name, size=9.5))
        x += width + 8
    return drawn, y + 20


def _spread(limits: Sequence[Limit], across: Across) -> list[tuple[Limit, float, int]]:
    """Where each limit stands, and how high its label so that neighbours don't touch."""
    placed: list[tuple[Limit, float, int]] = []
    for limit in sorted(limits, key=lambda limit: limit.value):
        x = across(limit.value)
        close = bool(placed) and x - placed[-1][1] < 5 * len(limit.label)
        placed.append((limit, x, 9 - placed[-1][2] if close else 0))
    return placed


def _ticks(lowest: int, highest: int) -> list[Decimal]:
    step = 1 if highest - lowest <= 10 else 50
    return [Decimal(tick) for tick in range(lowest, highest + 1, step)]


def _label(text: str, middle: float) -> list[str]:
    lines = wrap(text, _LABEL_CHARS) or [""]
    if len(lines) > 2:
        lines = [lines[0], lines[1][: _LABEL_CHARS - 1].rstrip() + "…"]
    first = middle + 3.3 - 5.2 * (len(lines) - 1)
    return [_text(_LABEL_WIDTH, first + 10.4 * at, line, size=9.5, anchor="end") for at, line in enumerate(lines)]


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    anchor: str = "start",
    colour: str = INK,
    weight: int = 400,
    halo: str = "",
) -> str:
    look = f'font-size="{size}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}"'
    around = f' stroke="{halo}" stroke-width="2.5" paint-order="stroke"' if halo else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}{around}>{escape(text)}</text>'


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, *, dash: str = "", width: float = 0.8) -> str:
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{broken}/>'


def _svg(height: float, alt: str, drawn: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}" '
        f'role="img" font-family="{FONT}"><title>{escape(alt)}</title>'
    )
    return "".join((head, definitions(), *drawn, "</svg>"))
