"""Tables as XLSX: numbers are numbers, headings stay in sight, nothing in a cell is a formula or a link."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NamedTuple

import xlsxwriter

from reporting.tables import Cell, Column, Kind, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000
"""Rows on a sheet under its heading: Excel opens 1,048,576 lines."""
MOST_TEXT = 2**29
"""Characters on a sheet: above 2 GiB the parts of a workbook need a format of zip that Excel mistrusts."""

_NUMBERS: Mapping[Kind, str] = {"whole": "#,##0", "ikm": "0.00", "nrr": "0.000", "index": "0.0000"}
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_LONGEST_TITLE = 31
# The same figures give the same bytes.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a document's property, which has no zone


class Amount(NamedTuple):
    """A number among words, with its kind of format."""

    number: int | Decimal
    kind: Kind


class Workbook:
    """A workbook being written to a file; `close` finishes it.

    In `constant_memory` each row goes to disk as it is written, so a sheet of a million rows takes no more memory than
    one of a hundred.
    """

    def __init__(self, target: Path | IO[bytes], *, constant_memory: bool = False) -> None:
        self.book: Any = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target,
            {
                "constant_memory": constant_memory,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self.book.set_properties({"title": "Puas", "created": _MADE})
        self._heading = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._formats = {kind: self.book.add_format({"num_format": form}) for kind, form in _NUMBERS.items()}
        self._amounts = {
            kind: self.book.add_format({"num_format": form, "align": "left", "valign": "top"})
            for kind, form in _NUMBERS.items()
        }
        self._bold = self.book.add_format({"bold": True, "font_size": 13})
        self._wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        self._titles: set[str] = set()

    def sheet(self, title: str) -> Any:
        """A new sheet; what Excel forbids in its title is replaced, and a title used before gets a number."""
        wanted = title.translate(_FORBIDDEN_IN_TITLES).strip("'")[:_LONGEST_TITLE] or "-"
        name, number = wanted, 1
        while name.casefold() in self._titles:
            number += 1
            name = f"{wanted[: _LONGEST_TITLE - 4]} {number}"
        self._titles.add(name.casefold())
        return self.book.add_worksheet(name)

    def table(self, table: Table, most_rows: int = MOST_ROWS) -> int:
        """Write a table on a sheet of its own, on more where it is too long for one; how many rows there were."""
        sheet = self._table_sheet(table.title, table.columns)
        formats = [self._formats.get(column.kind) for column in table.columns]
        at = text = total = 0
        for row in table.rows:
            if at == most_rows or text > MOST_TEXT:
                sheet, at, text = self._table_sheet(table.title, table.columns), 0, 0
            at += 1
            total += 1
            for column, cell in enumerate(row):
                text += write_cell(sheet, at, column, cell, formats[column])
        return total

    def notes(self, title: str, lines: Iterable[tuple[str, str | Amount]]) -> None:
        """A sheet of what was asked and how the figures were made: a name and its words, or number, in each line."""
        sheet = self.sheet(title)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 96)
        for at, (name, words) in enumerate(lines):
            write_cell(sheet, at, 0, name, self._wrapped)
            if isinstance(words, str):
                write_cell(sheet, at, 1, words, self._wrapped)
            else:
                write_cell(sheet, at, 1, words.number, self._amounts[words.kind])

    def title(self, sheet: Any, row: int, text: str) -> None:
        """A line that says what stands below it."""
        write_cell(sheet, row, 0, text, self._bold)

    def close(self) -> None:
        """Write the file."""
        self.book.close()

    def headings(self, sheet: Any, row: int, labels: Sequence[str]) -> None:
        """A line of headings."""
        for at, label in enumerate(labels):
            write_cell(sheet, row, at, label, self._heading)

    def number_format(self, kind: Kind) -> Any:
        """The format of this kind of number, None for what is no number."""
        return self._formats.get(kind)

    def _table_sheet(self, title: str, columns: Sequence[Column]) -> Any:
        sheet = self.sheet(title)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
        self.headings(sheet, 0, [column.label for column in columns])
        sheet.freeze_panes(1, 0)
        return sheet


def write_cell(sheet: Any, row: int, column: int, cell: Cell, form: Any = None) -> int:
    """Write one cell, and say how many characters of text it took."""
    if cell is None:
        return 0
    if isinstance(cell, str):
        # XlsxWriter would copy such a text into the file as XML of its own.
        text = cell + " " if cell.startswith("<r>") and cell.endswith("</r>") else cell
        sheet.write_string(row, column, text, form)
        return len(text)
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, form)
        return 1
    sheet.write_number(row, column, float(cell) if isinstance(cell, Decimal) else cell, form)
    return 12


def write_rows(target: Path | IO[bytes], table: Table, most_rows: int = MOST_ROWS) -> int:
    """Write a table of any length in constant memory; how many rows there were."""
    workbook = Workbook(target, constant_memory=True)
    total = workbook.table(table, most_rows)
    workbook.close()
    return total
