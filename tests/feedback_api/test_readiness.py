"""Award readiness over HTTP: the answer, who may see it, and the page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from readmodel.closings import close_period
from readmodel.database import writing
from readmodel.postings import Posting, post
from readmodel.response import StoredResponse
from satisfaction.instruments import instrument
from schemas.catalog import Catalog
from tests.feedback_api.answered import fitting
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, TUTUP, Office, put_catalog, settings_in
from tests.feedback_api.outline import Outline

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
CATALOG = Catalog((replace(MAKASSAR, public="unit"), JAYAPURA, TUTUP))
ADDRESS = "/v1/readiness?unit=ult-makassar&year=2026"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings, CATALOG)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


def answered(instrument_id: str, month: str, four: int, three: int) -> list[StoredResponse]:
    """Responses that gave every question a four, and some that gave every question a three."""
    keys = [question.key for question in instrument(instrument_id).questions]
    given = [dict.fromkeys(keys, 4)] * four + [dict.fromkeys(keys, 3)] * three
    return [response(f"{month}-10T09:00+08:00", one, instrument=instrument_id) for one in given]


def fill(office: Office) -> None:
    """A year with both perception surveys, two closed quarters of SKM, the first of them on paper."""
    spak = answered("spak@1", "2026-02", 60, 40)
    count(office, *spak, *answered("spkp@1", "2026-02", 30, 70), *answered("skm-2017@1", "2026-02", 20, 20))
    count(office, *answered("spkp@1", "2026-10", 1, 0), *answered("skm-2017@1", "2026-05", 10, 0))
    count(office, *answered("skm-2017@1", "2026-10", 12, 0))
    for label in ("2026-Q1", "2026-Q2"):
        close_period(office.context.engine, "ult-makassar", label, by="Tim mutu", now=NOW)
    with writing(office.context.engine) as connection:
        lobby = Posting(unit="ult-makassar", period="2026-Q1", place="Lobi", posted_on="2026-04-06", posted_by="Tim")
        post(connection, lobby)


def test_every_line_has_its_figure_its_verdict_and_its_source(office: Office) -> None:
    fill(office)
    told = fitting(office.get(ADDRESS, **{"Accept-Language": "en"}), "reply-readiness")
    ipkp, ipak = told["unit"]["perceptions"]
    assert (ipkp["perception"], ipkp["instrument"], ipkp["weight"]) == ("ipkp", "spkp@1", 17.5)
    assert [(one["award"], one["index"], one["component"]) for one in ipkp["minima"]] == [
        ("wbk", 3.2, 14.0),
        ("wbbm", 3.6, 15.75),
    ]
    assert [one["verdict"] for one in ipkp["year"]["awards"]] == ["reached", "not_reached"]
    first = ipak["quarters"][0]
    assert (first["state"], first["n"], first["index"], first["component"]) == ("published", 100, 3.6, 15.75)
    assert first["interval"]["low"] < 3.6 < first["interval"]["high"]
    assert first["closing"]["revision"] == 1
    assert [(one["verdict"], one["hints"]) for one in first["awards"]] == [("reached", ["straddles"])] * 2
    assert first["awards"][0]["words"].startswith("Reached. The minimum lies inside the interval")
    surveys, publication = told["unit"]["surveys"], told["unit"]["publication"]
    assert (surveys["count"], surveys["score"], surveys["words"]) == (2, 0.5, "twice a year")
    assert [(one["period"], one["n"], one["online"]) for one in surveys["results"]] == [
        ("2026-Q1", 40, "shown"),
        ("2026-Q2", 10, "shown"),
    ]
    assert surveys["results"][0]["postings"] == [{"place": "Lobi", "posted_on": "2026-04-06"}]
    assert surveys["waiting"] == [{"period": "2026-Q4", "state": "running", "n": 12}]
    assert (publication["score"], publication["missing_online"], publication["missing_offline"]) == (
        1.0,
        [],
        ["2026-Q2"],
    )
    sources = [surveys["source"], publication["source"], *(one["source"] for one in ipkp["minima"] + told["not_kept"])]
    assert all("PermenPANRB 90/2021" in source for source in sources)
    assert [one["unit"] for one in told["below"]] == ["ult-jayapura"]


def test_the_year_that_is_running_is_the_one_meant_when_none_is_named(office: Office) -> None:
    told = fitting(office.get("/v1/readiness?unit=ult-makassar"), "reply-readiness")
    assert told["query"] == {"unit": "ult-makassar", "year": 2026}


def test_the_words_are_those_of_the_reader(office: Office) -> None:
    fill(office)
    told = office.get(ADDRESS, **{"Accept-Language": "id"}).get_json()
    assert told["unit"]["surveys"]["words"] == "2 kali dalam setahun"
    assert told["unit"]["perceptions"][0]["name"] == "Indeks Persepsi Kualitas Pelayanan Publik (IPKP)"


def test_who_has_the_answer_is_told_so_until_something_changes(office: Office) -> None:
    fill(office)
    tag = office.get(ADDRESS).headers["ETag"]
    assert office.get(ADDRESS, **{"If-None-Match": tag}).status_code == 304
    with writing(office.context.engine) as connection:
        again = Posting(unit="ult-makassar", period="2026-Q2", place="Lobi", posted_on="2026-07-06", posted_by="Tim")
        post(connection, again)
    assert office.get(ADDRESS, **{"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", [("unit", "required")]),
        ("?unit=x", [("unit", "unknown_unit")]),
        ("?unit=ult-makassar&year=26", [("year", "out_of_range")]),
        ("?unit=ult-makassar&year=kemarin", [("year", "out_of_range")]),
        ("?unit=ult-makassar&tahun=2026", [("tahun", "unknown_parameter")]),
    ],
)
def test_what_can_not_be_asked_is_told(office: Office, query: str, told: list[tuple[str, str]]) -> None:
    answer = office.get(f"/v1/readiness{query}")
    assert answer.status_code == 422
    faults: list[dict[str, Any]] = answer.get_json()["errors"]
    assert [(fault["field"], fault["code"]) for fault in faults] == told


def test_a_key_shows_its_own_units_only(office: Office) -> None:
    lower = office.new_key("read", units=["ult-jayapura"])
    assert office.get(ADDRESS, key=lower).status_code == 403
    assert office.get("/v1/readiness?unit=ult-jayapura", key=lower).status_code == 200
    assert office.get("/readiness/ult-makassar", key=lower).status_code == 403
    assert office.get("/readiness/ult-jayapura", key=lower).status_code == 200
    assert office.get("/readiness/ult-jayapura", key=office.new_key("export")).status_code == 403


def test_who_has_not_signed_in_is_sent_to_do_so(office: Office) -> None:
    answer = office.anonymous.get("/readiness/ult-makassar")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert office.anonymous.client.post("/sign-in", data={"key": office.key}).status_code == 303
    assert office.anonymous.get("/readiness/ult-makassar").status_code == 200


@pytest.mark.parametrize("path", ["/readiness/nirgends", "/readiness/ult-makassar?year=x"])
def test_what_there_is_not_is_said_as_a_page(office: Office, path: str) -> None:
    answer = office.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_the_board_leads_who_signed_in_to_it(office: Office) -> None:
    assert 'href="/readiness/ult-makassar"' in office.get("/").text
    assert "/readiness/" not in office.anonymous.get("/").text
    lower = office.new_key("read", units=["ult-jayapura"])
    assert 'href="/readiness/ult-makassar"' not in office.get("/", key=lower).text


def page(office: Office, language: str = "en", query: str = "?year=2026") -> str:
    """The page on one line, without what repeats a table's meaning for narrow screens."""
    answer = office.get(f"/readiness/ult-makassar{query}", **{"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return re.sub(r' (role|data-label)="[^"]*"', "", " ".join(answer.text.split()))


def row(shown: str, table: str, name: str) -> str:
    """A row of the table under a heading, by what its first cell begins with."""
    rest = shown.partition(f'<h2 id="{table}">')[2].partition("</section>")[0]
    return rest.partition(f'<th scope="row">{name}')[2].partition("</tr>")[0]


def test_the_page_says_each_verdict_by_a_symbol_and_a_word(office: Office) -> None:
    fill(office)
    shown = page(office)
    first = row(shown, "table-2", "Quarter I, 2026")
    assert "Closed on 21 November 2026, revision 1" in first
    assert '<td class="number">100</td>' in first
    assert "<b>3.6000</b>" in first
    assert '<td class="number">15.75</td>' in first
    assert first.count('<b aria-hidden="true">\N{CHECK MARK}</b> Reached') == 2
    assert first.count("minimum inside the interval") == 2
    assert "<b>minimum inside the interval</b>: The minimum lies inside the interval: another sample" in shown
    year = row(shown, "table-1", "2026")
    assert '<b aria-hidden="true">\N{BALLOT X}</b> Not reached' in year
    assert '<b aria-hidden="true">?</b> Cannot tell yet' in row(shown, "table-1", "Quarter III, 2026")


def test_the_page_lists_surveys_and_where_their_results_are(office: Office) -> None:
    fill(office)
    shown = page(office)
    assert "Lobi, 6 April 2026" in row(shown, "surveys", "Quarter I, 2026")
    second = row(shown, "surveys", "Quarter II, 2026")
    assert "On the public page" in second
    assert "No place is noted" in second
    assert "Quarter IV, 2026: 12 responses; still running; close it when it has ended." in shown
    assert "score 0.50 of 1" in shown
    assert "SP4N-LAPOR!" in shown
    assert '<a href="/readiness/ult-jayapura?year=2026">ULT Jayapura</a>' in shown


def test_a_result_that_is_held_back_is_said_to_be(office: Office) -> None:
    count(office, *answered("skm-2017@1", "2026-02", 9, 0))
    close_period(office.context.engine, "ult-makassar", "2026-Q1", by="Tim mutu", now=NOW)
    assert "Held back on the public page, to protect respondents" in row(page(office), "surveys", "Quarter I, 2026")


def test_a_year_without_anything_is_a_page_too(office: Office) -> None:
    shown = page(office, query="?year=2024")
    assert "No period of the year with responses to the satisfaction survey is closed yet." in shown
    assert 'href="/readiness/ult-makassar?year=2025" rel="next"' in shown
    assert 'rel="next"' not in page(office)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_is_well_outlined_and_loads_nothing_from_elsewhere(office: Office, language: str) -> None:
    fill(office)
    seen = Outline()
    shown = page(office, language)
    seen.feed(shown)
    assert f'<html lang="{language}">' in shown
    assert seen.headings[:2] == ["h1", "h2"]
    assert seen.headings.count("h1") == 1
    assert len(seen.ids) == len(set(seen.ids))
    assert set(seen.named) <= set(seen.ids)
    assert not seen.loose
    assert not seen.inline
    assert seen.loaded == ["data:,", "/static/puas.css", "/static/public.css", "/static/readiness.css"]
