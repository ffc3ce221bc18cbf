"""Tables as CSV (RFC 4180): UTF-8, commas, decimal points, ISO dates; the same in every language."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from reporting.tables import Cell, Column, Row, harmless

CONTENT_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"
_PIECE = 64 * 1024


def csv_pieces(columns: Sequence[Column], rows: Iterable[Row], *, bom: bool = False) -> Iterator[bytes]:
    """The file in pieces of about 64 KiB, made while `rows` are read, under a line of the columns' keys.

    With `bom` a byte order mark comes first: Excel then reads the names of people and services right. Text that looks
    like a formula is made harmless.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    if bom:
        buffer.write(BOM)
    writer.writerow([column.key for column in columns])
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        if buffer.tell() >= _PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    taken = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return taken


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return harmless(cell) if isinstance(cell, str) else str(cell)
