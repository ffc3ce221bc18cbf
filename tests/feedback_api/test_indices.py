"""Indices over HTTP: exact figures from counts, for the units, places and periods that were asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from feedback_api.indices_query import MOST_ITEMS
from schemas.catalog import Catalog, Service
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


def items(office: Office, query: str, **headers: str) -> list[dict[str, Any]]:
    """The items that GET /v1/indices answers."""
    answer = office.get(f"/v1/indices?{query}", **headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = (answer.json or {})["items"]
    return found


def faults(office: Office, query: str) -> list[tuple[str, str]]:
    """(parameter, code) of each fault of a refused query."""
    answer = office.get(f"/v1/indices?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
    return [(error["field"], error["code"]) for error in (answer.json or {})["errors"]]


def test_an_skm_index_is_the_regulations_formula_with_its_rules_and_time_beside_it(office: Office) -> None:
    good, fair = dict.fromkeys(ELEMENTS, 4), dict.fromkeys(ELEMENTS, 3) | {"biaya": None}
    skm = partial(response, instrument="skm-2017@1")
    count(
        office,
        skm("2026-11-20T09:00+08:00", good),
        skm("2026-11-20T10:00+08:00", fair),
        skm("2026-11-20T11:00+08:00", dict.fromkeys(ELEMENTS, 1), included=False),
        now_ms=1_763_700_000_123,
    )
    answer = office.get("/v1/indices?unit=ult-makassar&instrument=skm-2017@1&period=2026-Q4").json or {}
    assert answer["rules"] == {"weights": "exact", "bands": "permenpanrb-14-2017@1", "misuse": "misuse@1"}
    assert answer["as_of"] == {"time": "2025-11-21T04:40:00.123Z", "positions": {"0": 3}}
    assert answer["query"]["unit"] == "ult-makassar"
    (item,) = answer["items"]
    # eight elements at 3.5, biaya at 4: (8 * 3.5 + 4) / 9
    assert (item["n"], item["excluded"], item["index"], item["ikm"]) == (2, 1, 3.5556, 88.89)
    assert (item["band"], item["band_label"], item["suppressed"]) == ("A", "Sangat baik", False)
    assert item["period"] == {
        "label": "2026-Q4",
        "from": "2026-10-01T00:00:00+08:00",
        "to": "2027-01-01T00:00:00+08:00",
    }
    biaya = item["elements"][3]
    assert biaya == {
        "key": "biaya",
        "code": "U4",
        "name": "Biaya/tarif",
        "n": 1,
        "nrr": 4.0,
        "weighted": 0.444,
        "band": "A",
        "distribution": {"1": 0, "2": 0, "3": 0, "4": 1},
    }


def test_words_are_in_the_readers_language(office: Office) -> None:
    count(office, response("2026-11-20T09:00+08:00", {"kepuasan": 4}))
    (item,) = items(office, "unit=ult-makassar&instrument=smiley@1", **{"Accept-Language": "en"})
    assert (item["band"], item["band_label"]) == ("A", "Very good")


def test_the_default_is_the_current_quarter_on_each_units_own_clock(office: Office) -> None:
    count(
        office,
        response("2026-10-01T00:00+08:00", {"kepuasan": 4}),
        response("2026-09-30T23:59+08:00", {"kepuasan": 1}),
        response("2026-10-01T00:00+09:00", {"kepuasan": 3}, unit="ult-jayapura", touchpoint="kiosk-2"),
        response("2026-09-30T23:59+09:00", {"kepuasan": 1}, unit="ult-jayapura", touchpoint="kiosk-2"),
    )
    found = {item["unit"]: item for item in items(office, "instrument=smiley@1")}
    assert {unit: (item["n"], item["index"]) for unit, item in found.items()} == {
        "ult-makassar": (1, 4.0),
        "ult-jayapura": (1, 3.0),
    }
    assert found["ult-jayapura"]["period"]["from"] == "2026-10-01T00:00:00+09:00"


def test_the_answers_of_services_are_pooled_never_averaged(office: Office) -> None:
    count(
        office,
        *(response("2026-11-20T09:00+08:00", {"kepuasan": 4}) for _ in range(3)),
        response("2026-11-20T09:00+08:00", {"kepuasan": 2}, service="konsultasi"),
    )
    (pooled,) = items(office, "unit=ult-makassar&instrument=smiley@1")
    assert (pooled["service"], pooled["n"], pooled["index"]) == (None, 4, 3.5)


def test_grouping_splits_and_shows_what_nobody_answered_yet(office: Office) -> None:
    count(office, response("2026-11-20T09:00+08:00", {"kepuasan": 4}, touchpoint="qr-1", channel="qr"))
    by_service = items(office, "unit=ult-makassar&instrument=smiley@1&group_by=service")
    assert [(item["service"], item["n"], item["ikm"]) for item in by_service] == [
        ("legalisasi", 1, 100.0),
        ("konsultasi", 0, None),
    ]
    assert (by_service[1]["index"], by_service[1]["band"], by_service[1]["elements"][0]["nrr"]) == (None, None, None)
    by_place = items(office, "unit=ult-makassar&instrument=smiley@1&service=legalisasi&group_by=touchpoint")
    assert [(item["service"], item["touchpoint"], item["n"]) for item in by_place] == [
        ("legalisasi", "kiosk-1", 0),
        ("legalisasi", "qr-1", 1),
    ]
    by_both = items(office, "unit=ult-makassar&instrument=smiley@1&group_by=touchpoint,service")
    assert [(item["service"], item["touchpoint"]) for item in by_both] == [
        ("legalisasi", "kiosk-1"),
        ("legalisasi", "qr-1"),
        ("konsultasi", "kiosk-1"),
    ]
    by_channel = items(office, "unit=ult-makassar&instrument=smiley@1&group_by=channel")
    assert [(item["channel"], item["n"]) for item in by_channel] == [("qr", 1)]


def test_what_is_retired_is_shown_once_it_was_answered(office: Office) -> None:
    assert "lama" not in [item["service"] for item in items(office, "group_by=service")]
    assert items(office, "unit=tutup") == []
    count(
        office,
        response("2026-11-20T09:00+08:00", {"kepuasan": 2}, service="lama"),
        response("2026-11-20T09:00+07:00", {"kepuasan": 3}, unit="tutup", touchpoint="kiosk-3"),
    )
    assert [item["n"] for item in items(office, "service=lama&instrument=smiley@1")] == [1]
    assert [item["index"] for item in items(office, "unit=tutup")] == [3.0]


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        ("channel=qr", 1),
        ("touchpoint=kiosk-1", 2),
        ("service=konsultasi", 1),
        ("touchpoint=kiosk-1&service=legalisasi", 1),
    ],
)
def test_filters_narrow_what_is_counted(office: Office, filters: str, n: int) -> None:
    count(
        office,
        response("2026-11-20T09:00+08:00", {"kepuasan": 4}),
        response("2026-11-20T09:00+08:00", {"kepuasan": 4}, service="konsultasi"),
        response("2026-11-20T09:00+08:00", {"kepuasan": 4}, touchpoint="qr-1", channel="qr"),
    )
    (item,) = items(office, f"unit=ult-makassar&instrument=smiley@1&{filters}")
    assert item["n"] == n
    assert all(item[name] == value for name, value in (pair.split("=") for pair in filters.split("&")))


def test_an_interval_gives_one_item_per_period_oldest_first(office: Office) -> None:
    count(
        office,
        response("2026-10-31T23:30+08:00", {"kepuasan": 1}),
        response("2026-11-01T00:30+08:00", {"kepuasan": 3}),
    )
    found = items(office, "unit=ult-makassar&instrument=smiley@1&period=2026-Q4&interval=month")
    assert [(item["period"]["label"], item["n"], item["index"]) for item in found] == [
        ("2026-10", 1, 1.0),
        ("2026-11", 1, 3.0),
        ("2026-12", 0, None),
    ]
    hours = items(office, "unit=ult-makassar&instrument=smiley@1&period=2026-10-31&interval=hour")
    assert (len(hours), hours[23]["period"]["label"], hours[23]["n"]) == (24, "2026-10-31T23", 1)


def test_from_and_to_take_days_and_whole_hours(office: Office) -> None:
    count(
        office,
        response("2026-11-20T08:30+08:00", {"kepuasan": 4}),
        response("2026-11-20T09:30+08:00", {"kepuasan": 2}),
    )
    both = items(office, "unit=ult-makassar&instrument=smiley@1&from=2026-11-20&to=2026-11-20")
    assert both[0]["n"] == 2
    early = items(office, "unit=ult-makassar&instrument=smiley@1&from=2026-11-20T08:00&to=2026-11-20T09:00")
    assert (early[0]["n"], early[0]["period"]["to"]) == (1, "2026-11-20T09:00:00+08:00")


def test_a_rounded_weight_convention_reproduces_older_figures(office: Office) -> None:
    count(
        office,
        response("2026-11-20T09:00+08:00", dict.fromkeys(ELEMENTS, 4), instrument="skm-2017@1"),
        response("2026-11-20T09:00+08:00", {"kepuasan": 4}),
    )
    skm, smiley = items(office, "unit=ult-makassar&weights=0.11")
    assert (skm["instrument"], skm["weights"], skm["ikm"]) == ("skm-2017@1", "0.11", 99.0)
    assert (smiley["instrument"], smiley["weights"], smiley["ikm"]) == ("smiley@1", "exact", 100.0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("unit=nowhere", [("unit", "unknown_unit")]),
        ("unit=", [("unit", "unknown_unit")]),
        ("unit=ult-jayapura&service=konsultasi", [("service", "unknown_service")]),
        ("service=nothing&touchpoint=no", [("service", "unknown_service"), ("touchpoint", "unknown_touchpoint")]),
        ("channel=pigeon&interval=decade", [("channel", "not_a_choice"), ("interval", "not_a_choice")]),
        ("instrument=nps@9", [("instrument", "unknown_instrument")]),
        ("group_by=unit", [("group_by", "not_a_choice")]),
        ("group_by=service,service", [("group_by", "not_a_choice")]),
        ("weights=0.5", [("weights", "not_a_choice")]),
        ("instrument=smiley@1&weights=0.11", [("weights", "not_for_instrument")]),
        ("perid=2026", [("perid", "unknown_parameter")]),
        ("%00=1&%ed%a0%80=2", [("�", "unknown_parameter"), ("%ED%A0%80", "unknown_parameter")]),
        ("unit=ult-makassar&unit=ult-jayapura", [("unit", "repeated")]),
        ("period=2026-13", [("period", "no_such_date")]),
        ("period=yesterday", [("period", "not_a_period")]),
        ("period=0001", [("period", "year_out_of_range")]),
        ("period=2026&from=2026-01-01&to=2026-02-01", [("period", "excludes_period")]),
        ("from=2026-01-01", [("to", "needs_from_and_to")]),
        ("to=2026-01-01", [("from", "needs_from_and_to")]),
        ("from=2026-02-01&to=2026-01-01", [("to", "ends_before_it_starts")]),
        ("from=soon&to=2026-01-01", [("from", "not_a_date_or_time")]),
        ("from=2026-01-01&to=later", [("to", "not_a_date_or_time")]),
        ("from=2026-01-01T00:30&to=2026-01-02", [("from", "not_a_whole_hour")]),
        ("period=2026&interval=hour", [("interval", "too_many_periods")]),
        ("from=1970-01-01&to=2999-12-31&interval=hour", [("interval", "too_many_periods")]),
        ("from=1970-01-01&to=2999-12-31&interval=week", [("interval", "too_many_periods")]),
    ],
)
def test_a_query_that_can_not_be_answered_names_every_parameter_at_fault(
    office: Office, query: str, expected: list[tuple[str, str]]
) -> None:
    assert faults(office, query) == expected


def test_an_answer_too_large_to_be_useful_is_refused(office: Office) -> None:
    services = tuple(Service(f"layanan-{number}", "Layanan", ("smiley@1",)) for number in range(20))
    put_catalog(office.settings, Catalog((replace(JAYAPURA, services=services, touchpoints=()),)))
    office.context.catalog.refresh()
    query = "unit=ult-jayapura&period=2026-10&group_by=service"
    assert len(items(office, query)) * 31 * 24 > MOST_ITEMS
    assert faults(office, f"{query}&interval=hour") == [("interval", "too_many_items")]


def test_half_the_threads_at_most_wait_for_the_database(office: Office) -> None:
    threads = office.settings.threads
    taken = [office.context.readers.acquire(blocking=False) for _ in range(threads)]
    assert taken.count(True) == threads // 2
    answer = office.get("/v1/indices")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    for _ in range(threads // 2):
        office.context.readers.release()
    assert office.get("/v1/indices").status_code == 200


def test_without_a_catalog_there_is_nothing_to_ask_about(tmp_path: Path) -> None:
    office = Office(settings_in(tmp_path / "empty"))
    office.context.catalog.refresh()
    assert office.get("/v1/indices").status_code == 503
    office.close()
