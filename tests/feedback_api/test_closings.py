"""Closing a period over HTTP: who may, what is answered, what can't be closed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.feedback_api.counting import count, response
from tests.feedback_api.office import Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, tzinfo=UTC)
Q3 = {"unit": "ult-makassar", "period": "2026-Q3"}
POSTING = Q3 | {"place": "Papan lobi", "posted_on": "2026-10-05"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office in November, that has counted three visits of August."""
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    count(opened, *(response("2026-08-17T10:00:00+08:00", {"kepuasan": answer}) for answer in (2, 3, 4)))
    yield opened
    opened.close()


def send(office: Office, path: str, body: object, key: str | None = None) -> TestResponse:
    """POST JSON with a key."""
    bearer = {"Authorization": f"Bearer {key or office.key}"}
    return office.client.post(path, json=body, headers=bearer)


def problem(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, kind and faults of a problem."""
    assert answer.mimetype == "application/problem+json"
    found: dict[str, Any] = answer.get_json()
    faults = [(error["field"], error["code"]) for error in found.get("errors", ())]
    return answer.status_code, found["type"].removeprefix("/problems/"), faults


def test_a_period_is_closed_once_and_listed(office: Office) -> None:
    made = send(office, "/v1/closings", Q3 | {"note": "Disetujui"})
    assert made.status_code == 201
    document = made.get_json()
    assert (document["revision"], document["closed_by"], document["note"]) == (1, "Operator", "Disetujui")
    assert document["closed_at"] == "2026-11-21T00:00:00Z"
    (whole, service) = document["rules"]["instruments"]["smiley@1"]["figures"]
    assert (whole["service"], whole["n"], whole["ikm"], service["service"]) == (None, 3, "75.00", "legalisasi")
    assert problem(send(office, "/v1/closings", Q3)) == (409, "already_closed", [])
    assert document.pop("also") == []
    assert office.get("/v1/closings?unit=ult-makassar").get_json() == {"closings": [document]}
    assert office.get("/v1/closings?unit=ult-makassar&period=2026-Q2").get_json() == {"closings": []}


def test_late_arrivals_go_into_a_numbered_revision(office: Office) -> None:
    send(office, "/v1/closings", Q3)
    assert problem(send(office, "/v1/closings", Q3 | {"revise": True})) == (409, "nothing_to_revise", [])
    count(office, response("2026-09-30T23:59:00+08:00", {"kepuasan": 4}))
    document = send(office, "/v1/closings", Q3 | {"revise": True}).get_json()
    assert document["revision"] == 2
    assert document["rules"]["instruments"]["smiley@1"]["figures"][0]["n"] == 4


def test_closed_periods_that_would_change_are_named_and_revised_together(office: Office) -> None:
    send(office, "/v1/closings", Q3)
    count(office, response("2026-08-30T10:00:00+08:00", {"kepuasan": 4}))
    refused = send(office, "/v1/closings", Q3 | {"period": "2026-08"})
    assert problem(refused)[:2] == (409, "would_revise")
    assert "2026-Q3" in refused.get_json()["detail"]
    made = send(office, "/v1/closings", Q3 | {"period": "2026-08", "revise": True}).get_json()
    assert (made["revision"], [(each["period"], each["revision"]) for each in made["also"]]) == (1, [("2026-Q3", 2)])


def test_closing_needs_a_key_with_that_right_for_that_unit(office: Office) -> None:
    anonymous = office.client.post("/v1/closings", json=Q3)
    assert problem(anonymous)[:2] == (401, "needs_key")
    reader = office.new_key("read", "export")
    elsewhere = office.new_key("close", units=["ult-jayapura"])
    for key in (reader, elsewhere):
        assert problem(send(office, "/v1/closings", Q3, key))[:2] == (403, "not_allowed")
        assert problem(send(office, "/v1/postings", POSTING, key))[:2] == (403, "not_allowed")
    assert send(office, "/v1/closings", Q3, office.new_key("close", units=["ult-makassar"])).status_code == 201
    assert office.get("/v1/closings?unit=ult-makassar", key=elsewhere).status_code == 403
    assert office.anonymous.get("/v1/closings?unit=ult-makassar").status_code == 401


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (Q3 | {"period": "2026-Q4"}, (409, "not_over", [])),
        (Q3 | {"period": "2026-W10"}, (422, "invalid_closing", [("period", "not_closable")])),
        (Q3 | {"unit": "tidak-ada"}, (422, "invalid_closing", [("unit", "unknown_unit")])),
        (Q3 | {"weights": "0.071"}, (422, "invalid_closing", [("weights", "not_for_questionnaires")])),
        (Q3 | {"weights": "0.5"}, (422, "invalid_closing", [("weights", "not_a_choice")])),
        (Q3 | {"force": True}, (422, "invalid_closing", [("force", "unknown_field")])),
        ({"unit": "ult-makassar"}, (422, "invalid_closing", [("period", "required")])),
        ([], (422, "invalid_closing", [("", "not_an_object")])),
    ],
)
def test_what_can_not_be_closed_is_told(office: Office, body: object, told: tuple[int, str, list[Any]]) -> None:
    assert problem(send(office, "/v1/closings", body)) == told
    assert office.get("/v1/closings?unit=ult-makassar").get_json() == {"closings": []}


def test_a_posting_belongs_to_a_closed_period(office: Office) -> None:
    assert problem(send(office, "/v1/postings", POSTING)) == (422, "invalid_closing", [("period", "not_closed")])
    send(office, "/v1/closings", Q3)
    made = send(office, "/v1/postings", POSTING)
    assert (made.status_code, made.get_json()) == (201, POSTING | {"posted_by": "Operator"})
    assert office.get("/v1/postings?unit=ult-makassar").get_json() == {"postings": [made.get_json()]}


@pytest.mark.parametrize("day", ["2026-02-31", "0000-01-01", "2026-1-5", "kemarin"])
def test_a_posting_has_a_day_of_the_calendar(office: Office, day: str) -> None:
    send(office, "/v1/closings", Q3)
    refused = problem(send(office, "/v1/postings", POSTING | {"posted_on": day}))
    assert refused == (422, "invalid_closing", [("posted_on", "not_a_date_or_time")])
    assert office.get("/v1/postings?unit=ult-makassar").get_json() == {"postings": []}


@pytest.mark.parametrize("day", ["2026-06-30", "2026-11-22", "9999-12-31"])
def test_a_posting_is_not_of_a_day_before_its_period_or_to_come(office: Office, day: str) -> None:
    send(office, "/v1/closings", Q3)
    told = send(office, "/v1/postings", POSTING | {"posted_on": day})
    assert problem(told) == (422, "invalid_closing", [("posted_on", "out_of_range")])
    (fault,) = told.get_json()["errors"]
    assert "2026-07-01" in fault["message"]
    assert "2026-11-21" in fault["message"]
    assert send(office, "/v1/postings", POSTING | {"posted_on": "2026-11-21"}).status_code == 201


@pytest.mark.parametrize("path", ["/v1/closings", "/v1/postings"])
def test_the_lists_name_what_they_need(office: Office, path: str) -> None:
    assert problem(office.get(path)) == (422, "invalid_query", [("unit", "required")])
    assert problem(office.get(f"{path}?unit=x")) == (422, "invalid_query", [("unit", "unknown_unit")])
    assert problem(office.get(f"{path}?unit=ult-makassar&x=1"))[2] == [("x", "unknown_parameter")]
    for label in ("2026-W10", "%00"):
        refused = problem(office.get(f"{path}?unit=ult-makassar&period={label}"))
        assert refused == (422, "invalid_query", [("period", "not_closable")])
