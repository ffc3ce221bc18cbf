"""Every address there is, and who may pass: a new one must be put in this list."""

from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from readmodel.database import writing
from readmodel.keys import SCOPES, revoke_key
from tests.feedback_api.office import Office, submission

OPEN = {
    "POST /v1/feedback",
    "POST /v1/feedback/batch",
    "GET /v1/catalog",
    "GET /v1/openapi.json",
    "GET /docs",
    "GET /livez",
    "GET /readyz",
    "GET /metrics",
    "GET /problems/<code>",
    "GET /k/<touchpoint_id>",
    "GET /static/<path:filename>",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-out",
}
"""For everybody, whatever they show."""
PARTLY = {"GET /", "GET /board/figures", "GET /v1/indices", "GET /v1/indices.csv", "GET /v1/indices.xlsx"}
"""Everybody gets what is public (here: nothing), a key opens more."""
PUBLIC = {"GET /p/<unit_id>", "GET /p/<unit_id>/poster.pdf"}
"""Everybody gets what is public, and a key makes no difference."""
SIGNED_IN = {"GET /readiness/<unit_id>"}
"""A page for who has signed in, which others are sent to do."""


@dataclass(frozen=True)
class Door:
    """An address that opens with a right for the unit it is asked about."""

    rule: str
    scope: str
    ask: str
    body: dict[str, str] | None = None


COMPARED = "unit=ult-makassar,ult-jayapura&instrument=smiley@1"
REPORTED = "unit=ult-makassar&period=2026-Q3"
CLOSING = {"unit": "ult-makassar", "period": "2020-Q1"}
POSTING = CLOSING | {"place": "Lobi", "posted_on": "2020-05-01"}
DOORS = (
    Door("GET /v1/indices", "read", "/v1/indices?unit=ult-makassar"),
    Door("GET /v1/indices.csv", "read", "/v1/indices.csv?unit=ult-makassar"),
    Door("GET /v1/indices.xlsx", "read", "/v1/indices.xlsx?unit=ult-makassar"),
    Door("GET /v1/responses", "export", "/v1/responses?unit=ult-makassar"),
    Door("GET /v1/responses.csv", "export", "/v1/responses.csv?unit=ult-makassar"),
    Door("GET /v1/responses.xlsx", "export", "/v1/responses.xlsx?unit=ult-makassar"),
    Door("GET /v1/indices/comparison", "read", f"/v1/indices/comparison?{COMPARED}"),
    Door("GET /v1/indices/comparison.csv", "read", f"/v1/indices/comparison.csv?{COMPARED}"),
    Door("GET /v1/indices/comparison.xlsx", "read", f"/v1/indices/comparison.xlsx?{COMPARED}"),
    Door("GET /v1/reports/skm", "read", f"/v1/reports/skm?{REPORTED}"),
    Door("GET /v1/reports/skm.html", "read", f"/v1/reports/skm.html?{REPORTED}"),
    Door("GET /v1/reports/skm.pdf", "read", f"/v1/reports/skm.pdf?{REPORTED}"),
    Door("GET /v1/reports/skm.xlsx", "read", f"/v1/reports/skm.xlsx?{REPORTED}"),
    Door("GET /v1/readiness", "read", "/v1/readiness?unit=ult-makassar"),
    Door("GET /v1/closings", "read", "/v1/closings?unit=ult-makassar"),
    Door("POST /v1/closings", "close", "/v1/closings", CLOSING),
    Door("GET /v1/postings", "read", "/v1/postings?unit=ult-makassar"),
    Door("POST /v1/postings", "close", "/v1/postings", POSTING),
)
every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.rule)


def knock(office: Office, door: Door, key: str | None) -> TestResponse:
    """Ask at a door with a key, or without."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    method = door.rule.split()[0]
    return office.anonymous.client.open(door.ask, method=method, json=door.body, headers=headers)


def told(answer: TestResponse) -> tuple[int, str]:
    """Status, and the kind of problem."""
    return answer.status_code, ((answer.json or {}).get("type") or "").removeprefix("/problems/")


def test_every_address_is_open_or_has_a_door(office: Office) -> None:
    rules = {
        f"{method} {rule.rule}"
        for rule in office.client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert rules == OPEN | PARTLY | PUBLIC | SIGNED_IN | {door.rule for door in DOORS}


@every_door
def test_nobody_in_particular_is_asked_for_a_key(office: Office, door: Door) -> None:
    answer = knock(office, door, None)
    assert told(answer) == (401, "needs_key")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="puas"'
    assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))


@every_door
def test_a_wrong_an_expired_and_a_revoked_key_open_nothing(office: Office, door: Door) -> None:
    revoked = office.new_key(*SCOPES)
    with writing(office.context.engine) as connection:
        revoke_key(connection, revoked.split("_")[1], 1)
    for key in ("puas_wrong", office.new_key(*SCOPES, expires_ms=1), revoked):
        assert told(knock(office, door, key)) == (401, "bad_key")


@every_door
@pytest.mark.parametrize("scope", SCOPES)
def test_only_the_right_that_is_needed_opens(office: Office, door: Door, scope: str) -> None:
    answer = knock(office, door, office.new_key(scope, units=["ult-makassar"]))
    if scope == door.scope:
        assert answer.status_code not in (401, 403)
        assert answer.status_code < 500
        assert answer.cache_control.no_store or answer.cache_control.private
    else:
        assert told(answer) == (403, "not_allowed")


@every_door
def test_a_key_of_another_unit_does_not_open(office: Office, door: Door) -> None:
    assert told(knock(office, door, office.new_key(*SCOPES, units=["ult-jayapura"]))) == (403, "not_allowed")


@every_door
def test_a_key_in_the_address_does_not_open(office: Office, door: Door) -> None:
    mark = "&" if "?" in door.ask else "?"
    asked = Door(door.rule, door.scope, f"{door.ask}{mark}access_token={office.key}", door.body)
    assert knock(office, asked, None).status_code in (401, 422)


@every_door
def test_a_signed_in_browser_may_read_and_change_nothing(office: Office, door: Door) -> None:
    browser = office.anonymous.client
    assert browser.post("/sign-in", data={"key": office.key}).status_code == 303
    answer = knock(office, door, None)
    if door.rule.startswith("POST"):
        assert told(answer) == (401, "needs_key")
    else:
        assert answer.status_code not in (401, 403)


@pytest.mark.parametrize("path", ["/p/ult-makassar", "/p/ult-makassar/poster.pdf"])
def test_a_unit_that_is_not_public_has_no_public_page_with_a_key_either(office: Office, path: str) -> None:
    assert office.anonymous.get(path).status_code == 404
    assert office.get(path).status_code == 404


def test_what_is_open_asks_nobody(office: Office) -> None:
    for path in ("/v1/catalog", "/livez", "/metrics", "/problems/not_found", "/k/kiosk-1", "/sign-in", "/", "/readyz"):
        assert office.anonymous.get(path).status_code == 200, path
    posted = office.anonymous.client.post("/v1/feedback", json=submission())
    assert posted.status_code == 202
