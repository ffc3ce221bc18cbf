"""Who has an answer already is told so, as long as it still holds, without figures being read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from feedback_api.app import create_app
from readmodel.closings import close_period
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import CATALOG, JAYAPURA, MAKASSAR, Office, put_catalog, settings_in

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
COMPARISON = "/v1/indices/comparison?unit=ult-makassar,ult-jayapura"
PATHS = ["/v1/indices", "/v1/indices.csv", "/v1/indices.xlsx", COMPARISON, "/v1/catalog"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings, NOW)
    opened.context.catalog.refresh()
    count(opened, response("2026-08-20T09:00+08:00", {"kepuasan": 4}))
    yield opened
    opened.close()


def tag(office: Office, path: str, **headers: str) -> str:
    """The entity tag of an answer."""
    answer = office.get(path, **headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_still_holds_is_not_sent_again(office: Office, path: str) -> None:
    known = tag(office, path)
    again = office.get(path, **{"If-None-Match": known})
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", known)
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Accept-Language"} <= set(again.vary)
    assert office.get(path, **{"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", PATHS[:4])
def test_what_depends_on_the_caller_says_so(office: Office, path: str) -> None:
    assert {"authorization", "cookie"} <= {name.lower() for name in office.get(path).vary}


@pytest.mark.parametrize("path", PATHS[:4])
def test_no_figure_is_read_for_who_has_them(office: Office, path: str) -> None:
    known = tag(office, path)
    asked: list[str] = []
    event.listen(office.context.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert office.get(path, **{"If-None-Match": known}).status_code == 304
    assert asked
    assert not [statement for statement in asked if "cells" in statement or "FROM responses" in statement]


@pytest.mark.parametrize("path", PATHS[:4])
def test_an_arrival_makes_answers_stale(office: Office, path: str) -> None:
    known = tag(office, path)
    count(office, response("2026-11-20T09:00+08:00", {"kepuasan": 1}), now_ms=1)
    assert office.get(path, **{"If-None-Match": known}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_new_catalog_makes_answers_stale(office: Office, path: str) -> None:
    known = tag(office, path)
    units = tuple(replace(unit, name=f"{unit.name} baru") for unit in CATALOG.units)
    put_catalog(office.settings, replace(CATALOG, units=units))
    office.context.catalog.refresh()
    assert office.get(path, **{"If-None-Match": known}).status_code == 200


def test_a_closing_makes_answers_stale(office: Office) -> None:
    path = "/v1/indices?unit=ult-makassar&period=2026-Q3"
    known = tag(office, path)
    close_period(office.context.engine, "ult-makassar", "2026-Q3", by="Tim mutu", now=NOW)
    assert office.get(path, **{"If-None-Match": known}).status_code == 200


def test_the_next_quarter_makes_the_running_one_stale(office: Office) -> None:
    known = tag(office, "/v1/indices")
    later = replace(office.context, clock=lambda: datetime(2027, 1, 5, tzinfo=UTC))
    client = create_app(later).test_client()
    bearer = {"Authorization": f"Bearer {office.key}", "If-None-Match": known}
    assert client.get("/v1/indices", headers=bearer).status_code == 200


def test_the_next_day_makes_what_everybody_is_told_stale_for_yesterday_counts_from_then_on(office: Office) -> None:
    put_catalog(office.settings, replace(CATALOG, units=(replace(MAKASSAR, public="unit"), JAYAPURA)))
    office.context.catalog.refresh()
    path = "/v1/indices?unit=ult-makassar&period=2026-Q4"
    known = {"If-None-Match": office.anonymous.get(path).headers["ETag"]}
    assert office.anonymous.get(path, **known).status_code == 304
    midnight = replace(office.context, clock=lambda: datetime(2026, 11, 21, 16, 0, tzinfo=UTC))
    assert create_app(midnight).test_client().get(path, headers=known).status_code == 200


def test_tags_differ_by_language_form_query_and_rights(office: Office) -> None:
    own = office.new_key("read", units=[JAYAPURA.id])
    tags = [
        tag(office, "/v1/indices"),
        tag(office, "/v1/indices", **{"Accept-Language": "en"}),
        tag(office, "/v1/indices", Accept="text/csv"),
        tag(office, "/v1/indices.csv?bom=true"),
        tag(office, "/v1/indices.xlsx"),
        tag(office, "/v1/indices?group_by=service"),
        tag(office, "/v1/indices?misuse=include"),
        office.get("/v1/indices", key=own).headers["ETag"],
    ]
    assert len(set(tags)) == len(tags)
    assert tag(office, "/v1/indices", Accept="text/csv") == tag(office, "/v1/indices.csv")


def test_what_everybody_was_told_is_not_what_a_key_is_told(office: Office) -> None:
    put_catalog(office.settings, replace(CATALOG, units=(replace(MAKASSAR, public="unit"), JAYAPURA)))
    office.context.catalog.refresh()
    path = "/v1/indices?unit=ult-makassar"
    public = office.anonymous.get(path)
    assert public.status_code == 200
    assert office.get(path, **{"If-None-Match": public.headers["ETag"]}).status_code == 200


def test_figures_have_weak_tags_and_the_catalog_a_strong_one(office: Office) -> None:
    assert tag(office, "/v1/indices").startswith('W/"')
    assert tag(office, "/v1/catalog").startswith('"')


def test_responses_with_their_comments_are_kept_by_no_cache(office: Office) -> None:
    answer = office.get("/v1/responses")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_the_same_figures_are_the_same_bytes(office: Office) -> None:
    for path in PATHS:
        assert office.get(path).get_data() == office.get(path).get_data(), path
