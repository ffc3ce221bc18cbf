"""Every error is problem+json, in the reader's language, and nothing tells where a visitor came from."""

import io
import json

import pytest
from flask import Flask

from feedback_api.app import create_app
from feedback_api.problem_kinds import BY_STATUS, KINDS
from tests.feedback_api.office import Office, submission


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/feedback", 405, "method_not_allowed"),
        ("DELETE", "/v1/indices", 405, "method_not_allowed"),
        ("GET", "/problems/nothing", 404, "not_found"),
        ("POST", "//v1/feedback", 404, "not_found"),
        ("POST", "/v1//feedback", 404, "not_found"),
        ("GET", "/v1/indices/", 404, "not_found"),
        ("GET", "/static//kiosk.js", 404, "not_found"),
    ],
)
def test_what_is_not_there_is_told_as_a_problem(office: Office, method: str, path: str, status: int, code: str) -> None:
    answer = office.client.open("/", method=method, environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = json.loads(answer.text)
    assert (problem["type"], problem["status"]) == (f"/problems/{code}", status)
    assert problem["instance"].endswith(answer.headers["X-Request-Id"])


def test_a_method_not_allowed_names_those_that_are(office: Office) -> None:
    assert set(office.get("/v1/feedback").headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_feedback_that_reaches_the_view_by_another_way_is_a_404_and_no_mistake_of_ours(office: Office) -> None:
    overrides = {"SCRIPT_NAME": "/v1", "PATH_INFO": "/v1/feedback", "REQUEST_METHOD": "post"}
    answer = office.client.open("/", method="POST", environ_overrides=overrides)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/indices", "/"])
def test_options_are_told_without_a_body_or_its_type(office: Office, path: str) -> None:
    answer = office.client.options(path)
    assert (answer.status_code, answer.data, "Content-Type" in answer.headers) == (200, b"", False)
    assert "OPTIONS" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/v1/indices", "/v1/catalog"])
@pytest.mark.parametrize(
    ("accept", "status"), [("image/png", 406), ("application/json;q=0", 406), ("text/html, */*;q=0.1", 200)]
)
def test_who_takes_nothing_that_is_offered_is_told_so(office: Office, path: str, accept: str, status: int) -> None:
    answer = office.get(path, Accept=accept)
    assert answer.status_code == status
    if status == 406:
        assert (answer.json or {})["type"] == "/problems/not_acceptable"


def test_a_mistake_of_ours_is_a_500_without_its_details(office: Office, said: io.StringIO) -> None:
    app = create_app(office.context)
    app.add_url_rule("/broken", "broken", lambda: str(1 / 0))
    answer = app.test_client().get("/broken", environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "ZeroDivision" not in answer.text
    (line,) = said.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["request_id"]) == ("request failed", answer.headers["X-Request-Id"])
    assert "ZeroDivisionError" in logged["exception"]


def test_no_log_line_holds_an_address(office: Office, said: io.StringIO) -> None:
    payloads: tuple[object, ...] = (submission(), submission(unit="nowhere"), [])
    for payload in payloads:
        office.client.post("/v1/feedback", json=payload, environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
        office.client.post("/v1/feedback/batch", json=[payload], environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    assert "feedback invalid" in said.getvalue()
    assert "203.0.113.7" not in said.getvalue()


def test_what_is_logged_of_invalid_feedback_is_its_id_and_faults_and_not_its_words(
    office: Office, said: io.StringIO
) -> None:
    sent = submission(comment="nama saya Budi", service="rahasia")
    office.post(sent)
    assert json.loads(said.getvalue()) | {"timestamp": "", "request_id": ""} == {
        "event": "feedback invalid",
        "event_id": sent["event_id"],
        "faults": "service: unknown_service",
        "level": "info",
        "process": "api",
        "request_id": "",
        "timestamp": "",
    }


@pytest.mark.parametrize("claimed", ["\x1b[2Jgone", "\x9b31m", "x" * 36, "0" * 32])
def test_an_event_id_is_logged_only_when_it_is_one(office: Office, said: io.StringIO, claimed: str) -> None:
    office.post(submission(event_id=claimed))
    assert json.loads(said.getvalue())["event_id"] is None


def test_the_type_of_every_problem_leads_to_its_meaning(office: Office) -> None:
    for code, kind in KINDS.items():
        answer = office.get(f"/problems/{code}")
        assert (answer.json or {})["status"] == kind.status
    assert {KINDS[code].status for code in BY_STATUS.values()} == set(BY_STATUS)


def test_an_app_is_made_of_its_context_alone(office: Office) -> None:
    first, second = create_app(office.context), create_app(office.context)
    assert isinstance(first, Flask)
    assert first is not second
