"""The public page of a unit: what everybody may see of it, and nothing that is held back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from readmodel.closings import close_period
from readmodel.response import StoredResponse
from schemas.catalog import Catalog
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, TUTUP, Office, put_catalog, settings_in
from tests.feedback_api.outline import Outline

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")
PUBLIC = Catalog(
    (replace(MAKASSAR, public="services"), replace(JAYAPURA, public="unit"), replace(TUTUP, public="unit"))
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings, PUBLIC)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


def skm(month: str, answer: int, number: int, service: str = "legalisasi", sex: str = "female") -> list[StoredResponse]:
    """That many responses with the same answer to all nine questions."""
    answers = dict.fromkeys(ELEMENTS, answer)
    one = [
        response(f"{month}-10T09:00+08:00", answers, service=service, instrument="skm-2017@1") for _ in range(number)
    ]
    return [replace(each, respondent={"sex": sex, "education": "s1"}) for each in one]


def page(office: Office, query: str = "", language: str = "en") -> str:
    answer = office.anonymous.get(f"/p/ult-makassar{query}", **{"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def test_it_shows_the_figure_its_letter_its_interval_and_who_answered(office: Office) -> None:
    count(office, *skm("2026-10", 4, 30), *skm("2026-10", 3, 20, sex="male"))
    shown = page(office, "?period=2026-Q4&instrument=skm-2017@1")
    assert "<h1>ULT Makassar</h1>" in shown
    assert "<dd>90.00</dd>" in shown  # (30 * 4 + 20 * 3) / 50 * 25
    assert "<b>A</b> Very good" in shown
    assert "<dd>50</dd>" in shown
    assert "95% interval: 86." in shown
    assert '<th scope="row">Female</th><td class="number">30</td>' in shown
    assert '<th scope="row">Male</th><td class="number">20</td>' in shown
    assert "Still running." in shown
    assert "skm-2017@1" in shown


def test_a_small_service_and_the_one_beside_it_are_held_back(office: Office) -> None:
    count(office, *skm("2026-10", 4, 30), *skm("2026-10", 1, 9, "konsultasi", "male"))
    shown = page(office, "?period=2026-Q4&instrument=skm-2017@1")
    assert "<dd>39</dd>" in shown
    for service in ("Legalisasi", "Konsultasi"):
        cells = shown.partition(f'<th scope="row">{service}</th>')[2].partition("</tr>")[0]
        assert cells.startswith('<td class="number">\N{EN DASH}</td><td class="number"><i>Held back</i></td>')


def test_below_ten_answers_no_figure_is_shown_and_no_count_of_respondents(office: Office) -> None:
    count(office, *skm("2026-10", 4, 9))
    shown = page(office, "?period=2026-Q4&instrument=skm-2017@1")
    assert "No figure is shown for this period" in shown
    assert "100.00" not in shown
    assert "Female" not in shown


def test_a_closed_period_keeps_its_figure_and_names_its_revision(office: Office) -> None:
    count(office, *skm("2026-08", 4, 12))
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="kepala", now=NOW)
    count(office, *skm("2026-08", 1, 12))
    shown = page(office, "?instrument=skm-2017@1")
    assert "Quarter III, 2026" in shown
    assert "<dd>100.00</dd>" in shown
    assert "Closed on 21 November 2026, revision 1." in shown
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="kepala", now=NOW, revise=True)
    assert "<dd>62.50</dd>" in page(office, "?instrument=skm-2017@1")
    assert "revision 2." in page(office, "?instrument=skm-2017@1")


def test_a_closed_quarter_stays_on_the_page_when_the_next_one_has_just_begun(office: Office) -> None:
    count(office, *skm("2026-08", 4, 12))
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="kepala", now=NOW)
    count(office, *skm("2026-10", 3, 3))
    assert "<dd>100.00</dd>" in page(office, "?instrument=skm-2017@1")
    assert "No figure is shown" in page(office, "?instrument=skm-2017@1&period=2026-S2")
    assert "No figure is shown" in page(office, "?instrument=skm-2017@1&period=2026")


def test_a_unit_that_publishes_its_total_only_lists_no_services(office: Office) -> None:
    tap = partial(response, "2026-11-10T09:00+09:00", {"kepuasan": 4}, unit="ult-jayapura", touchpoint="kiosk-2")
    count(office, *(tap() for _ in range(10)))
    answer = office.anonymous.get("/p/ult-jayapura", **{"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "100.00" in answer.text
    assert "Services</h2>" not in answer.text


def test_a_retired_unit_keeps_its_history(office: Office) -> None:
    tap = partial(response, "2025-05-10T09:00+07:00", {"kepuasan": 4}, unit="tutup", touchpoint="kiosk-3")
    count(office, *(tap() for _ in range(10)))
    answer = office.anonymous.get("/p/tutup", **{"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "This unit no longer serves visitors." in answer.text
    assert "Quarter II, 2025" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/p/nirgends",
        "/p/ult-makassar?period=2026-W10",
        "/p/ult-makassar?period=kemarin",
        "/p/ult-makassar?instrument=x",
    ],
)
def test_what_is_not_public_is_not_found_and_said_as_a_page(office: Office, path: str) -> None:
    answer = office.anonymous.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_unit_the_catalog_does_not_make_public_is_not_found(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    assert opened.anonymous.get("/p/ult-makassar").status_code == 404
    opened.close()


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_is_well_outlined_and_loads_nothing_from_elsewhere(office: Office, language: str) -> None:
    count(office, *skm("2026-10", 4, 30), *skm("2026-10", 3, 20, "konsultasi", "male"))
    answer = office.anonymous.get("/p/ult-makassar?instrument=skm-2017@1", **{"Accept-Language": language})
    seen = Outline()
    seen.feed(answer.text)
    assert f'<html lang="{language}">' in answer.text
    assert seen.headings[0] == "h1"
    assert set(seen.headings[1:]) == {"h2"}
    assert len(seen.ids) == len(set(seen.ids))
    assert set(seen.named) <= set(seen.ids)
    assert not seen.loose
    assert not seen.inline
    assert seen.loaded == ["data:,", "/static/puas.css", "/static/public.css"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")


def test_it_opens_with_the_satisfaction_index_when_the_unit_also_asks_for_a_recommendation(office: Office) -> None:
    services = tuple(replace(each, instruments=("nps@1", *each.instruments)) for each in MAKASSAR.services)
    put_catalog(office.context.settings, Catalog((replace(PUBLIC.units[0], services=services), *PUBLIC.units[1:])))
    office.context.catalog.refresh()
    count(office, *skm("2026-10", 4, 30))
    shown = page(office, "?period=2026-Q4")
    assert "<dd>100.00</dd>" in shown
    assert "nps@1" in shown


def test_a_perception_is_published_as_the_index_that_awards_hold_against_their_minimum(office: Office) -> None:
    services = tuple(replace(each, instruments=("spak@1",)) for each in MAKASSAR.services)
    put_catalog(office.context.settings, Catalog((replace(PUBLIC.units[0], services=services), *PUBLIC.units[1:])))
    office.context.catalog.refresh()
    answers = [dict.fromkeys(("diskriminasi", "kecurangan", "imbalan", "pungli", "percaloan"), at) for at in (3, 4)]
    count(office, *(response("2026-10-10T09:00+08:00", each, instrument="spak@1") for each in answers * 20))
    shown = page(office, "?period=2026-Q4")
    assert "<dd>3.5000</dd>" in shown
    assert "95% interval: 3.3365" in shown  # 3.5 - 2.042 * 0.5064 / sqrt(40), with t of 30 degrees
    assert "87.50" not in shown
