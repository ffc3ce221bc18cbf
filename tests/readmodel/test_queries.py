"""Named reads."""

from uuid import UUID

from sqlalchemy import Engine

from readmodel.database import reading, writing
from readmodel.projection import claim, store_positions
from readmodel.queries import (
    AnswerTotal,
    AsOf,
    LastSeen,
    ResponseTotal,
    Scope,
    answers_by_question,
    as_of,
    flagged_by_rule,
    last_feedback,
    last_seen,
    response_page,
    responses_by_channel,
)
from tests.readmodel.samples import START_MS, project, response

_END_MS = START_MS * 2


def test_an_empty_database_has_an_answer_to_everything(database: Engine) -> None:
    with reading(database) as conn:
        assert as_of(conn) == AsOf(None, None, {})
        assert last_feedback(conn) == {}
        assert last_seen(conn) == {}
        assert responses_by_channel(conn) == {}
        assert answers_by_question(conn) == []
        assert flagged_by_rule(conn) == {}
        assert response_page(conn, start_ms=0, end_ms=_END_MS, limit=9) == []


def test_as_of_tells_of_the_log_projected_last(database: Engine) -> None:
    with writing(database) as conn:
        store_positions(conn, "old", {0: 900, 1: 800}, now_ms=10)
    with writing(database) as conn:
        store_positions(conn, "new", {0: 5}, now_ms=20)
        claim(conn, "new", [7])
    with reading(database) as conn:
        assert as_of(conn) == AsOf(20, "new", {0: 5})


def test_last_feedback_and_last_seen_take_excluded_responses_too(database: Engine) -> None:
    """A kiosk that children play with is alive."""
    rows = [
        response(1, unit="u", service="s", touchpoint="t1", occurred_ms=100, received_ms=900),
        response(2, unit="u", service="s", touchpoint="t2", occurred_ms=200, received_ms=201, included=False),
        response(3, unit="u", service="r", touchpoint="t1", occurred_ms=50, received_ms=60),
    ]
    project(database, rows)
    with reading(database) as conn:
        assert last_feedback(conn) == {("u", "s"): LastSeen(200, 900), ("u", "r"): LastSeen(50, 60)}
        assert last_seen(conn) == {("u", "t1"): LastSeen(100, 900), ("u", "t2"): LastSeen(200, 201)}


def test_totals_for_metrics(database: Engine) -> None:
    rows = [
        response(1, unit="u", service="s", channel="qr", answers={"waktu": 4, "biaya": None}),
        response(2, unit="u", service="s", channel="qr", answers={"waktu": 4}, flags=("clock",)),
        response(3, unit="u", service="s", channel="qr", answers={"waktu": 1}, included=False, flags=("too_fast",)),
        response(4, unit="u", service="s", channel="kiosk", answers={"waktu": 1}, flags=("clock", "too_fast")),
    ]
    for row in rows:
        project(database, [row])
    with reading(database) as conn:
        assert responses_by_channel(conn) == {
            ("u", "s", "qr"): ResponseTotal(included=2, excluded=1),
            ("u", "s", "kiosk"): ResponseTotal(included=1, excluded=0),
        }
        assert sorted(answers_by_question(conn), key=lambda total: total.answer) == [
            AnswerTotal("u", "s", "waktu", 1, 1),
            AnswerTotal("u", "s", "waktu", 4, 2),
        ]
        assert flagged_by_rule(conn) == {"clock": 2, "too_fast": 2}
        assert {type(count) for count in flagged_by_rule(conn).values()} == {int}


def test_pages_of_responses_join_without_gap_or_overlap(database: Engine) -> None:
    """Even where many responses share one millisecond."""
    rows = [response(number, occurred_ms=START_MS + number // 10) for number in range(100)]
    project(database, rows)
    expected = sorted(rows, key=lambda row: (row.occurred_ms, row.event_id))
    found = []
    after: tuple[int, UUID] | None = None
    with reading(database) as conn:
        while page := response_page(conn, start_ms=START_MS, end_ms=START_MS + 9, limit=7, after=after):
            found += page
            after = page[-1].occurred_ms, page[-1].event_id
    assert found == expected[:90]


def test_a_page_can_be_narrowed(database: Engine) -> None:
    project(database, [response(number) for number in range(60)])
    with reading(database) as conn:
        page = response_page(
            conn, start_ms=0, end_ms=_END_MS, limit=99, scope=Scope(unit=["unit-1"], service=["service-0"])
        )
    assert [row.event_id for row in page] == [response(number).event_id for number in range(60) if number % 6 == 3]
