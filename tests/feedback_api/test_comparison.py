"""Units, services and periods side by side, with what the samples can say and no more."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.feedback_api.answered import fitting, lines, sheet_rows, workbook
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PATH = "/v1/indices/comparison"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Legalisasi much better than konsultasi in the fourth quarter, and a little better than in the third."""
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    good, poor, middling = (4, 4, 3, 4, 4, 3), (2, 1, 2, 1, 2, 2), (4, 3, 3, 4, 4, 3)
    count(
        opened,
        *(response("2026-11-20T09:00+08:00", {"kepuasan": tap}) for tap in good * 5),
        *(response("2026-11-20T09:00+08:00", {"kepuasan": tap}, service="konsultasi") for tap in poor * 5),
        *(response("2026-08-20T09:00+08:00", {"kepuasan": tap}) for tap in middling * 5),
        *(
            response("2026-11-20T09:00+09:00", {"kepuasan": tap}, unit="ult-jayapura", touchpoint="kiosk-2")
            for tap in poor
        ),
    )
    yield opened
    opened.close()


def compared(office: Office, query: str, **headers: str) -> dict[str, Any]:
    """A comparison that fits the published schema."""
    return fitting(office.get(f"{PATH}?{query}", **headers), "reply-comparison")


def test_services_are_compared_with_the_interval_of_their_difference(office: Office) -> None:
    query = "unit=ult-makassar&service=legalisasi,konsultasi&instrument=smiley@1"
    answer = compared(office, query, **{"Accept-Language": "en"})
    assert [(subject["name"], subject["n"]) for subject in answer["subjects"]] == [
        ("Legalisasi", 30),
        ("Konsultasi", 30),
    ]
    (pair,) = answer["pairs"]
    first, second = (subject["ikm"] for subject in answer["subjects"])
    assert pair["difference"] == round(first - second, 2) == 50.0
    assert pair["interval"]["low"] < 50.0 < pair["interval"]["high"]
    assert (pair["first"], pair["second"], pair["verdict"], pair["words"]) == (0, 1, "higher", "higher")
    assert "sampling only" in answer["note"]


def test_a_difference_that_chance_explains_is_said_to_be_none_in_the_readers_language(office: Office) -> None:
    query = "unit=ult-makassar&service=legalisasi&period=2026-Q3,2026-Q4&instrument=smiley@1"
    (pair,) = compared(office, query, **{"Accept-Language": "en"})["pairs"]
    assert (pair["verdict"], pair["words"]) == ("no_difference", "no difference that the sample can show")
    assert pair["interval"]["low"] < 0 < pair["interval"]["high"]
    (pair,) = compared(office, query)["pairs"]
    assert pair["words"] == "tidak ada perbedaan yang dapat ditunjukkan oleh sampel ini"


def test_units_services_and_periods_multiply(office: Office) -> None:
    query = "unit=ult-makassar,ult-jayapura&period=2026-Q3,2026-Q4&instrument=smiley@1"
    answer = compared(office, query)
    assert [subject["name"] for subject in answer["subjects"]] == [
        "ULT Makassar · 2026-Q3",
        "ULT Makassar · 2026-Q4",
        "ULT Jayapura · 2026-Q3",
        "ULT Jayapura · 2026-Q4",
    ]
    assert len(answer["pairs"]) == 6
    nobody = answer["subjects"][2]
    assert (nobody["n"], nobody["ikm"]) == (0, None)
    assert {pair["verdict"] for pair in answer["pairs"] if 2 in (pair["first"], pair["second"])} == {"cannot_tell"}
    assert answer["subjects"][3]["period"]["from"] == "2026-10-01T00:00:00+09:00"


def test_the_only_questionnaire_in_common_needs_no_naming(office: Office) -> None:
    answer = compared(office, "unit=ult-makassar,ult-jayapura")
    assert answer["query"]["instrument"] == "smiley@1"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ("unit", "required")),
        ("unit=ult-makassar,nowhere", ("unit", "unknown_unit")),
        ("unit=ult-makassar&instrument=smiley@1", ("unit", "number_of_subjects")),
        ("unit=ult-makassar,ult-makassar&instrument=smiley@1", ("unit", "repeated")),
        ("unit=ult-makassar,ult-jayapura&service=konsultasi", ("service", "unknown_service")),
        ("unit=ult-makassar&service=legalisasi,konsultasi", ("instrument", "instrument_needed")),
        ("unit=ult-makassar&period=2026,2026-Q4&instrument=smiley@1", ("period", "overlapping_periods")),
        ("unit=ult-makassar&period=2026-Q4,never&instrument=smiley@1", ("period", "not_a_period")),
        (
            "unit=ult-makassar&instrument=smiley@1&period=" + ",".join(f"20{year:02}" for year in range(13)),
            ("unit", "number_of_subjects"),
        ),
        ("unit=ult-makassar,ult-jayapura&instrument=smiley@1&weights=0.11", ("weights", "not_for_instrument")),
        ("unit=ult-makassar,ult-jayapura&group_by=service", ("group_by", "unknown_parameter")),
    ],
)
def test_what_can_not_be_compared_is_refused(office: Office, query: str, expected: tuple[str, str]) -> None:
    answer = office.get(f"{PATH}?{query}", **{"Accept-Language": "en"})
    assert answer.status_code == 422, answer.text
    assert expected in [(error["field"], error["code"]) for error in (answer.json or {})["errors"]]


def test_it_needs_a_key_for_every_unit(office: Office) -> None:
    query = f"{PATH}?unit=ult-makassar,ult-jayapura"
    assert office.anonymous.get(query).status_code == 401
    assert office.get(query, key=office.new_key("read", units=["ult-jayapura"])).status_code == 403


def test_a_csv_has_a_line_for_each_pair(office: Office) -> None:
    query = "unit=ult-makassar&service=legalisasi,konsultasi&instrument=smiley@1"
    (line,) = lines(office.get(f"{PATH}.csv?{query}", **{"Accept-Language": "en"}))
    assert (line["first"], line["second"], line["difference"]) == ("Legalisasi", "Konsultasi", "50.00")
    assert (line["first_n"], line["verdict"]) == ("30", "higher")


def test_a_workbook_has_pairs_figures_chart_and_notes(office: Office) -> None:
    query = "unit=ult-makassar&service=legalisasi,konsultasi&instrument=smiley@1"
    book = workbook(office.get(f"{PATH}.xlsx?{query}", **{"Accept-Language": "en"}))
    assert book.sheetnames == ["Comparison", "Indices", "Charts", "About these figures"]
    (pair,) = sheet_rows(book["Comparison"])
    assert (pair["Difference"], pair["Verdict"]) == (50.0, "higher")
    assert [row["IKM"] for row in sheet_rows(book["Indices"])] == [91.67, 41.67]
    assert len(book["Charts"]._charts) == 1
