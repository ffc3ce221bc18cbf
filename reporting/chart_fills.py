"""Fills that stay apart in grey: light to dark, and a pattern wherever two answers could be mistaken."""

from typing import NamedTuple

_DARK, _WHITE = "#16202a", "#ffffff"


class Fill(NamedTuple):
    """What an area is painted with, the colour of text on it, and the ground that text stands out from."""

    paint: str
    ink: str
    ground: str


def fill(number: int, of: int) -> Fill:
    """The fill of answer `number` (0 is the lowest) of `of`.

    The lowest answer is hatched on a dark ground, the next dotted, the best plain and dark, the others plain between.

    >>> [fill(number, 4).paint for number in range(4)]
    ['url(#puas-hatch)', 'url(#puas-dots)', '#a9c6de', '#1d4e79']
    """
    if of <= 4:
        return _FOUR[4 - of :][number]
    if number == 0:
        return _FOUR[0]
    if number == 1:
        return _FOUR[1]
    share = (number - 2) / max(1, of - 3)
    light = [round(a + (b - a) * share) for a, b in zip((0xE3, 0xEC, 0xF4), (0x1D, 0x4E, 0x79), strict=True)]
    shade = "#" + "".join(f"{part:02x}" for part in light)
    return Fill(shade, _WHITE if share > 0.5 else _DARK, shade)


_FOUR = (
    Fill("url(#puas-hatch)", _WHITE, "#7c2d2d"),
    Fill("url(#puas-dots)", _DARK, "#eed3ad"),
    Fill("#a9c6de", _DARK, "#a9c6de"),
    Fill("#1d4e79", _WHITE, "#1d4e79"),
)


def definitions() -> str:
    """The patterns, to stand in the drawing that uses them."""
    return (
        '<defs><pattern id="puas-hatch" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<rect width="5" height="5" fill="#7c2d2d"/>'
        '<path d="M-1 6 6 -1M-1 1 1 -1M4 6 6 4" stroke="#b98080" stroke-width=".7"/>'
        '</pattern><pattern id="puas-dots" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<rect width="5" height="5" fill="#eed3ad"/><circle cx="1.2" cy="1.2" r=".8" fill="#9a6a24"/>'
        '<circle cx="3.7" cy="3.7" r=".8" fill="#9a6a24"/></pattern></defs>'
    )
