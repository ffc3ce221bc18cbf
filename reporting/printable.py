"""Text that the PDF's fonts can print: everything else is told in words instead of an empty box."""

import re
import unicodedata
from bisect import bisect_right
from itertools import groupby

_COVERED = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x2AF),
    (0x386, 0x3FF),
    (0x400, 0x4FF),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x2040),
    (0x2044, 0x2052),
    (0x20A0, 0x20BF),
    (0x2190, 0x22FF),
    (0x2500, 0x25FF),
)
"""What the fonts in the typst package (Libertinus Serif, New Computer Modern, DejaVu Sans Mono) hold between them.

Latin of every language, Greek, Cyrillic, punctuation, currencies, arrows, mathematics. A test prints all of it.
"""
_STARTS = [start for start, _end in _COVERED]


def printable(text: str, other: str) -> str:
    """`text` in the fonts' characters: an emoji by its Unicode name, another script as `other`, both in brackets.

    >>> printable("Mantap 👍🏽, cepat", "huruf lain")
    'Mantap [thumbs up sign], cepat'
    >>> printable("ꦩꦠꦸꦂ ꦤꦸꦮꦸꦤ\\u200b!", "huruf lain")
    '[huruf lain]!'
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    told: list[str] = []
    for kind, run in groupby((sign for sign in composed if _kind(sign) != "nothing"), _kind):
        signs = "".join(run)
        if kind == "plain":
            told.append(signs)
        elif kind == "space":
            told.append("\n" if "\n" in signs else " ")
        elif kind == "symbol":
            told += [f"[{unicodedata.name(sign, other).lower()}]" for sign in signs]
        else:
            told.append(f"[{other}]")
    twice = re.escape(f"[{other}]")
    return re.sub(rf"{twice}(?:\s*{twice})+", f"[{other}]", "".join(told))


def _kind(sign: str) -> str:
    """`plain` is printed as it is; `symbol`, `space` and `foreign` are told; `nothing` has no shape of its own."""
    code = ord(sign)
    at = bisect_right(_STARTS, code) - 1
    category = unicodedata.category(sign)
    if at >= 0 and code <= _COVERED[at][1] and category != "Cn":
        return "plain"
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return "space"
    if category in ("Cf", "Mn", "Me", "Sk"):
        return "nothing"
    return "symbol" if category == "So" else "foreign"
