"""An office with a paper survey: its catalog, a mapping, and tables written as office programs write them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from openpyxl import Workbook
from sqlalchemy import Engine

from puas.import_checking import Checked, checked
from readmodel.database import migrate, open_database
from schemas.catalog import Catalog, Service, Touchpoint, Unit
from schemas.import_mapping_file import read_mapping

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
SKM, SMILEY = "skm-2017@1", "smiley@1"
CATALOG = Catalog(
    (
        Unit(
            "ult",
            "Unit Layanan Terpadu",
            None,
            "Asia/Makassar",
            (Service("ktp", "KTP", (SKM, SMILEY)), Service("kk", "KK", (SKM,)), Service("lama", "Lama", (SKM,), True)),
            (
                Touchpoint("kiosk", "Kios", "kiosk", "open", ("ktp",)),
                Touchpoint("kertas", "Kertas", "import", "open", ("ktp", "kk", "lama")),
                Touchpoint("kertas-lama", "Kertas 2019", "import", "open", ("ktp",), True),
                Touchpoint("kertas-ktp", "Kertas KTP", "import", "open", ("ktp",)),
            ),
        ),
        Unit("lain", "Kantor lain", None, "Asia/Jakarta", (), (Touchpoint("jauh", "Jauh", "import", "open", ("x",)),)),
    )
)
CATALOG_FILE = """\
units:
  - id: ult
    name: Unit Layanan Terpadu
    timezone: Asia/Makassar
    services:
      - {id: ktp, name: KTP, instruments: [skm-2017@1, smiley@1]}
      - {id: kk, name: KK, instruments: [skm-2017@1]}
    touchpoints:
      - {id: kertas, name: Kertas, channel: import, services: [ktp, kk]}
"""
MAPPING = """\
unit: ult
service: {column: Layanan, values: {KTP: ktp, Kartu keluarga: kk}}
touchpoint: kertas
instrument: skm-2017@1
date: {column: Tanggal, format: "%d/%m/%Y"}
time: Jam
answers: {waktu: U3, biaya: U4, sarpras: U9}
not_applicable: ["-"]
respondent:
  sex: JK
  age_band: {column: Umur, years: true}
comment: Saran
"""
NUMBERED = MAPPING + 'number: "No"\n'
COLUMNS = ("No", "Tanggal", "Jam", "Layanan", "U3", "U4", "U9", "JK", "Umur", "Saran")
Cells = tuple[object, ...]


def rows(count: int) -> list[Cells]:
    """Different visitors of 2023, except that the first four said the same."""
    return [
        (
            number,
            date(2023, 3, 1 + (0 if number <= 4 else number % 28)),
            time(8 + (0 if number <= 4 else number % 8), 30),
            "Kartu keluarga" if number % 5 == 0 else "KTP",
            4,
            "Gratis",
            3 if number <= 4 else 1 + number % 4,
            "L",
            17,
            None if number <= 4 else f"Saran ke-{number}",
        )
        for number in range(1, count + 1)
    ]


def write_csv(path: Path, table: Sequence[Cells], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """The rows below COLUMNS, dates as Indonesian offices write them."""
    lines = [COLUMNS, *(tuple(_written(cell) for cell in row) for row in table)]
    path.write_bytes("".join(delimiter.join(map(str, line)) + "\r\n" for line in lines).encode(encoding))
    return path


def _written(cell: object) -> str:
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return f"{cell:%H.%M}" if isinstance(cell, time) else "" if cell is None else str(cell)


def write_xlsx(path: Path, table: Sequence[Cells], columns: Cells = COLUMNS) -> Path:
    """The same in a workbook, where numbers are floats and dates are dates, behind a sheet of notes."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Catatan"])
    sheet.title = "Catatan"
    answers = book.create_sheet("Jawaban")
    answers.append(columns)
    for row in table:
        answers.append([float(cell) if isinstance(cell, int) else cell for cell in row])
    book.save(path)
    return path


class Desk:
    """Where tables are checked: a folder, and a read model in which nothing is counted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine: Engine = open_database(f"sqlite:///{folder}/puas.db")
        migrate(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def check(self, file: Path, mapping: str = MAPPING, now: datetime = NOW, **options: str) -> Checked:
        """The table in `file` by the text of a mapping."""
        path = self.folder / "map.yaml"
        path.write_text(mapping)
        return checked(
            file, read_mapping(path).overridden(**options), CATALOG, self.engine, now, lambda _done, _total: None
        )

    def faults(self, *changed: tuple[int, object], mapping: str = MAPPING) -> list[tuple[str, str]]:
        """(column, sentence) of every fault of one sound row with some cells changed."""
        row = list(rows(5)[4])
        for at, value in changed:
            row[at] = value
        found = self.check(write_csv(self.folder / "one.csv", [tuple(row)], ";"), mapping)
        assert len(found.new) + found.bad_rows == 1
        return [(fault.column, fault.sentence) for fault in found.faults]


def ids(found: Checked) -> list[str]:
    """The event ids of a table without faults."""
    assert found.faults == []
    return [str(one.feedback.event_id) for one in found.new]
