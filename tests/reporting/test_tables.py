"""Tables as files: any text survives, nothing runs, sheets end where Excel's do."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from reporting.tables import Cell, Column, Table, harmless
from reporting.tables_csv import csv_pieces
from reporting.tables_xlsx import Workbook, write_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"))
COLUMNS = (
    Column("name", "Nama"),
    Column("n", "Jumlah", "whole"),
    Column("ikm", "IKM", "ikm"),
    Column("ok", "Ya", "flag"),
)


def as_csv(rows: Sequence[Sequence[Cell]], *, bom: bool = False) -> list[list[str]]:
    """The lines of the CSV."""
    written = b"".join(csv_pieces(COLUMNS, rows, bom=bom)).decode("utf-8-sig" if bom else "utf-8")
    return list(csv.reader(io.StringIO(written, newline="")))


@given(TEXT)
def test_any_text_survives_a_csv_but_what_a_spreadsheet_would_run(text: str) -> None:
    (_heading, (name, *_rest)) = as_csv([[text, 1, None, None]])
    assert name in (text, f"'{text}")
    assert name.lstrip()[:1] not in set("=+-@")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_what_begins_like_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_a_csv_has_decimal_points_and_words_for_true_and_false() -> None:
    heading, row = as_csv([["Legalisasi", 12, Decimal("88.30"), True]], bom=True)
    assert heading == ["name", "n", "ikm", "ok"]
    assert row == ["Legalisasi", "12", "88.30", "true"]


def test_a_negative_number_stays_a_number() -> None:
    assert as_csv([["a", -3, Decimal("-12.50"), None]])[1] == ["a", "-3", "-12.50", ""]


def test_a_long_csv_comes_in_pieces() -> None:
    pieces = list(csv_pieces(COLUMNS, (["x" * 100, n, None, None] for n in range(2000))))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 70_000


@pytest.mark.parametrize("constant_memory", [True, False])
@pytest.mark.parametrize(
    "text", ["<r>&</r>", "<r><t>a</t></r>", "_x0041_", "a\x01b", " x ", "\ufffe", "=1+1", "'=1", "👍"]
)
def test_any_text_survives_a_workbook(tmp_path: Path, text: str, constant_memory: bool) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook(path, constant_memory=constant_memory)
    book.table(Table("Tabel", COLUMNS, [[text, 1, Decimal("88.30"), False]]))
    book.close()
    row = next(load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True))
    # openpyxl does not everywhere undo Excel's way of writing characters that XML has none for
    assert text.strip() in (str(row[0]).strip(), unescape(str(row[0])).strip())
    assert row[1:] == (1, 88.3, False)


def test_a_table_too_long_for_a_sheet_goes_on_on_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_rows(path, Table("Respons", COLUMNS, ([f"nama {n}", n, None, None] for n in range(10))), 4) == 10
    sheets = load_workbook(path).worksheets
    assert [sheet.title for sheet in sheets] == ["Respons", "Respons 2", "Respons 3"]
    numbers = [row[1] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert numbers == list(range(10))
    assert {next(sheet.iter_rows(values_only=True)) for sheet in sheets} == {("Nama", "Jumlah", "IKM", "Ya")}


def test_sheets_may_be_called_anything(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = Workbook(path)
    for title in ("a/b", "A-B", "x" * 40, "x" * 40, "'quoted'", ""):
        book.table(Table(title, COLUMNS, []))
    book.close()
    assert load_workbook(path).sheetnames == ["a-b", "A-B 2", "x" * 31, f"{'x' * 27} 2", "quoted", "-"]


def test_the_same_table_is_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a.xlsx", "b.xlsx"):
        write_rows(tmp_path / name, Table("Respons", COLUMNS, [["a", 1, Decimal("1.5"), None]]))
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
