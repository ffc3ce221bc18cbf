"""Records that could not be counted."""

from dataclasses import replace

from sqlalchemy import Engine

from readmodel.database import reading, writing
from readmodel.dead_letters import (
    DeadRecord,
    dead_letters_by_reason,
    find_dead_letter,
    insert_dead_letters,
    list_dead_letters,
    mark_retried,
    streak,
)


def _dead(position: int, partition: int = 0, reason: str = "not_json", dead_ms: int = 50) -> DeadRecord:
    return DeadRecord(
        partition=partition,
        position=position,
        key=b"service",
        value=b"\x00\xff{",
        headers=(("traceparent", b"00-\xff"), ("traceparent", b"")),
        timestamp_ms=40,
        reason=reason,
        detail="Expecting property name",
        dead_ms=dead_ms,
    )


def _keep(engine: Engine, *records: DeadRecord, log_id: str = "log") -> None:
    with writing(engine) as conn:
        insert_dead_letters(conn, log_id, records)


def test_a_dead_letter_keeps_every_byte(database: Engine) -> None:
    bare = replace(_dead(2), key=None, value=None, headers=())
    _keep(database, _dead(1), bare)
    with reading(database) as conn:
        assert find_dead_letter(conn, "log", 0, 1) == _dead(1)
        assert find_dead_letter(conn, "log", 0, 2) == bare
        assert find_dead_letter(conn, "log", 0, 3) is None
        assert find_dead_letter(conn, "another", 0, 1) is None


def test_words_that_no_database_takes_do_not_stop_a_dead_letter(database: Engine) -> None:
    """What is dead is dead because it is odd: nothing about it may be too odd to keep."""
    odd = replace(_dead(1), headers=(("\x00\ud800", b"\x00"),), detail="got \x00 and \ud800")
    _keep(database, odd)
    with reading(database) as conn:
        kept = find_dead_letter(conn, "log", 0, 1)
    assert kept is not None
    assert kept.headers == odd.headers
    assert kept.detail == "got \ufffd and ?"


def test_a_record_dies_once(database: Engine) -> None:
    _keep(database, _dead(1))
    _keep(database, replace(_dead(1), detail="later", dead_ms=99), _dead(2), _dead(2))
    with reading(database) as conn:
        assert dead_letters_by_reason(conn) == {"not_json": 2}
        assert find_dead_letter(conn, "log", 0, 1) == _dead(1)


def test_the_list_is_newest_first_and_can_be_narrowed(database: Engine) -> None:
    letters = [_dead(1, dead_ms=10), _dead(2, reason="unknown_version", dead_ms=20), _dead(3, dead_ms=20)]
    _keep(database, *letters)
    with writing(database) as conn:
        assert mark_retried(conn, "log", 0, 1, now_ms=77)
        assert not mark_retried(conn, "log", 0, 1, now_ms=78)
        assert not mark_retried(conn, "log", 0, 9, now_ms=78)
    with reading(database) as conn:
        everything = list_dead_letters(conn, "log", limit=9)
        assert [letter.position for letter in everything] == [3, 2, 1]
        assert everything[2].retried_ms == 77
        assert [letter.position for letter in list_dead_letters(conn, "log", limit=1)] == [3]
        assert [letter.position for letter in list_dead_letters(conn, "log", limit=9, reason="not_json")] == [3, 1]
        assert [letter.position for letter in list_dead_letters(conn, "log", limit=9, pending_only=True)] == [3, 2]
        assert list_dead_letters(conn, "another", limit=9) == []
        assert dead_letters_by_reason(conn) == {"not_json": 2, "unknown_version": 1}


def test_a_streak_is_what_lies_unbroken_before_the_next_positions(database: Engine) -> None:
    _keep(database, _dead(3), _dead(5), _dead(6), *(_dead(position, partition=1) for position in range(1_234)))
    _keep(database, _dead(4), log_id="another")
    with reading(database) as conn:
        assert streak(conn, "log", {0: 7}) == 2
        assert streak(conn, "log", {0: 4}) == 1
        assert streak(conn, "log", {0: 8}) == 0
        assert streak(conn, "log", {0: 3}) == 0
        assert streak(conn, "log", {1: 1_234}) == 1_234
        assert streak(conn, "log", {0: 7, 1: 500, 2: 9}) == 502
        assert streak(conn, "log", {}) == 0


def test_what_was_tried_again_breaks_a_streak(database: Engine) -> None:
    _keep(database, *(_dead(position) for position in range(5)))
    with writing(database) as conn:
        mark_retried(conn, "log", 0, 2, now_ms=60)
    with reading(database) as conn:
        assert streak(conn, "log", {0: 5}) == 2
