"""Who may see what: keys in headers, cookies of people who signed in, and nobody in particular."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Response
from werkzeug.test import TestResponse

from feedback_api import access
from feedback_api.access import ANONYMOUS, Caller
from readmodel.database import writing
from readmodel.keys import SCOPES, revoke_key
from schemas.catalog import Catalog
from tests.feedback_api.office import CATALOG, JAYAPURA, MAKASSAR, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with an address that needs a right for a unit, `/needs/<scope>/<unit>`, and one that only looks."""
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    context = opened.context

    def needs(scope: str, unit: str) -> Response:
        return Response(access.require(context, scope, [unit]).name)

    def needs_somewhere(scope: str) -> Response:
        return Response(access.require(context, scope, []).name)

    def looks() -> Response:
        return Response(access.caller(context).name or "nobody", headers={"Cache-Control": "max-age=60"})

    app = opened.client.application
    app.add_url_rule("/needs/<scope>/<unit>", "needs", needs, methods=["GET", "POST"])
    app.add_url_rule("/needs/<scope>", "needs_somewhere", needs_somewhere)
    app.add_url_rule("/looks", "looks", looks, methods=["GET", "POST"])
    yield opened
    opened.close()


def code(answer: TestResponse) -> tuple[int, str]:
    """Status, and the kind of problem that was told, if one was."""
    document = answer.json if answer.mimetype == "application/problem+json" else None
    return answer.status_code, "" if document is None else document["type"].removeprefix("/problems/")


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("needed", SCOPES)
@pytest.mark.parametrize("unit", ["ult-makassar", "ult-jayapura", "tutup"])
@pytest.mark.parametrize("units", [None, ["ult-makassar"], ["ult-jayapura"]])
def test_a_key_opens_what_it_has_the_scope_and_the_unit_for(
    office: Office, scope: str, needed: str, unit: str, units: list[str] | None
) -> None:
    covered = {None: True, "ult-makassar": unit != "tutup", "ult-jayapura": unit == "ult-jayapura"}
    opens = scope == needed and covered[units[0] if units else None]
    answer = office.get(f"/needs/{needed}/{unit}", key=office.new_key(scope, units=units))
    assert code(answer) == ((200, "") if opens else (403, "not_allowed"))
    if not opens:
        challenge = f'Bearer realm="puas", error="insufficient_scope", scope="{needed}"'
        assert answer.headers["WWW-Authenticate"] == challenge


def test_where_no_unit_is_named_the_scope_alone_decides(office: Office) -> None:
    key = office.new_key("read", units=["tutup"])
    assert code(office.get("/needs/read", key=key)) == (200, "")
    assert code(office.get("/needs/close", key=key)) == (403, "not_allowed")


def test_a_unit_that_the_catalog_does_not_know_is_covered_by_keys_for_all_units_only(office: Office) -> None:
    assert code(office.get("/needs/read/nowhere", key=office.new_key("read"))) == (200, "")
    limited = office.new_key("read", units=["nowhere", "ult-makassar"])
    assert code(office.get("/needs/read/nowhere", key=limited)) == (403, "not_allowed")


@pytest.mark.parametrize("scope", SCOPES)
def test_nobody_in_particular_is_told_that_a_key_is_needed(office: Office, scope: str) -> None:
    answer = office.anonymous.get(f"/needs/{scope}/ult-makassar")
    assert code(answer) == (401, "needs_key")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="puas"'


def test_a_key_that_is_none_is_told_apart_from_no_key(office: Office) -> None:
    words = office.new_key("read")
    wrong = ["x", "", words[:-1], words + "0", words.upper()]
    headers = [f"Bearer {one}" for one in wrong] + ["Bearer", words, f"Basic {words}", f"Digest {words}", "€"]
    for header in headers:
        for path in ("/needs/read/ult-makassar", "/looks"):
            answer = office.anonymous.get(path, Authorization=header)
            assert code(answer) == (401, "bad_key"), header
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="puas", error="invalid_token"'


def test_the_scheme_is_read_whatever_its_case(office: Office) -> None:
    assert office.anonymous.get("/looks", Authorization=f"bearer  {office.new_key('read')} ").text == "Tim mutu"


