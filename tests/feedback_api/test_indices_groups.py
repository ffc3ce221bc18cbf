"""Indices by element and by who answered, with how sure they are and what misuse rules change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from readmodel.closings import close_period
from readmodel.projection import StoredResponse
from satisfaction.instruments import instrument
from schemas.catalog import Catalog
from tests.feedback_api.answered import fitting
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
AUGUST = round(datetime(2026, 8, 20, 1, tzinfo=UTC).timestamp() * 1000)
SKM = [question.key for question in instrument("skm-2017@1").questions]
SERVED = replace(MAKASSAR, served={"2026-Q4": 20, "2026-11": 3})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings, Catalog((SERVED, JAYAPURA)))
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


def items(office: Office, query: str) -> list[dict[str, Any]]:
    """The items of an answer that fits the published schema."""
    found: list[dict[str, Any]] = fitting(office.get(f"/v1/indices?unit=ult-makassar&{query}"), "reply-indices")[
        "items"
    ]
    return found


def tap(answer: int, hour: int = 9, **said: str) -> StoredResponse:
    """One tap by somebody who said this of themselves."""
    return replace(response(f"2026-11-20T{hour:02}:00+08:00", {"kepuasan": answer}), respondent=said)


def test_respondents_are_told_apart_in_the_order_the_form_offers_and_the_silent_last(office: Office) -> None:
    count(office, tap(4, sex="male"), tap(2, sex="female"), tap(3), tap(2, sex="female"))
    found = items(office, "instrument=smiley@1&group_by=sex")
    assert [(item["respondent"], item["n"], item["index"]) for item in found] == [
        ({"sex": "female"}, 2, 2.0),
        ({"sex": "male"}, 1, 4.0),
        ({"sex": None}, 1, 3.0),
    ]


def test_several_dimensions_can_be_grouped_by_at_once(office: Office) -> None:
    count(
        office,
        tap(4, sex="male", education="s1"),
        tap(2, sex="female", education="sma"),
        replace(tap(1, sex="female", education="s1"), touchpoint="qr-1", channel="qr"),
    )
    found = items(office, "instrument=smiley@1&group_by=education,sex,channel")
    assert [(item["channel"], item["respondent"], item["index"]) for item in found] == [
        ("kiosk", {"sex": "female", "education": "sma"}, 2.0),
        ("kiosk", {"sex": "male", "education": "s1"}, 4.0),
        ("qr", {"sex": "female", "education": "s1"}, 1.0),
    ]


@pytest.mark.parametrize(
    ("filters", "n"), [("sex=female", 2), ("sex=not-stated", 1), ("sex=female&education=s1", 1), ("occupation=pns", 0)]
)
def test_respondent_filters_narrow_what_is_counted(office: Office, filters: str, n: int) -> None:
    count(office, tap(4, sex="female", education="s1"), tap(4, sex="female"), tap(4))
    (item,) = items(office, f"instrument=smiley@1&{filters}")
    assert item["n"] == n


def test_each_element_is_an_item_whose_index_is_its_nrr(office: Office) -> None:
    skm = [
        replace(tap(4), instrument="skm-2017@1", answers={"waktu": waktu, "biaya": biaya})
        for waktu, biaya in ((3, 4), (4, 4), (4, 4))
    ]
    count(office, *skm)
    found = {item["element"]: item for item in items(office, "instrument=skm-2017@1&group_by=element")}
    assert len(found) == 9
    assert (found["waktu"]["index"], found["waktu"]["ikm"], found["waktu"]["band"]) == (3.667, 91.67, "A")
    assert [element["key"] for element in found["waktu"]["elements"]] == ["waktu"]
    assert found["waktu"]["interval"]["low"] < 91.67 <= found["waktu"]["interval"]["high"]
    assert (found["sarpras"]["index"], found["sarpras"]["elements"][0]["n"]) == (None, 0)


def test_an_index_says_how_sure_it_is_and_that_this_is_about_sampling_only(office: Office) -> None:
    count(office, tap(3), tap(4), tap(4))
    answer = fitting(
        office.get("/v1/indices?unit=ult-makassar&instrument=smiley@1&period=2026", **{"Accept-Language": "en"}),
        "reply-indices",
    )
    assert "sampling only" in answer["note"]
    (item,) = answer["items"]
    assert item["interval"] == {"low": 55.81, "high": 100.0, "level": 0.95, "standard_error": 8.3333, "of": "ikm"}
    assert item["csat"]["percent"] == 100.0
    assert item["sample"] is None


def test_where_the_people_served_are_known_the_interval_is_narrower_and_the_sample_judged(office: Office) -> None:
    count(office, tap(3), tap(4), tap(4))
    (quarter,) = items(office, "instrument=smiley@1&period=2026-Q4")
    assert quarter["sample"] == {"population": 20, "needed": 19, "adequate": False}
    assert quarter["interval"]["low"] > 55.81
    (month,) = items(office, "instrument=smiley@1&period=2026-11")
    assert (month["sample"]["adequate"], month["interval"]["low"], month["interval"]["high"]) == (True, 91.67, 91.67)
    (cut,) = items(office, "instrument=smiley@1&from=2026-11-02&to=2026-11-30&interval=month")
    assert (cut["period"]["label"], cut["sample"]) == ("2026-11", None)
    (kiosk,) = items(office, "instrument=smiley@1&period=2026-11&channel=kiosk")
    assert kiosk["sample"] is None


def test_every_item_shows_both_sides_of_the_misuse_rules(office: Office) -> None:
    count(office, tap(4), replace(tap(1), flags=("too_fast",), included=False))
    (item,) = items(office, "instrument=smiley@1")
    both = {
        "without_flagged": {"n": 1, "index": 4.0, "ikm": 100.0, "nps": None},
        "with_flagged": {"n": 2, "index": 2.5, "ikm": 62.5, "nps": None},
    }
    assert (item["n"], item["excluded"], item["ikm"]) == (1, 1, 100.0)
    assert item["misuse"] == {"mode": "exclude"} | both
    (item,) = items(office, "instrument=smiley@1&misuse=include")
    assert (item["n"], item["excluded"], item["ikm"]) == (2, 1, 62.5)
    assert item["misuse"] == {"mode": "include"} | both


def test_net_promoter_scores_have_no_index_but_an_interval(office: Office) -> None:
    count(office, *(replace(tap(4), instrument="nps@1", answers={"rekomendasi": score}) for score in (10, 9, 8, 3)))
    (item,) = items(office, "instrument=nps@1")
    assert (item["nps"], item["index"], item["ikm"], item["band"]) == (25.0, None, None, None)
    assert (item["interval"]["of"], item["interval"]["low"]) == ("nps", -100.0)


def test_a_closed_figure_is_as_it_was_printed_under_its_weights(office: Office) -> None:
    best = replace(tap(4), instrument="skm-2017@1", answers=dict.fromkeys(SKM, 4), occurred_ms=AUGUST)
    count(office, replace(best, hour_ms=AUGUST, day=20260820))
    engine = office.context.engine
    close_period(engine, "ult-makassar", "2026-Q3", by="Tim mutu", now=NOW, weights="0.11")
    query = "instrument=skm-2017@1&period=2026-Q3"
    (item,) = items(office, query)
    assert (item["weights"], item["ikm"], item["closing"]["revision"]) == ("0.11", 99.0, 1)
    (item,) = items(office, f"{query}&weights=exact")
    assert (item["weights"], item["ikm"]) == ("exact", 100.0)
    (item,) = items(office, f"{query}&figures=live")
    assert (item["weights"], item["closing"]) == ("exact", None)


def test_several_units_can_be_named(office: Office) -> None:
    answer = office.get("/v1/indices?unit=ult-jayapura,ult-makassar&instrument=smiley@1")
    assert [item["unit"] for item in fitting(answer, "reply-indices")["items"]] == ["ult-makassar", "ult-jayapura"]
    assert office.get("/v1/indices?unit=ult-jayapura,nowhere").status_code == 422
