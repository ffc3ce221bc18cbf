"""Who sees which indices: keys their own units', everybody what the catalog makes public."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.catalog import Catalog
from tests.feedback_api.answered import fitting, lines
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, TUTUP, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PRIVATE = replace(TUTUP, retired=False)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    catalog = Catalog((replace(MAKASSAR, public="services"), replace(JAYAPURA, public="unit", parent=None), PRIVATE))
    put_catalog(settings, catalog)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    taps = [response("2026-11-20T09:00+08:00", {"kepuasan": 1 + at % 4}) for at in range(40)]
    few = [response("2026-11-20T09:00+08:00", {"kepuasan": 4}, service="konsultasi") for _ in range(3)]
    far = [
        response("2026-11-20T09:00+09:00", {"kepuasan": 4}, unit="ult-jayapura", touchpoint="kiosk-2") for _ in range(4)
    ]
    count(opened, *taps, *few, *far)
    yield opened
    opened.close()


def test_everybody_sees_what_is_public_with_small_numbers_held_back(office: Office) -> None:
    answer = office.anonymous.get("/v1/indices?unit=ult-makassar&instrument=smiley@1&group_by=service")
    found = {item["service"]: item for item in fitting(answer, "reply-indices")["items"]}
    assert found["konsultasi"]["suppressed"] is True
    hidden = [found["konsultasi"][name] for name in ("index", "ikm", "band", "interval", "csat")]
    assert hidden == [None] * 5
    assert found["konsultasi"]["elements"][0]["nrr"] is None
    assert found["konsultasi"]["misuse"]["with_flagged"] is None


def test_a_public_figure_is_the_one_a_key_shows(office: Office) -> None:
    query = "/v1/indices?unit=ult-makassar&instrument=smiley@1"
    (public,) = fitting(office.anonymous.get(query), "reply-indices")["items"]
    (own,) = fitting(office.get(query), "reply-indices")["items"]
    assert (public["n"], public["ikm"], public["suppressed"]) == (43, own["ikm"], False)


def test_a_key_for_another_unit_shows_what_no_key_shows(office: Office) -> None:
    query = "/v1/indices?unit=ult-makassar&instrument=smiley@1&group_by=service"
    other = office.get(query, key=office.new_key("read", units=["tutup"]))
    assert other.get_json()["items"] == office.anonymous.get(query).get_json()["items"]
    assert office.get(f"{query}&touchpoint=kiosk-1", key=office.new_key("read", units=["tutup"])).status_code == 403


def test_a_unit_with_few_answers_is_held_back_in_every_form(office: Office) -> None:
    query = "unit=ult-jayapura&instrument=smiley@1"
    (item,) = fitting(office.anonymous.get(f"/v1/indices?{query}"), "reply-indices")["items"]
    assert (item["suppressed"], item["index"], item["ikm"]) == (True, None, None)
    (line,) = lines(office.anonymous.get(f"/v1/indices.csv?{query}"))
    assert (line["suppressed"], line["index"], line["ikm"], line["nrr_kepuasan"]) == ("true", "", "", "")
    assert office.anonymous.get(f"/v1/indices.xlsx?{query}").status_code == 200


def test_without_a_unit_everybody_sees_all_that_are_public(office: Office) -> None:
    answer = fitting(office.anonymous.get("/v1/indices?instrument=smiley@1"), "reply-indices")
    assert [item["unit"] for item in answer["items"]] == ["ult-makassar", "ult-jayapura"]
    by_service = fitting(office.anonymous.get("/v1/indices?instrument=smiley@1&group_by=service"), "reply-indices")
    assert {item["unit"] for item in by_service["items"]} == {"ult-makassar"}


@pytest.mark.parametrize(
    "query",
    [
        "unit=tutup",
        "unit=ult-makassar,tutup",
        "unit=ult-jayapura&group_by=service",
        "unit=ult-jayapura&service=legalisasi",
        "unit=ult-makassar&touchpoint=kiosk-1",
        "unit=ult-makassar&channel=qr",
        "unit=ult-makassar&sex=female",
        "unit=ult-makassar&group_by=channel",
        "unit=ult-makassar&group_by=age_band",
        "unit=ult-makassar&misuse=include",
        "unit=ult-makassar&figures=live",
        "unit=ult-makassar&from=2026-11-01&to=2026-11-20",
        "unit=ult-makassar&interval=day",
        "unit=ult-makassar&period=2026-11-20",
        "unit=ult-makassar&period=2026-W47",
    ],
)
def test_whatever_is_not_public_needs_a_key(office: Office, query: str) -> None:
    answer = office.anonymous.get(f"/v1/indices?{query}")
    assert (answer.status_code, (answer.json or {})["type"]) == (401, "/problems/needs_key"), query
    assert office.get(f"/v1/indices?{query}").status_code == 200


def test_elements_of_public_figures_hold_nothing_more_than_the_figures(office: Office) -> None:
    query = "/v1/indices?unit=ult-jayapura&instrument=smiley@1&group_by=element"
    (item,) = fitting(office.anonymous.get(query), "reply-indices")["items"]
    assert (item["element"], item["index"], item["elements"][0]["distribution"]) == ("kepuasan", None, None)


def test_a_key_reads_its_own_units_and_no_others(office: Office) -> None:
    key = office.new_key("read", units=["ult-jayapura"])
    answer = fitting(office.get("/v1/indices?instrument=smiley@1", key=key), "reply-indices")
    assert [(item["unit"], item["ikm"], item["suppressed"]) for item in answer["items"]] == [
        ("ult-jayapura", 100.0, False)
    ]
    refused = office.get("/v1/indices?unit=tutup", key=key)
    assert (refused.status_code, (refused.json or {})["type"]) == (403, "/problems/not_allowed")
    assert office.get("/v1/indices", key=office.new_key("close")).status_code == 403


def test_a_catalog_without_anything_public_needs_a_key(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "closed")
    put_catalog(settings)
    office = Office(settings, NOW)
    office.context.catalog.refresh()
    assert office.anonymous.get("/v1/indices").status_code == 401
    office.close()
