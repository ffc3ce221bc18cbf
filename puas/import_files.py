"""The tables that offices keep: CSV as their programs write it, and Excel's XLSX, both as rows of cells."""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from schemas.import_mapping import DELIMITERS, ENCODINGS, ImportMapping, wording
from schemas.violation import printable

Cell = str | int | float | datetime | date | time | None
MOST_BYTES = 64 << 20
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Unreadable(Exception):
    """The file is no table that can be read; one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not blank; `number` is the one that a spreadsheet shows beside it."""

    number: int
    cells: Sequence[Cell]

    def cell(self, at: int) -> Cell:
        """The cell in a column; None when the row ends before it."""
        return self.cells[at] if at < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """The columns' names as written, the rows below, and what was found out about the file.

    `expected` is about how many rows there are, as far as the file lets one guess.
    """

    columns: Sequence[str]
    rows: Iterator[Row]
    notes: Sequence[str]
    expected: int

    def positions(self, name: str) -> list[int]:
        """Where columns of this name stand; case and blanks do not matter."""
        return [at for at, column in enumerate(self.columns) if wording(column) == wording(name)]


@contextmanager
def opened_table(path: Path, mapping: ImportMapping) -> Iterator[Table]:
    """The table in a .csv, .txt, .tsv or .xlsx file. Raises Unreadable, then or while rows are read."""
    suffix = path.suffix.lower()
    if suffix in (".xls", ".ods"):
        raise Unreadable(f"{suffix} files are not read: save it as .xlsx or as CSV")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"it is larger than {MOST_BYTES >> 20} MiB: import it in parts")
        if suffix in (".xlsx", ".xlsm"):
            with _excel(path, mapping) as (rows, notes, expected):
                yield _table(rows, mapping, notes, expected)
        else:
            rows, notes, expected = _csv(path, mapping)
            yield _table(rows, mapping, notes, expected)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None


def _table(rows: Iterable[Sequence[Cell]], mapping: ImportMapping, notes: list[str], expected: int) -> Table:
    numbered = enumerate(rows, 1)
    names: Sequence[Cell] = ()
    for number, cells in numbered if mapping.header_row else ():
        if number == mapping.header_row:
            names = cells
            break
    if mapping.header_row and not any(name is not None and str(name).strip() for name in names):
        raise Unreadable(f"row {mapping.header_row} should hold the columns' names, but it is empty")
    columns = ["" if name is None else " ".join(str(name).split()) for name in names]
    below = (Row(number, cells) for number, cells in numbered if any(not _blank(cell) for cell in cells))
    return Table(columns or [_letter(at) for at in range(702)], below, notes, expected)


def _blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _letter(at: int) -> str:
    """The name a spreadsheet gives its columns: A … Z, AA … ZZ."""
    return chr(65 + at) if at < 26 else _letter(at // 26 - 1) + _letter(at % 26)


def _csv(path: Path, mapping: ImportMapping) -> tuple[Iterator[Sequence[Cell]], list[str], int]:
    text, encoding, note = _decoded(path.read_bytes(), mapping.encoding)
    notes = [note] if note else []
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        # Excel's own way to say it; the row is not shown by Excel, so it is not counted either.
        text, delimiter = rest, first.strip()[4]
    else:
        delimiter = DELIMITERS[mapping.delimiter] if mapping.delimiter else _delimiter(text, mapping.header_row)
    called = {character: name for name, character in DELIMITERS.items()}.get(delimiter, repr(delimiter))
    notes.insert(0, f"read as CSV, {encoding}, columns divided by {called}")
    return _csv_rows(text, delimiter), notes, text.count("\n")


def _csv_rows(text: str, delimiter: str) -> Iterator[Sequence[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} is no CSV: {error}") from None


def _decoded(content: bytes, told: str | None) -> tuple[str, str, str | None]:
    """The text, what it was written in, and a note where that was only a guess."""
    marked = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), None)
    name = told or marked or "utf-8"
    try:
        return content.decode(ENCODINGS[name]), name, None
    except UnicodeDecodeError as error:
        if told is not None or marked is not None:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise Unreadable(f"line {line} is not {name}") from None
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise Unreadable("it is neither UTF-8 nor Windows-1252 text: save it as CSV UTF-8 or as .xlsx") from None
    note = 'it is not UTF-8 and is taken for Windows-1252: look whether letters such as "é" are right below'
    return text, "windows-1252", note


def _delimiter(text: str, header_row: int) -> str:
    """The one that divides the row of names (the first row, where there is none) into most columns."""
    sample = text[: 1 << 20]
    best, most = ",", 0
    for delimiter in DELIMITERS.values():
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        columns = 0
        try:
            for number, cells in enumerate(reader, 1):
                if number >= max(header_row, 1):
                    columns = len(cells)
                    break
        except csv.Error:
            continue
        if columns > most:
            best, most = delimiter, columns
    return best


@contextmanager
def _excel(path: Path, mapping: ImportMapping) -> Iterator[tuple[Iterator[Sequence[Cell]], list[str], int]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    broken = (InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError, EOFError)
    try:
        with warnings.catch_warnings():
            # openpyxl tells of each thing in the workbook that it would not keep when saving.
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
    except broken as error:
        raise Unreadable(f"it is no Excel workbook: {printable(str(error))}") from None
    try:
        names = [sheet.title for sheet in book.worksheets]
        chosen = [name for name in names if wording(name) == wording(mapping.sheet or names[0])] if names else []
        if not chosen:
            raise Unreadable(f"it has no sheet {mapping.sheet!r}; there are: {', '.join(map(printable, names))}")
        sheet: Any = book[chosen[0]]
        # What a file says of its own extent is often wrong: good for a progress bar only.
        expected = sheet.max_row or 0
        sheet.reset_dimensions()
        others = f" (of {len(names)}: {', '.join(map(printable, names))})" if len(names) > 1 else ""
        notes = [f'read as Excel, sheet "{printable(chosen[0])}"{others}']
        yield _excel_rows(sheet, broken), notes, expected
    finally:
        book.close()


def _excel_rows(sheet: Any, broken: tuple[type[Exception], ...]) -> Iterator[Sequence[Cell]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield from sheet.iter_rows(values_only=True)
        except broken as error:
            raise Unreadable(f"the workbook is damaged: {printable(str(error))}") from None
