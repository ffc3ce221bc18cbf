"""The tabulation over HTTP: every response once, in pages that arrivals never shift, or as one file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from feedback_api.responses_query import MOST_ON_PAGE
from readmodel.database import writing
from readmodel.projection import StoredResponse, add_tallies, insert_responses, store_positions
from tests.feedback_api.counting import response
from tests.feedback_api.office import Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


def arrive(office: Office, *responses: StoredResponse, first: int = 0) -> list[StoredResponse]:
    """Count responses that lie in the log one behind the other, from position `first`."""
    placed = [replace(each, position=first + at) for at, each in enumerate(responses)]
    with writing(office.context.engine) as connection:
        add_tallies(connection, insert_responses(connection, placed))
        store_positions(connection, "the-log", {0: first + len(placed)}, 0)
    return placed


def in_minutes(number: int) -> list[StoredResponse]:
    """Responses one minute apart."""
    return [response(f"2026-11-20T{9 + at // 60:02}:{at % 60:02}+08:00", {"kepuasan": 4}) for at in range(number)]


def page(office: Office, query: str, **headers: str) -> dict[str, Any]:
    """One page of JSON."""
    answer = office.get(f"/v1/responses?{query}", **headers)
    assert answer.status_code == 200, answer.text
    return answer.json or {}


def all_ids(office: Office, query: str) -> list[str]:
    """The event_ids of every page, following the cursor."""
    found, more = [], ""
    while True:
        got = page(office, f"{query}{more}")
        found += [item["event_id"] for item in got["items"]]
        if got["next"] is None:
            return found
        more = f"&cursor={got['next']}"


def rows_of(office: Office, path: str, **headers: str) -> list[dict[str, str]]:
    """The lines of a CSV."""
    answer = office.get(path, **headers)
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8"), answer.text
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8"), newline="")))


def test_a_response_is_told_whole_on_the_units_own_clocks(office: Office) -> None:
    said = replace(
        response("2026-11-20T09:00+08:00", {"kepuasan": 3}, included=False),
        respondent={"sex": "female"},
        comment="Cepat 👍",
        language="id",
        duration_ms=900,
    )
    arrive(office, said)
    (item,) = page(office, "unit=ult-makassar")["items"]
    assert item == {
        "event_id": str(said.event_id),
        "occurred_at": "2026-11-20T09:00:00.000+08:00",
        "received_at": "2026-11-20T09:00:00.000+08:00",
        "unit": "ult-makassar",
        "service": "legalisasi",
        "touchpoint": "kiosk-1",
        "channel": "kiosk",
        "instrument": "smiley@1",
        "answers": {"kepuasan": 3},
        "respondent": {"sex": "female"},
        "comment": "Cepat 👍",
        "language": "id",
        "duration_ms": 900,
        "flags": ["too_fast"],
        "included": False,
    }


@pytest.mark.parametrize("limit", [1, 3, 7, 10, 11, MOST_ON_PAGE])
def test_pages_hold_every_response_once_whatever_their_size(office: Office, limit: int) -> None:
    elsewhere = [
        response(f"2026-11-20T09:{at:02}+09:00", {"kepuasan": 2}, unit="ult-jayapura", touchpoint="kiosk-2")
        for at in range(4)
    ]
    here = in_minutes(7)
    arrive(office, *elsewhere, *here)
    assert all_ids(office, f"limit={limit}") == [str(each.event_id) for each in (*here, *elsewhere)]


def test_what_arrives_while_pages_are_read_is_on_none_of_them(office: Office) -> None:
    first = arrive(office, *in_minutes(6))
    got = page(office, "limit=4")
    early, late = (response(f"2026-11-20T{hour}:00+08:00", {"kepuasan": 1}) for hour in ("08", "11"))
    arrive(office, early, late, *in_minutes(2), first=6)
    rest = page(office, f"limit=4&cursor={got['next']}")
    ids = [item["event_id"] for item in (*got["items"], *rest["items"])]
    assert (ids, rest["next"]) == ([str(each.event_id) for each in first], None)
    assert len(all_ids(office, "limit=4")) == 10


def test_a_cursor_that_was_changed_or_belongs_to_another_query_is_refused(office: Office) -> None:
    arrive(office, *in_minutes(3))
    cursor = page(office, "limit=1")["next"]
    for query in (f"cursor={cursor[:-2]}xx", "cursor=nonsense", "cursor=", f"cursor={cursor}&channel=kiosk"):
        answer = office.get(f"/v1/responses?{query}")
        assert answer.status_code == 422, query
        assert [(error["field"], error["code"]) for error in (answer.json or {})["errors"]] == [
            ("cursor", "bad_cursor")
        ]


def test_a_cursor_made_with_another_secret_is_refused(office: Office, tmp_path: Path) -> None:
    arrive(office, *in_minutes(2))
    other = Office(settings_in(tmp_path, PUAS_SECRET_KEY="t" * 32), NOW)
    other.context.catalog.refresh()
    cursor = page(other, "limit=1")["next"]
    other.close()
    assert office.get(f"/v1/responses?cursor={cursor}").status_code == 422


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        ("channel=qr", 1),
        ("service=konsultasi", 1),
        ("sex=female", 1),
        ("sex=not-stated", 2),
        ("period=2026-11-19", 0),
        ("from=2026-11-20T10:00&to=2026-11-20T11:00", 1),
        ("instrument=skm-2017@1", 0),
    ],
)
def test_filters_narrow_the_pages_and_the_files_alike(office: Office, filters: str, n: int) -> None:
    arrive(
        office,
        response("2026-11-20T09:00+08:00", {"kepuasan": 4}, touchpoint="qr-1", channel="qr"),
        response("2026-11-20T10:00+08:00", {"kepuasan": 4}, service="konsultasi"),
        replace(response("2026-11-20T11:00+08:00", {"kepuasan": 4}), respondent={"sex": "female"}),
    )
    assert len(all_ids(office, filters)) == n
    assert len(rows_of(office, f"/v1/responses.csv?{filters}")) == n


def test_a_csv_has_a_column_for_each_question_and_nothing_a_spreadsheet_would_run(office: Office) -> None:
    tap = replace(response("2026-11-20T09:00+08:00", {"kepuasan": 4}), comment='=HYPERLINK("evil"),\n"quoted"')
    form = response("2026-11-20T10:00+08:00", {"waktu": 3, "biaya": None}, instrument="skm-2017@1")
    arrive(office, tap, form)
    first, second = rows_of(office, "/v1/responses", Accept="text/csv")
    assert first["comment"] == "'" + '=HYPERLINK("evil"),\n"quoted"'
    assert (first["kepuasan"], first["waktu"], first["included"]) == ("4", "", "true")
    assert (second["waktu"], second["biaya"], second["kepuasan"]) == ("3", "", "")
    assert second["occurred_at"] == "2026-11-20T10:00:00.000+08:00"
    assert list(first)[:3] == ["event_id", "occurred_at", "unit"]


def test_a_byte_order_mark_comes_when_asked_for(office: Office) -> None:
    assert office.get("/v1/responses.csv").get_data().startswith(b"event_id,")
    assert office.get("/v1/responses.csv?bom=true").get_data().startswith(b"\xef\xbb\xbfevent_id,")


def test_a_workbook_holds_the_same_rows_with_numbers_as_numbers(office: Office) -> None:
    arrive(office, replace(response("2026-11-20T09:00+08:00", {"kepuasan": 4}), comment="<r>&</r>", duration_ms=900))
    answer = office.get("/v1/responses.xlsx", **{"Accept-Language": "en"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="puas-responses.xlsx"'
    (sheet,) = load_workbook(io.BytesIO(answer.get_data())).worksheets
    heading, row = sheet.iter_rows(values_only=True)
    found = dict(zip(heading, row, strict=True))
    assert (found["kepuasan"], found["Duration (ms)"], found["Counted"]) == (4, 900, True)
    assert str(found["Comment"]).strip() == "<r>&</r>"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("/v1/responses?limit=0", "limit", "out_of_range"),
        ("/v1/responses?limit=many", "limit", "out_of_range"),
        ("/v1/responses.csv?limit=5", "limit", "unknown_parameter"),
        ("/v1/responses?group_by=service", "group_by", "unknown_parameter"),
        ("/v1/responses?sex=", "sex", "not_a_slug"),
    ],
)
def test_a_query_that_can_not_be_answered_names_its_fault(office: Office, path: str, field: str, code: str) -> None:
    answer = office.get(path)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in (answer.json or {})["errors"]] == [(field, code)]


@pytest.mark.parametrize("path", ["/v1/responses", "/v1/responses.csv", "/v1/responses.xlsx"])
def test_responses_and_their_comments_leave_only_with_a_key_that_exports(office: Office, path: str) -> None:
    assert office.anonymous.get(path).status_code == 401
    assert office.get(path, key=office.new_key("read", "close")).status_code == 403
    assert office.get(path, key=office.new_key("export")).status_code == 200


def test_a_key_for_one_unit_exports_that_unit_alone(office: Office) -> None:
    elsewhere = response("2026-11-20T09:00+09:00", {"kepuasan": 2}, unit="ult-jayapura", touchpoint="kiosk-2")
    arrive(office, *in_minutes(2), elsewhere)
    key = office.new_key("export", units=["ult-jayapura"])
    lines = office.get("/v1/responses.csv", key=key).text.splitlines()
    assert len(lines) == 2
    assert str(elsewhere.event_id) in lines[1]
    assert office.get("/v1/responses?unit=ult-makassar", key=key).status_code == 403


def test_exports_never_take_all_threads(office: Office) -> None:
    allowed = office.settings.threads // 4
    arrive(office, *in_minutes(1))
    bearer = {"Authorization": f"Bearer {office.key}"}
    started = [office.client.get("/v1/responses.csv", headers=bearer, buffered=False) for _ in range(allowed)]
    refused = office.get("/v1/responses.csv")
    assert (refused.status_code, (refused.json or {})["type"]) == (503, "/problems/exports_busy")
    assert office.get("/v1/responses").status_code == 200
    for answer in started:
        answer.close()
    assert office.get("/v1/responses.csv").status_code == 200


def test_asking_for_the_head_alone_writes_no_file(office: Office) -> None:
    bearer = {"Authorization": f"Bearer {office.key}"}
    answer = office.client.head("/v1/responses.xlsx", headers=bearer)
    assert (answer.status_code, answer.get_data()) == (200, b"")
