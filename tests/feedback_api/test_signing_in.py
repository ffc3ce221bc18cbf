"""Signing in with a key at a browser, and what the board then shows."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from itsdangerous import URLSafeTimedSerializer

from feedback_api.sign_ins import COOKIE, SignIns
from readmodel.database import writing
from readmodel.keys import revoke_key
from schemas.catalog import Catalog
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ENGLISH = {"Accept-Language": "en"}


def opened(directory: Path, catalog: Catalog, now: datetime = NOW) -> Office:
    settings = settings_in(directory)
    put_catalog(settings, catalog)
    office = Office(settings, now)
    office.context.catalog.refresh()
    return office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Makassar is public, its services are not; Jayapura is not; both were heard of."""
    office = opened(tmp_path, Catalog((replace(MAKASSAR, public="unit"), JAYAPURA)))
    count(office, *(response("2026-11-20T09:00+08:00", {"kepuasan": 4}) for _ in range(9)))
    count(office, response("2026-11-20T09:00+09:00", {"kepuasan": 1}, unit="ult-jayapura", touchpoint="kiosk-2"))
    yield office
    office.close()


def set_cookie(office: Office, **environ: str) -> str:
    """The Set-Cookie of a sign-in with a key for everything."""
    answer = office.client.post("/sign-in", data={"key": office.key}, environ_overrides=environ)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    return answer.headers["Set-Cookie"]


def name_seen(office: Office) -> bool:
    """Whether the board of this browser says that somebody is signed in."""
    return "Signed in as" in office.client.get("/", headers=ENGLISH).text


def test_who_signs_in_sees_the_board_and_signs_out_again(office: Office) -> None:
    assert not name_seen(office)
    set_cookie(office)
    board = office.client.get("/", headers=ENGLISH).text
    assert "Signed in as Operator." in board
    assert "ULT Jayapura" in board
    answer = office.client.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert not name_seen(office)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_lasts_twelve_hours(office: Office) -> None:
    cookie = set_cookie(office)
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Secure" in set_cookie(office, **{"wsgi.url_scheme": "https"}).split("; ")


def test_the_cookie_names_the_key_and_holds_nothing_of_its_secret(office: Office) -> None:
    value = set_cookie(office).split(";")[0].removeprefix(f"{COOKIE}=")
    _prefix, key_id, secret = office.key.split("_")
    assert URLSafeTimedSerializer("any").loads_unsafe(value)[1] == key_id
    assert secret not in value


@pytest.mark.parametrize("words", ["", "x", "puas_000000000000_" + "0" * 64, "x" * 3000])
def test_a_key_that_opens_nothing_gives_the_form_again_without_repeating_it(office: Office, words: str) -> None:
    answer = office.client.post("/sign-in", data={"key": words}, headers=ENGLISH)
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "opens nothing" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not words or f'"{words}"' not in answer.text


def test_a_form_that_swells_or_is_none_is_refused(office: Office) -> None:
    assert office.client.post("/sign-in", data={"key": "x" * 10_000}).status_code == 413
    assert office.client.post("/sign-in", json={"key": office.key}).status_code == 403


def test_spaces_around_a_pasted_key_do_not_matter(office: Office) -> None:
    assert office.client.post("/sign-in", data={"key": f" {office.key}\r\n"}).status_code == 303


def test_a_key_in_the_address_signs_nobody_in(office: Office) -> None:
    assert "Set-Cookie" not in office.client.get(f"/sign-in?key={office.key}").headers
    assert office.client.post(f"/sign-in?key={office.key}").status_code == 403


def test_a_cookie_that_was_tampered_with_is_no_cookie(office: Office) -> None:
    value = set_cookie(office).split(";")[0].removeprefix(f"{COOKIE}=")
    payload, stamp, signature = value.split(".")
    elsewhere = SignIns("another secret of thirty-two chars", lambda: NOW)
    office.client.delete_cookie(COOKIE)
    forged = [f"{payload}.{stamp}.{signature[:-2]}AA", f"{payload}.AAAAAA.{signature}", payload, "", "a.b.c"]
    forged.append(str(elsewhere._serializer.dumps(office.key.split("_")[1])))
    for cookie in forged:
        office.client.set_cookie(COOKIE, cookie)
        assert not name_seen(office), cookie
    office.client.set_cookie(COOKIE, value)
    assert name_seen(office)


@pytest.mark.parametrize(("later", "stands"), [(timedelta(hours=11, minutes=59), True), (timedelta(hours=12), False)])
def test_a_sign_in_ends_after_twelve_hours(office: Office, tmp_path: Path, later: timedelta, stands: bool) -> None:
    value = set_cookie(office).split(";")[0].removeprefix(f"{COOKIE}=")
    after = Office(settings_in(tmp_path), NOW + later + timedelta(seconds=1 - stands))
    after.context.catalog.refresh()
    after.client.set_cookie(COOKIE, value)
    assert name_seen(after) is stands
    after.close()


