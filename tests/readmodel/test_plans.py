"""How the databases go about the hot questions: through an index, and never through the responses."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, text

from readmodel.database import reading, writing
from readmodel.packing import pack_response
from readmodel.queries import (
    Scope,
    answers_by_question,
    as_of,
    flagged_by_rule,
    last_feedback,
    last_seen,
    response_page,
    responses_by_channel,
    tallies,
)
from readmodel.tables import cells, response_totals
from tests.readmodel.samples import HOUR_MS, START_MS, hours_span, project, response

_HOURS = 336
_HALF_A_DAY = hours_span("afternoon", 201, 209)
_WEEKS = [hours_span(str(at), at * 168, (at + 1) * 168) for at in range(2)]


@pytest.fixture
def busy(database: Engine) -> Engine:
    """Twenty services of four units counted for two weeks, and statistics as autovacuum would have made them."""
    counts = pack_response((("kepuasan", (3,)),), {"kepuasan": 3}).text()
    kind = {"cut": "", "value": "", "instrument": "smiley@1", "included": True, "n": 1, "counts": counts}
    places = [{"unit": f"u{service % 4}", "service": f"s{service}"} for service in range(20)]
    hours = [{"grain": "hour", "at": START_MS + hour * HOUR_MS} for hour in range(_HOURS)]
    days = [{"grain": "day", "at": 20251001 + day} for day in range(31)]
    seen = {"touchpoint": "t", "channel": "kiosk", "count": 1, "last_occurred_ms": 1, "last_received_ms": 1}
    with writing(database) as conn:
        conn.execute(insert(cells), [kind | place | at for place in places for at in (*hours, *days)])
        conn.execute(insert(response_totals), [seen | {"included": True} | place for place in places])
    project(database, [response(number) for number in range(500)])
    with writing(database) as conn:
        conn.execute(text("ANALYZE"))
    return database


def _plan(engine: Engine, read: Callable[[Connection], Any]) -> str:
    """What the database says of every statement that `read` sends."""
    sent: list[tuple[str, Any]] = []
    explain = "EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "

    def keep(_conn: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    with reading(engine) as conn:
        read(conn)
    event.remove(engine, "before_cursor_execute", keep)
    lines: list[str] = []
    with reading(engine) as conn:
        for statement, parameters in sent:
            if statement.startswith(("SELECT", "WITH")):
                lines.extend(str(row[-1]) for row in conn.exec_driver_sql(explain + statement, parameters))
    return "\n".join(lines)


def _assert_by_key(plan: str, dialect: str) -> None:
    """Every search of the cells names the key down to the time."""
    if dialect == "sqlite":
        searches = [line for line in plan.splitlines() if "SEARCH cells" in line]
        assert searches
        assert "SCAN cells" not in plan
        for line in searches:
            assert "(unit=? AND cut=? AND grain=? AND service=? AND at>? AND at<?)" in line
    else:
        assert "cells_pkey" in plan
        assert "Seq Scan on cells" not in plan
        for condition in plan.splitlines():
            if "Index Cond" in condition and "cut" in condition:
                assert "(at >= " in condition
    assert "responses" not in plan


@pytest.mark.parametrize("spans", [[_HALF_A_DAY], _WEEKS], ids=["some hours", "two weeks, each by itself"])
def test_a_service_and_its_hours_are_found_by_key(busy: Engine, spans: list[Any]) -> None:
    plan = _plan(busy, lambda conn: tallies(conn, spans, Scope(unit=["u1"], service=["s1"])))
    _assert_by_key(plan, busy.dialect.name)


def test_a_units_days_are_found_by_key_without_reading_its_past(busy: Engine) -> None:
    plan = _plan(busy, lambda conn: tallies(conn, [_HALF_A_DAY], Scope(unit=["u1"]), ["unit", "service"]))
    _assert_by_key(plan, busy.dialect.name)


def test_stretches_far_apart_do_not_read_what_lies_between(busy: Engine) -> None:
    """Each is a search of its own."""
    spans = [hours_span(str(at), at, at + 3) for at in (2, 300)]
    plan = _plan(busy, lambda conn: tallies(conn, spans, Scope(unit=["u1"], service=["s1"])))
    _assert_by_key(plan, busy.dialect.name)
    assert plan.count("COMPOUND QUERY" if busy.dialect.name == "sqlite" else "Append") == 1


def test_what_metrics_ask_at_every_scrape_reads_small_tables_only(busy: Engine) -> None:
    def scrape(conn: Connection) -> None:
        for read in (as_of, last_feedback, last_seen, responses_by_channel, answers_by_question, flagged_by_rule):
            read(conn)

    plan = _plan(busy, scrape)
    for small in ("response_totals", "answer_totals", "flag_tallies", "positions"):
        assert small in plan
    for large in ("cells", "responses"):
        assert large not in plan


@pytest.mark.parametrize("services", [None, ["service-1"]], ids=["all services", "one service"])
def test_a_page_of_responses_is_found_by_time(busy: Engine, services: list[str] | None) -> None:
    scope = Scope(unit=["unit-1"], service=services)
    plan = _plan(
        busy, lambda conn: response_page(conn, start_ms=START_MS, end_ms=START_MS + HOUR_MS, limit=9, scope=scope)
    )
    assert ("responses_by_service" if services else "responses_by_time") in plan
