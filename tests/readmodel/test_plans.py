"""How the databases go about the hot questions: through an index, and never through the responses."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from readmodel.counting import Counts
from readmodel.database import reading, writing
from readmodel.queries import (
    Scope,
    Span,
    answers_by_question,
    as_of,
    flagged_by_rule,
    last_feedback,
    last_seen,
    response_page,
    responses_by_channel,
    tallies,
)
from readmodel.tallying import add_counts
from tests.readmodel.samples import HOUR_MS, START_MS, project, response

_HOURS = 336
_DAY = Span("day", START_MS + 200 * HOUR_MS, START_MS + 224 * HOUR_MS)
_WEEKS = [Span(str(at), START_MS + at * 168 * HOUR_MS, START_MS + (at + 1) * 168 * HOUR_MS) for at in range(2)]


@pytest.fixture
def busy(database: Engine) -> Engine:
    """Twenty services of four units counted for two weeks, and statistics as autovacuum would have made them."""
    counts = Counts()
    for service in range(20):
        for hour in range(_HOURS):
            cell = (f"u{service % 4}", f"s{service}", START_MS + hour * HOUR_MS, "smiley@1", "t", "kiosk", True)
            counts.responses[cell] = 4
            counts.answers.update({(cell, "kepuasan", answer): 1 for answer in (1, 2, 3, 4)})
    counts.latest = dict.fromkeys(counts.response_totals(), (1, 1))
    with writing(database) as conn:
        add_counts(conn, counts)
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
            if statement.startswith("SELECT"):
                lines.extend(str(row[-1]) for row in conn.exec_driver_sql(explain + statement, parameters))
    return "\n".join(lines)


@pytest.mark.parametrize("spans", [[_DAY], _WEEKS], ids=["a day", "two weeks, each by itself"])
def test_a_service_and_its_hours_are_found_by_key(busy: Engine, spans: list[Span]) -> None:
    plan = _plan(busy, lambda conn: tallies(conn, spans, Scope(unit=["u1"], service=["s1"])))
    if busy.dialect.name == "sqlite":
        for table in ("answer_tallies", "response_tallies"):
            assert f"SEARCH {table} USING PRIMARY KEY (unit=? AND service=? AND hour_ms>? AND hour_ms<?)" in plan
    else:
        assert "answer_tallies_pkey" in plan
        assert "response_tallies_pkey" in plan
        assert "Index Cond: ((unit = 'u1'::text) AND (service = 's1'::text) AND (hour_ms >= " in plan
        assert "Seq Scan" not in plan
    assert "responses" not in plan


def test_a_units_day_is_found_by_key_or_hour_and_not_by_reading_its_past(busy: Engine) -> None:
    plan = _plan(busy, lambda conn: tallies(conn, [_DAY], Scope(unit=["u1"]), ["unit", "service"]))
    if busy.dialect.name == "sqlite":
        assert "SEARCH answer_tallies USING PRIMARY KEY (unit=? AND service=? AND hour_ms>? AND hour_ms<?)" in plan
    else:
        assert "Index Cond: (" in plan
        assert plan.count("(hour_ms >= ") == 2
        assert "Seq Scan on answer_tallies" not in plan
    assert "responses" not in plan


def test_everything_of_a_day_is_found_by_hour(busy: Engine) -> None:
    plan = _plan(busy, lambda conn: tallies(conn, [_DAY], group_by=["unit", "service", "instrument"]))
    assert "answer_tallies_by_hour" in plan
    assert "response_tallies_by_hour" in plan
    assert "Seq Scan" not in plan
    assert "SCAN answer_tallies" not in plan


def test_two_days_far_apart_do_not_read_what_lies_between(busy: Engine) -> None:
    days = [Span(str(at), START_MS + at * HOUR_MS, START_MS + (at + 24) * HOUR_MS) for at in (0, 300)]
    plan = _plan(busy, lambda conn: tallies(conn, days, Scope(unit=["u1"], service=["s1"])))
    if busy.dialect.name == "sqlite":
        assert "MULTI-INDEX OR" in plan
    else:
        assert "BitmapOr" in plan


def test_what_metrics_ask_at_every_scrape_reads_small_tables_only(busy: Engine) -> None:
    def scrape(conn: Connection) -> None:
        for read in (as_of, last_feedback, last_seen, responses_by_channel, answers_by_question, flagged_by_rule):
            read(conn)

    plan = _plan(busy, scrape)
    for small in ("response_totals", "answer_totals", "flag_tallies", "positions"):
        assert small in plan
    for large in ("response_tallies", "answer_tallies", "responses"):
        assert large not in plan


def test_a_page_of_a_units_responses_is_found_by_time(busy: Engine) -> None:
    plan = _plan(
        busy,
        lambda conn: response_page(
            conn, start_ms=START_MS, end_ms=START_MS + HOUR_MS, limit=9, scope=Scope(unit=["unit-1"])
        ),
    )
    assert "responses_by_time" in plan