def test_a_cookie_of_a_revoked_key_is_no_cookie(office: Office) -> None:
    set_cookie(office)
    assert name_seen(office)
    with writing(office.context.engine) as connection:
        revoke_key(connection, office.key.split("_")[1], 0)
    assert not name_seen(office)


def test_everybody_sees_public_units_only_and_no_index_of_few(office: Office) -> None:
    board = office.anonymous.get("/", **ENGLISH).text
    assert '/p/ult-makassar">ULT Makassar</a>' in board
    assert "ULT Jayapura" not in board
    assert "Legalisasi" not in board
    assert "100.00" not in board
    assert "Last feedback" not in board
    count(office, response("2026-11-20T10:00+08:00", {"kepuasan": 4}))
    assert "100.00" in office.anonymous.get("/board/figures", **ENGLISH).text


def test_the_services_of_a_unit_are_public_when_the_catalog_says_so(tmp_path: Path) -> None:
    office = opened(tmp_path, Catalog((replace(MAKASSAR, public="services"),)))
    for service in ("legalisasi", "konsultasi"):
        count(office, *(response("2026-11-20T09:00+08:00", {"kepuasan": 4}, service=service) for _ in range(12)))
    board = office.anonymous.get("/", **ENGLISH).text
    assert re.findall(r"<h3>(.*?)</h3>", board) == ["All services", "Legalisasi", "Konsultasi"]
    assert board.count("100.00") == 3
    assert "polyline" not in board
    office.close()


def test_everybody_is_told_that_today_is_counted_tomorrow_and_who_sees_all_is_not(office: Office) -> None:
    told = "each day they take in the answers of the day before."
    assert told in office.anonymous.get("/", **ENGLISH).text
    assert told not in office.get("/", **ENGLISH).text
    jayapura = office.get("/", key=office.new_key("read", units=["ult-jayapura"]), **ENGLISH).text
    assert jayapura.count(told) == 1


def test_everybody_sees_questionnaires_in_the_order_in_which_the_services_name_them(tmp_path: Path) -> None:
    service = replace(MAKASSAR.services[0], instruments=("smiley@1", "skm-2017@1"))
    office = opened(tmp_path, Catalog((replace(MAKASSAR, public="unit", services=(service,)),)))
    board = office.anonymous.get("/", **ENGLISH).text
    assert re.findall(r'class="what">(.*?)<', board) == ["One-touch satisfaction", "Public Satisfaction Survey"]
    office.close()


def test_the_last_feedback_is_when_it_was_given_though_the_form_came_in_later(office: Office) -> None:
    form = response("2026-11-21T09:00+08:00", {"kepuasan": 4}, service="konsultasi")
    count(office, replace(form, received_ms=form.occurred_ms + 2 * 3600_000))
    board = office.get("/", **ENGLISH).text
    assert re.findall(r"Last feedback: (.*?)<", board.split("Konsultasi")[1])[0] == "2 hours ago"


def test_more_than_a_thousand_responses_are_written_as_the_language_groups_digits(office: Office) -> None:
    count(office, *(response("2026-11-20T10:00+08:00", {"kepuasan": 4}) for _ in range(1100)))
    assert "1,109 responses" in office.get("/", **ENGLISH).text
    assert "1.109 responden" in office.get("/", **{"Accept-Language": "id"}).text


def test_a_key_for_one_unit_opens_that_unit_and_leaves_the_rest_as_for_everybody(office: Office) -> None:
    board = office.get("/", key=office.new_key("read", units=["ult-jayapura"]), **ENGLISH).text
    assert "25.00" in board
    assert "100.00" not in board
    exporting = office.get("/", key=office.new_key("export"), **ENGLISH).text
    assert "ULT Jayapura" not in exporting


def test_where_nothing_is_public_the_board_says_how_to_see_more(tmp_path: Path) -> None:
    office = opened(tmp_path, Catalog((JAYAPURA,)))
    assert 'href="/sign-in"' in office.anonymous.get("/board/figures").text
    assert "does not open" in office.get("/", key=office.new_key("close"), **ENGLISH).text
    office.close()


def test_the_form_may_send_itself_to_us_alone(office: Office) -> None:
    for path in ("/", "/sign-in"):
        assert "form-action 'self';" in office.anonymous.get(path).headers["Content-Security-Policy"]
    assert "form-action 'none';" in office.get("/k/kiosk-1").headers["Content-Security-Policy"]
