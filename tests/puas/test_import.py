"""A table of an office is understood row by row, or every fault in it is told."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from puas.import_checking import NotToBeRead
from schemas.import_mapping_file import read_mapping
from tests.puas.importing import COLUMNS, MAPPING, NOW, Desk, ids, rows, write_csv, write_xlsx

EXAMPLE = Path(__file__).parents[2] / "puas" / "import_mapping.example.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as made:
        yield made


def complaint(desk: Desk, file: Path, mapping: str = MAPPING, **options: Any) -> str:
    with pytest.raises(NotToBeRead) as caught:
        desk.check(file, mapping, **options)
    return "\n".join(caught.value.messages).replace(f"{desk.folder}/", "")


def test_a_row_is_the_feedback_it_says(desk: Desk) -> None:
    found = desk.check(write_csv(desk.folder / "a.csv", rows(5)))
    sent = found.new[4].feedback
    assert (sent.unit, sent.service, sent.touchpoint, sent.channel) == ("ult", "kk", "kertas", "import")
    assert sent.answers == {"waktu": 4, "biaya": 4, "sarpras": 2}
    assert sent.respondent == {"sex": "male", "age_band": "17-25"}
    assert (sent.comment, sent.producer) == ("Saran ke-5", "puas import")
    assert sent.occurred_at == datetime(2023, 3, 6, 13, 30, tzinfo=ZoneInfo("Asia/Makassar"))
    assert found.new[4].row == 6


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_dialect_of_csv_says_the_same(desk: Desk, delimiter: str, encoding: str) -> None:
    table = [*rows(6), (*rows(7)[6][:-1], "Café penuh")]
    plain = desk.check(write_xlsx(desk.folder / "a.xlsx", table), MAPPING + "file: {sheet: jawaban}\n")
    found = desk.check(write_csv(desk.folder / "a.csv", table, delimiter, encoding))
    assert ids(found) == ids(plain)
    assert found.new[-1].feedback.comment == "Café penuh"
    assert ("Windows-1252" in " ".join(found.notes)) == (encoding == "cp1252")


def test_excels_own_word_for_the_delimiter_is_believed(desk: Desk) -> None:
    file = write_csv(desk.folder / "a.csv", rows(5), ";")
    expected = ids(desk.check(file))
    file.write_text("sep=;\n" + file.read_text())
    assert ids(desk.check(file)) == expected


def test_blank_rows_are_passed_over_and_keep_the_numbers_of_the_others(desk: Desk) -> None:
    file = write_csv(desk.folder / "a.csv", rows(5))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], "", "," * 9, *lines[2:]]))
    found = desk.check(file)
    assert [one.row for one in found.new] == [2, 5, 6, 7, 8]


def test_a_table_may_begin_below_a_title_or_have_no_names(desk: Desk) -> None:
    file = write_csv(desk.folder / "a.csv", rows(5))
    expected = ids(desk.check(file))
    lines = file.read_text().splitlines()
    file.write_text("\n".join(["SURVEI KEPUASAN", "", *lines]))
    assert ids(desk.check(file, MAPPING + "file: {header_row: 3}\n")) == expected
    file.write_text("\n".join(lines[1:]))
    lettered = MAPPING + "file: {header_row: 0}\n"
    for name, letter in zip(COLUMNS[1:], "BCDEFGHIJ", strict=True):
        lettered = lettered.replace(f"column: {name}", f"column: {letter}").replace(f": {name}", f": {letter}")
    assert ids(desk.check(file, lettered)) == expected


@pytest.mark.parametrize(
    ("at", "value", "column", "told"),
    [
        (1, "31/02/2023", "Tanggal", '"31/02/2023" is no date of the form %d/%m/%Y'),
        (1, "", "Tanggal", "the date is missing"),
        (1, "01/01/2031", "Tanggal", "2031-01-01 13:30 lies in the future"),
        (1, "01/01/0203", "Tanggal", "the year 203 is too far away"),
        (1, "31/12/9999", "Tanggal", "the year 9999 is too far away"),
        (2, "setengah sembilan", "Jam", '"setengah sembilan" is no time'),
        (2, "25:00", "Jam", '"25:00" is no time'),
        (3, "Paspor", "Layanan", '"Paspor" is not among the mapping\'s values: ktp, kartu keluarga'),
        (3, "", "Layanan", "the service is missing"),
        (4, "5", "U3", "5 is not an answer of this question"),
        (4, "3.5", "U3", '"3.5" is no answer; there are: 1 Tidak cepat, 2 Kurang cepat, 3 Cepat, 4 Sangat cepat'),
        (4, "Gratis", "U3", '"Gratis" is no answer'),
        (7, "L?", "JK", '"L?" is not understood (give the mapping values for it); known are: female, male'),
        (8, "dewasa", "Umur", '"dewasa" is no age in years'),
        (8, "170", "Umur", '"170" is no age in years'),
        (9, "a" * 2001, "Saran", "is longer than 2000 characters"),
        (9, "a\0b", "Saran", "holds characters that no text has"),
    ],
)
def test_a_fault_names_the_column_and_what_is_wrong(desk: Desk, at: int, value: str, column: str, told: str) -> None:
    ((found, sentence),) = desk.faults((at, value))
    assert (found, sentence[: len(told)]) == (column, told)


def test_every_fault_of_a_row_is_told(desk: Desk) -> None:
    found = desk.faults((1, "?"), (4, "x"), (8, "y"))
    assert {column for column, _ in found} == {"Tanggal", "U3", "Umur"}


def test_nothing_answered_is_a_fault_and_something_is_enough(desk: Desk) -> None:
    assert desk.faults((4, "-"), (5, ""), (6, " ")) == [("", "no question is answered")]
    assert desk.faults((4, "-"), (5, ""), (6, "4")) == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [("4", 4), ("Sangat cepat", 4), ("  very   QUICK ", 4), ("Kurang cepat", 2), ("-", None), ("", None)],
)
def test_answers_are_digits_or_the_questionnaires_own_words(desk: Desk, cell: str, value: int | None) -> None:
    row = (*rows(5)[4][:4], cell, *rows(5)[4][5:])
    found = desk.check(write_csv(desk.folder / "a.csv", [row]))
    assert found.new[0].feedback.answers["waktu"] == value


def test_with_values_of_the_mapping_nothing_else_is_understood(desk: Desk) -> None:
    """A reversed scale whose last word was forgotten must not count its digit the right way round."""
    reversed_scale = MAPPING.replace("waktu: U3", "waktu: {column: U3, values: {1: 4, 2: 3, 3: 2}}")
    assert desk.faults((4, "2"), mapping=reversed_scale) == []
    assert desk.faults((4, "4"), mapping=reversed_scale) == [("U3", '"4" is not among the mapping\'s values: 1, 2, 3')]


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("6 Maret 2023", "%d %B %Y", 6),
        ("06-Mar-23", "%d-%b-%y", 6),
        ("17 Agustus 2023", "%d %B %Y", 17),
        ("2023-03-06", None, 6),
    ],
)
def test_dates_are_read_in_indonesian_and_english(desk: Desk, text: str, form: str | None, day: int) -> None:
    told = "Tanggal" if form is None else f'{{column: Tanggal, format: "{form}"}}'
    mapping = MAPPING.replace('{column: Tanggal, format: "%d/%m/%Y"}', told)
    row: Any = (1, text, *rows(5)[4][2:])
    (found,) = desk.check(write_csv(desk.folder / "a.csv", [row]), mapping).new
    assert found.feedback.occurred_at is not None
    assert found.feedback.occurred_at.day == day


def test_a_day_without_a_time_is_noon_in_the_units_zone(desk: Desk) -> None:
    for timeless in (MAPPING.replace("time: Jam\n", ""), MAPPING):
        row: Any = (1, "06/03/2023", "", *rows(5)[4][3:])
        (found,) = desk.check(write_csv(desk.folder / "a.csv", [row]), timeless).new
        assert found.feedback.occurred_at == datetime(2023, 3, 6, 12, tzinfo=ZoneInfo("Asia/Makassar"))


def test_a_row_of_today_needs_no_time_even_before_noon(desk: Desk) -> None:
    timeless = MAPPING.replace("time: Jam\n", "")
    row: Any = (1, "21/11/2026", "", *rows(5)[4][3:])
    file = write_csv(desk.folder / "a.csv", [row])
    morning, evening = NOW - timedelta(hours=3), NOW + timedelta(hours=3)
    (early,), (late,) = desk.check(file, timeless, now=morning).new, desk.check(file, timeless, now=evening).new
    assert early.feedback.event_id == late.feedback.event_id
    assert early.feedback.occurred_at == morning
    assert late.feedback.occurred_at == datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Asia/Makassar"))
    tomorrow: Any = (1, "22/11/2026", *row[2:])
    (fault,) = desk.check(write_csv(file, [tomorrow]), timeless, now=evening).faults
    assert fault.sentence == "2026-11-22 12:00 lies in the future"


def test_one_date_may_stand_for_the_whole_table(desk: Desk) -> None:
    mapping = MAPPING.replace('{column: Tanggal, format: "%d/%m/%Y"}', "{fixed: 2019-06-30}").replace("time: Jam\n", "")
    found = desk.check(write_csv(desk.folder / "a.csv", rows(4)), mapping)
    assert {one.feedback.occurred_at for one in found.new} == {
        datetime(2019, 6, 30, 12, tzinfo=ZoneInfo("Asia/Makassar"))
    }


@pytest.mark.parametrize(
    ("age", "band"), [(9, "under-17"), (17, "17-25"), (25, "17-25"), (26, "26-35"), (65, "56-65"), (66, "over-65")]
)
def test_ages_are_put_into_bands(desk: Desk, age: int, band: str) -> None:
    row = (*rows(5)[4][:8], f"{age} tahun", None)
    (found,) = desk.check(write_csv(desk.folder / "a.csv", [row])).new
    assert found.feedback.respondent["age_band"] == band


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"touchpoint": "kiosk"}, '--touchpoint: touchpoint "kiosk" is of channel kiosk, not import'),
        ({"touchpoint": "baru"}, "{id: baru, name: Survei kertas, channel: import, services: [kk, ktp]}"),
        ({"touchpoint": "jauh"}, '--touchpoint: unit "ult" has no touchpoint "jauh"'),
        ({"unit": "mana"}, '--unit: the catalog has no unit "mana"; there are: ult, lain'),
        ({"service": "paspor"}, '--service: unit "ult" has no service "paspor"; there are: ktp, kk, lama'),
        ({"touchpoint": "kertas-ktp"}, 'map.yaml:2: touchpoint "kertas-ktp" does not ask about "kk"'),
    ],
)
def test_a_place_that_the_catalog_has_not_is_told_once(desk: Desk, options: dict[str, str], told: str) -> None:
    said = complaint(desk, write_csv(desk.folder / "a.csv", rows(5)), **options)
    assert told in said
    assert len(said.splitlines()) == 1


def test_what_has_been_retired_may_be_imported(desk: Desk) -> None:
    file = write_csv(desk.folder / "a.csv", rows(4))
    assert len(ids(desk.check(file, touchpoint="kertas-lama", service="ktp"))) == 4
    assert len(ids(desk.check(file, service="lama"))) == 4


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("skm-2017@1", "skm-1999@1", "map.yaml:4: there is no instrument skm-1999@1; there are: "),
        ("waktu: U3", "warna: U3", "map.yaml:7: skm-2017@1 has no question warna; there are: persyaratan, "),
        ("waktu: U3", "waktu: {column: U3, values: {a: 7}}", "map.yaml:7: 7 is not an answer of skm-2017@1"),
        ("waktu: U3", "waktu: U33", 'map.yaml:7: answers.waktu: there is no column "U33"'),
        ("touchpoint: kertas\n", "", "map.yaml: touchpoint is missing: write it there or give --touchpoint"),
    ],
)
def test_a_mapping_that_does_not_fit_names_its_line(desk: Desk, before: str, after: str, told: str) -> None:
    assert told in complaint(desk, write_csv(desk.folder / "a.csv", rows(4)), MAPPING.replace(before, after))


def test_a_column_that_stands_twice_is_told(desk: Desk) -> None:
    file = write_csv(desk.folder / "a.csv", rows(4))
    file.write_text(file.read_text().replace("U4", "u3"))
    said = complaint(desk, file, MAPPING.replace("biaya: U4, ", ""))
    assert 'answers.waktu: 2 columns are called "U3"' in said
    assert "a.csv: its columns are: No, Tanggal, Jam, Layanan, U3, u3, U9, JK, Umur, Saran" in said


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"PK\x03\x04 not really", "it is no Excel workbook"),
        ("a.xls", b"", ".xls files are not read"),
        ("a.csv", b"", "row 1 should hold the columns' names, but it is empty"),
        ("a.csv", b"\xef\xbb\xbfNo\n\xff", "line 2 is not utf-8"),
        ("a.csv", b"No\n\x81", "it is neither UTF-8 nor Windows-1252 text"),
    ],
)
def test_a_file_that_is_no_table_is_one_sentence(desk: Desk, name: str, content: bytes, told: str) -> None:
    (desk.folder / name).write_bytes(content)
    assert complaint(desk, desk.folder / name).startswith(f"{name}: {told}")


def test_a_workbook_without_the_sheet_names_those_it_has(desk: Desk) -> None:
    file = write_xlsx(desk.folder / "a.xlsx", rows(4))
    assert "there are: Catatan, Jawaban" in complaint(desk, file, MAPPING + "file: {sheet: Data}\n")


def test_the_example_maps_every_question_of_its_questionnaire() -> None:
    from satisfaction.instruments import instrument

    mapping = read_mapping(EXAMPLE)
    assert set(mapping.answers) == {question.key for question in instrument(mapping.instrument).questions}
