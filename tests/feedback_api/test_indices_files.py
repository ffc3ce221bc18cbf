"""Indices as CSV and XLSX: the figures of the JSON, right in any spreadsheet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.catalog import Catalog, Service
from tests.feedback_api.answered import fitting, lines, sheet_rows, workbook
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import MAKASSAR, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")
EVIL = Service("konsultasi", '=HYPERLINK("http://evil","Konsultasi")', ("smiley@1", "skm-2017@1"))
SKM = "unit=ult-makassar&instrument=skm-2017@1"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings, Catalog((replace(MAKASSAR, services=(MAKASSAR.services[0], EVIL)),)))
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    count(
        opened,
        *(
            response(f"2026-{month:02}-20T09:00+08:00", dict.fromkeys(ELEMENTS, answer), instrument="skm-2017@1")
            for month, answer in ((10, 3), (10, 4), (11, 4), (11, 4), (11, 3))
        ),
        response("2026-11-20T09:00+08:00", dict.fromkeys(ELEMENTS, 2), service="konsultasi", instrument="skm-2017@1"),
    )
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/v1/indices", "", "application/json"),
        ("/v1/indices", "*/*", "application/json"),
        ("/v1/indices", "text/html, */*;q=0.1", "application/json"),
        ("/v1/indices", "text/csv", "text/csv"),
        ("/v1/indices", "text/csv;q=0.5, application/json;q=0.9", "application/json"),
        ("/v1/indices.csv", "application/json", "text/csv"),
        (
            "/v1/indices",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_the_suffix_decides_the_form_and_else_what_the_client_accepts(
    office: Office, path: str, accept: str, expected: str
) -> None:
    answer = office.get(path, Accept=accept) if accept else office.get(path)
    assert (answer.status_code, answer.mimetype) == (200, expected)
    assert "Accept" in answer.vary


def test_a_client_that_takes_none_of_them_is_told(office: Office) -> None:
    answer = office.get("/v1/indices", Accept="image/png")
    assert (answer.status_code, (answer.json or {})["type"]) == (406, "/problems/not_acceptable")


def test_a_line_of_the_csv_is_an_item_of_the_json(office: Office) -> None:
    query = f"{SKM}&group_by=service"
    items = fitting(office.get(f"/v1/indices?{query}"), "reply-indices")["items"]
    found = lines(office.get(f"/v1/indices.csv?{query}"))
    assert [(line["service"], int(line["n"]), float(line["ikm"]), line["band"]) for line in found] == [
        (item["service"], item["n"], item["ikm"], item["band"]) for item in items
    ]
    first = found[0]
    assert (first["ikm"], first["index"], first["nrr_waktu"]) == ("90.00", "3.6000", "3.600")
    assert (first["from"], first["low"]) == ("2026-10-01T00:00:00+08:00", f"{items[0]['interval']['low']:.2f}")
    assert first["ikm_with_flagged"] == "90.00"


def test_names_that_look_like_formulas_are_harmless(office: Office) -> None:
    (line,) = lines(office.get(f"/v1/indices.csv?{SKM}&service=konsultasi"))
    assert line["service_name"] == "'" + EVIL.name
    sheet = workbook(office.get(f"/v1/indices.xlsx?{SKM}&service=konsultasi")).worksheets[0]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == EVIL.name)
    assert (cell.data_type, cell.hyperlink) == ("s", None)


def test_the_csv_has_a_byte_order_mark_when_asked_for(office: Office) -> None:
    assert office.get("/v1/indices.csv").get_data().startswith(b"unit,")
    assert office.get("/v1/indices.csv?bom=true").get_data().startswith(b"\xef\xbb\xbfunit,")
    assert office.get("/v1/indices.csv?bom=yes").status_code == 422


def test_elements_have_lines_with_the_answers_to_each(office: Office) -> None:
    found = lines(office.get(f"/v1/indices.csv?{SKM}&group_by=element&period=2026-11&service=legalisasi"))
    waktu = next(line for line in found if line["element"] == "waktu")
    assert [waktu[f"answers_{value}"] for value in (1, 2, 3, 4)] == ["0", "0", "1", "2"]
    assert (waktu["index"], waktu["element_name"]) == ("3.667", "Waktu penyelesaian")


def test_a_workbook_has_numbers_as_numbers_under_headings_that_stay(office: Office) -> None:
    book = workbook(office.get(f"/v1/indices.xlsx?{SKM}&group_by=service", **{"Accept-Language": "en"}))
    assert book.sheetnames == ["Indices", "Charts", "About these figures"]
    sheet = book["Indices"]
    first = sheet_rows(sheet)[0]
    assert (first["IKM"], first["Respondents"], first["Index"]) == (90.0, 5, 3.6)
    assert sheet.freeze_panes == "A2"
    ikm = next(cell for cell in sheet[2] if cell.value == 90.0)
    assert (ikm.data_type, ikm.number_format) == ("n", "0.00")
    assert "Touchpoint" not in first
    said = {str(row[0].value): str(row[1].value) for row in book["About these figures"].iter_rows()}
    assert (said["misuse"], said["rules: misuse"], said["instrument"]) == ("exclude", "misuse@1", "skm-2017@1")
    assert "sampling only" in said["Note"]


def test_services_are_charted_side_by_side_with_the_bands(office: Office) -> None:
    book = workbook(office.get(f"/v1/indices.xlsx?{SKM}&group_by=service", **{"Accept-Language": "en"}))
    (chart,) = book["Charts"]._charts
    kinds = {type(part).__name__: len(part.series) for part in chart._charts}
    assert kinds == {"BarChart": 1, "LineChart": 3}
    shown = [[cell.value for cell in row] for row in book["Charts"].iter_rows(min_row=2, max_row=4)]
    assert shown[0][:5] == ["Group", "IKM", "A from 88.31", "B from 76.61", "C from 65.00"]
    assert shown[1][:2] == ["Legalisasi", 90.0]


def test_periods_are_charted_as_a_trend(office: Office) -> None:
    query = f"{SKM}&group_by=service&interval=month"
    book = workbook(office.get(f"/v1/indices.xlsx?{query}", **{"Accept-Language": "en"}))
    (chart,) = book["Charts"]._charts
    assert {type(part).__name__: len(part.series) for part in chart._charts} == {"LineChart": 5}
    numbers = [[cell.value for cell in row][:3] for row in book["Charts"].iter_rows(min_row=2, max_row=5)]
    assert numbers == [
        ["Period", "Legalisasi", EVIL.name],
        ["2026-10", 87.5, None],
        ["2026-11", 91.67, 50.0],
        ["2026-12", None, None],
    ]


def test_a_workbook_without_any_answer_has_no_chart(office: Office) -> None:
    book = workbook(office.get("/v1/indices.xlsx?unit=ult-makassar&instrument=smiley@1", **{"Accept-Language": "en"}))
    assert book.sheetnames == ["Indices", "About these figures"]
