"""Reports and posters over HTTP: who gets them, in which form, and what they then hold."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore

import openpyxl
import pytest

from feedback_api.problems import Problem
from feedback_api.reports import public_poster, turn
from schemas.catalog import Catalog
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, TUTUP, Office, put_catalog, settings_in

NOW = datetime(2027, 1, 4, 3, 0, tzinfo=UTC)
ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")
REPORT = "/v1/reports/skm?unit=ult-makassar&period=2026-Q4"
SAID = "Petugasnya sabar sekali"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office, public as a whole, with twenty answers in the last quarter of 2026."""
    settings = settings_in(tmp_path)
    put_catalog(settings, Catalog((replace(MAKASSAR, public="unit"), JAYAPURA, TUTUP)))
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    answers = dict.fromkeys(ELEMENTS, 3)
    made = [response("2026-11-10T09:00+08:00", answers, instrument="skm-2017@1") for _ in range(20)]
    count(opened, *(replace(each, comment=SAID, respondent={"sex": "female"}) for each in made))
    yield opened
    opened.close()


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    ("form", "mimetype", "start"),
    [
        ("pdf", "application/pdf", b"%PDF"),
        ("html", "text/html", b"<!doctype html>"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ],
)
def test_suffix_parameter_and_accept_each_choose_the_form(
    office: Office, form: str, mimetype: str, start: bytes
) -> None:
    asked = [
        office.get(REPORT.replace("skm?", f"skm.{form}?")),
        office.get(f"{REPORT}&format={form}"),
        office.get(REPORT, Accept=mimetype),
    ]
    for answer in asked:
        assert (answer.status_code, answer.mimetype) == (200, mimetype)
        assert answer.data.startswith(start)
        assert f"laporan-ult-makassar-2026-Q4.{form}" in answer.headers["Content-Disposition"]


def test_a_browser_is_shown_the_page_under_a_policy_that_lets_it_work(office: Office) -> None:
    answer = office.get(REPORT, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "75,00" in answer.text
    assert office.get(REPORT).mimetype == "text/html"


def test_a_form_that_there_is_not_is_refused(office: Office) -> None:
    assert office.get(REPORT, Accept="image/png").status_code == 406
    assert office.get(f"{REPORT}&format=docx").status_code == 422


def test_the_language_is_the_readers_or_the_one_named(office: Office) -> None:
    assert "Kesimpulan" not in office.get(REPORT, **{"Accept-Language": "en"}).text
    assert "III. CONCLUSION" in office.get(REPORT, **{"Accept-Language": "en"}).text
    named = office.get(f"{REPORT}&language=id", **{"Accept-Language": "en"})
    assert "BAB III. PENUTUP" in named.text
    assert named.headers["Content-Language"] == "id"


def test_a_report_needs_a_key_that_may_read_the_unit(office: Office) -> None:
    assert office.anonymous.get(REPORT).status_code == 401
    elsewhere = office.new_key("read", units=["ult-jayapura"])
    assert office.anonymous.get(REPORT, **bearer(elsewhere)).status_code == 403
    closing = office.new_key("close")
    assert office.anonymous.get(REPORT, **bearer(closing)).status_code == 403


def test_only_the_right_to_export_opens_words_and_rows(office: Office) -> None:
    reading = office.new_key("read", units=["ult-makassar"])
    read = office.anonymous.get(REPORT, **bearer(reading))
    assert read.status_code == 200
    assert SAID not in read.text
    assert SAID in office.get(REPORT).text
    book = office.anonymous.get(f"{REPORT}&format=xlsx", **bearer(reading)).data
    sheets = openpyxl.load_workbook(io.BytesIO(book)).sheetnames
    assert {"Saran", "Tabulasi"}.isdisjoint(sheets)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("", "unit", "required"),
        ("unit=paspor", "unit", "unknown_unit"),
        ("unit=ult-makassar&period=kemarin", "period", "not_a_period"),
        ("unit=ult-makassar&service=paspor", "service", "unknown_service"),
        ("unit=ult-makassar&instrument=paspor@1", "instrument", "unknown_instrument"),
        ("unit=ult-makassar&instrument=smiley@1&weights=0.11", "weights", "not_for_instrument"),
        ("unit=ult-makassar&warna=biru", "warna", "unknown_parameter"),
    ],
)
def test_what_is_not_there_is_named(office: Office, query: str, field: str, code: str) -> None:
    answer = office.get(f"/v1/reports/skm?{query}")
    assert answer.status_code == 422, answer.text
    assert [(error["field"], error["code"]) for error in (answer.json or {})["errors"]] == [(field, code)]


def test_the_running_quarter_is_the_default_period(office: Office) -> None:
    answer = office.get("/v1/reports/skm?unit=ult-makassar&language=en")
    assert "Quarter I, 2027" in answer.text
    assert "The period is still running" in answer.text


@pytest.mark.parametrize("size", ["a4", "a3"])
def test_the_poster_of_a_public_unit_is_for_everybody(office: Office, size: str) -> None:
    answer = office.anonymous.get(f"/p/ult-makassar/poster.pdf?period=2026-Q4&size={size}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    assert f"poster-ult-makassar-2026-Q4-{size}.pdf" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/p/ult-jayapura/poster.pdf", 404),
        ("/p/paspor/poster.pdf", 404),
        ("/p/ult-makassar/poster.pdf?period=2026-11-10", 404),
        ("/p/ult-makassar/poster.pdf?instrument=spak@1", 404),
        ("/p/ult-makassar/poster.pdf?period=kemarin", 422),
        ("/p/ult-makassar/poster.pdf?size=a0", 422),
    ],
)
def test_a_poster_that_is_not_public_is_nowhere(office: Office, path: str, status: int) -> None:
    assert office.anonymous.get(path).status_code == status


def test_a_database_busy_with_others_is_told_with_a_time_to_come_back(office: Office) -> None:
    taken = [office.context.readers.acquire(blocking=False) for _ in range(office.settings.threads)]
    for path in (REPORT, "/p/ult-makassar/poster.pdf"):
        answer = office.anonymous.get(path) if "poster" in path else office.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    for _ in range(taken.count(True)):
        office.context.readers.release()
    assert office.anonymous.get("/p/ult-makassar/poster.pdf").status_code == 200


def test_no_more_documents_are_made_at_once_than_the_worker_can_bear() -> None:
    documents = BoundedSemaphore(1)
    with turn(documents, 0), pytest.raises(Problem, match="exports_busy"), turn(documents, 0):
        pass
    with turn(documents, 0):
        pass


@pytest.mark.parametrize("taken", [0, 1])
def test_posters_for_everybody_leave_a_turn_to_those_who_make_reports(office: Office, taken: int) -> None:
    posters, documents = (BoundedSemaphore(1), BoundedSemaphore(1)), BoundedSemaphore(2)
    with posters[taken], office.client.application.test_request_context("/p/ult-makassar/poster.pdf"):
        with pytest.raises(Problem, match="exports_busy"):
            public_poster(office.context, posters, documents, "ult-makassar")
        with turn(documents, 0), turn(documents, 0):
            pass
