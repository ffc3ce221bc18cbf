"""Tables that leave the house: columns that say how their values are written, whatever the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["text", "whole", "ikm", "nrr", "index", "flag"]
"""`ikm` has two decimals, `nrr` three, `index` four; a flag is true or false."""

Cell = str | int | Decimal | bool | None
Row = Sequence[Cell]

_FORMULA_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_CONTROL_STARTS = ("\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` is its heading for programs (CSV), `label` its heading for people, `width` in characters."""

    key: str
    label: str
    kind: Kind = "text"
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; each row has one cell per column, numbers as numbers, already rounded."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]


def harmless(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula: what begins like one gets an apostrophe in front.

    Names, comments and questions are written by people, some of them strangers.

    >>> harmless("=HYPERLINK(0)"), harmless(" @cmd"), harmless("Legalisasi"), harmless("")
    ("'=HYPERLINK(0)", "' @cmd", 'Legalisasi', '')
    """
    if text[:1].isalnum():
        return text
    looks = text[:1] in _FORMULA_STARTS or text.lstrip()[:1] in _FORMULA_STARTS or text.startswith(_CONTROL_STARTS)
    return f"'{text}" if looks else text