def test_a_key_in_the_address_opens_nothing(office: Office) -> None:
    words = office.new_key("read")
    for name in ("key", "access_token", "token"):
        assert code(office.anonymous.get(f"/needs/read/ult-makassar?{name}={words}")) == (401, "needs_key")


def test_an_expired_key_opens_nothing(office: Office) -> None:
    assert code(office.get("/looks", key=office.new_key("read", expires_ms=NOW_MS))) == (401, "bad_key")
    assert code(office.get("/looks", key=office.new_key("read", expires_ms=NOW_MS + 1))) == (200, "")


def test_a_revoked_key_opens_nothing_from_the_next_request_on(office: Office) -> None:
    words = office.new_key("read")
    assert code(office.get("/looks", key=words)) == (200, "")
    with writing(office.context.engine) as connection:
        assert revoke_key(connection, words.split("_")[1], NOW_MS)
    assert code(office.get("/looks", key=words)) == (401, "bad_key")


def test_no_cache_gives_one_caller_what_another_was_answered(office: Office) -> None:
    for answer in (office.get("/looks"), office.anonymous.get("/looks"), office.anonymous.get("/needs/read/tutup")):
        assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))
    assert "private" in office.get("/looks").headers["Cache-Control"]
    assert office.anonymous.get("/looks").headers["Cache-Control"] == "max-age=60"
    assert office.anonymous.get("/needs/read/tutup").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("language", "title"), [("id", None), ("en", "A key is needed")])
def test_what_is_missing_is_told_in_the_readers_language(office: Office, language: str, title: str | None) -> None:
    answer = office.anonymous.get("/needs/read/tutup", **{"Accept-Language": language})
    assert answer.headers["Content-Language"] == language
    if title is not None:
        assert (answer.json or {})["title"] == title


def test_a_key_covers_the_units_below_its_own_at_any_depth_and_never_above() -> None:
    deepest = replace(JAYAPURA, id="loket", parent="ult-jayapura")
    catalog = Catalog((MAKASSAR, JAYAPURA, deepest))
    caller = Caller("a", frozenset({"read"}), frozenset({"ult-makassar"}))
    assert [caller.may("read", unit.id, catalog) for unit in catalog.units] == [True, True, True]
    lower = replace(caller, units=frozenset({"loket"}))
    assert [lower.may("read", unit.id, catalog) for unit in catalog.units] == [False, False, True]


def test_units_that_are_above_each_other_end_nowhere() -> None:
    ring = Catalog((replace(MAKASSAR, parent="ult-jayapura"), JAYAPURA))
    caller = Caller("a", frozenset({"read"}), frozenset({"tutup"}))
    assert not caller.may("read", "ult-makassar", ring)


def test_nobody_may_anything() -> None:
    assert not any(ANONYMOUS.may(scope, unit.id, CATALOG) for scope in SCOPES for unit in CATALOG.units)


def test_a_cookie_serves_reading_only(office: Office) -> None:
    browser = office.client
    assert browser.post("/sign-in", data={"key": office.new_key("close")}).status_code == 303
    assert browser.get("/needs/close/ult-makassar").text == "Tim mutu"
    assert code(browser.post("/needs/close/ult-makassar")) == (401, "needs_key")
    assert browser.post("/looks").text == "nobody"


def test_a_key_goes_before_a_cookie(office: Office) -> None:
    browser = office.client
    browser.post("/sign-in", data={"key": office.new_key("read")})
    assert browser.get("/looks", headers={"Authorization": f"Bearer {office.key}"}).text == "Operator"
    assert code(browser.get("/looks", headers={"Authorization": "Bearer x"})) == (401, "bad_key")


def test_who_asks_is_looked_up_when_the_database_is_back(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW + timedelta(days=1))
    opened.context.catalog.refresh()
    opened.context.catalog.away = "no route to host"
    assert code(opened.get("/board/figures")) == (503, "database_away")
    opened.context.catalog.refresh()
    assert opened.get("/board/figures").status_code == 200
    opened.close()
