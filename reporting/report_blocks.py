"""A report as a row of blocks in one language, the same for the web page and the PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from satisfaction.instruments import Language

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 is a chapter and starts a page, 2 a section."""

    level: int
    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a `warning` must not be missed, a `note` is small."""

    text: str
    look: Literal["plain", "note", "warning"] = "plain"
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `numbered` where the order means something."""

    items: tuple[str, ...]
    numbered: bool = False
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; widths are shares of the row, 0 takes what its text needs."""

    title: str
    align: Align = "left"
    width: float = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption above. `last` says that the last row sums up; `tall` gives rows room to write in."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    last: bool = False
    tall: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing (SVG text) with what it shows in words and its caption."""

    svg: str
    alt: str
    caption: str
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True, slots=True)
class Quotes:
    """Visitors' own words, each with where it comes from."""

    items: tuple[tuple[str, str], ...]
    kind: Literal["quotes"] = "quotes"


@dataclass(frozen=True, slots=True)
class Tabulation:
    """A long table in small print."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: Literal["tabulation"] = "tabulation"


@dataclass(frozen=True, slots=True)
class Signature:
    """Room for a place, a date, a signature and a name."""

    lines: tuple[str, ...]
    kind: Literal["signature"] = "signature"


Block = Heading | Paragraph | Bullets | Table | Figure | Quotes | Tabulation | Signature


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page; `status` says what kind of figures these are."""

    title: str
    subtitle: str
    period: str
    figure_name: str
    figure: str
    band: str
    lines: tuple[tuple[str, str], ...]
    status: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report in one language."""

    language: Language
    title: str
    contents: str
    footer: str
    cover: Cover
    blocks: Sequence[Block]
