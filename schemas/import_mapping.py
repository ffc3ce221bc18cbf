"""The mapping of an import: which column of an office's table holds what, and what its words mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.marked_yaml import Marked

DELIMITERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}
ENCODINGS: Mapping[str, str] = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "windows-1252": "cp1252"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value comes from: a `column`, or the same `fixed` text in every row.

    With `values` only the words named there are understood (compared by `wording`); `format` is strptime's, `years`
    says that the column holds ages.
    """

    column: str | None = None
    fixed: str | None = None
    values: Mapping[str, str | int | None] | None = None
    format: str | None = None
    years: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """A mapping file. `header_row` counts from 1; 0 is a file without names of columns, which are then A, B, C…"""

    series: str = ""
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header_row: int = 1
    unit: Source | None = None
    service: Source | None = None
    touchpoint: Source | None = None
    instrument: str
    number: Source | None = None
    date: Source
    time: Source | None = None
    answers: Mapping[str, Source]
    not_applicable: frozenset[str] = frozenset()
    respondent: Mapping[str, Source] = field(default_factory=dict)
    comment: Source | None = None
    marked: Marked = field(default_factory=lambda: Marked(None, {"": 1}), repr=False, compare=False)
    path: str = field(default="", repr=False, compare=False)
    options: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    def sources(self) -> dict[str, Source]:
        """Every source by its dotted field in the file."""
        named = ("unit", "service", "touchpoint", "number", "date", "time", "comment")
        single = {name: source for name in named if (source := getattr(self, name)) is not None}
        answers = {f"answers.{question}": source for question, source in self.answers.items()}
        return single | answers | {f"respondent.{key}": source for key, source in self.respondent.items()}

    def where(self, dotted: str) -> str:
        """Where a field was said: `file:line`, or the option that went before the file."""
        if dotted in self.options:
            return f"--{dotted}"
        return f"{self.path}:{self.marked.line(dotted)}"

    def overridden(self, **fixed: str | None) -> "ImportMapping":
        """The mapping with `unit`, `service` or `touchpoint` the same in every row, where one is given."""
        places: dict[str, Any] = {name: Source(fixed=value) for name, value in fixed.items() if value is not None}
        return replace(self, **places, options=frozenset(places))


def wording(text: str) -> str:
    """Words as they are compared: without regard to case and blanks.

    >>> wording(" Sangat  BAIK ")
    'sangat baik'
    """
    return " ".join(text.split()).casefold()
