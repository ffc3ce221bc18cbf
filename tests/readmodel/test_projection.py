"""What a consumer writes: every response once, every tally in step with it."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DataError

from readmodel.database import reading, writing
from readmodel.projection import (
    StoredResponse,
    add_tallies,
    claim,
    clear_projection,
    fingerprint,
    insert_responses,
    rebuild_tallies,
    store_positions,
)
from readmodel.queries import next_positions, response_page, tallies
from readmodel.tables import answer_totals, cells, flag_tallies, response_totals
from satisfaction.tally import Tally
from tests.readmodel.samples import HOUR_MS, START_MS, hours_span, project, response

_ALWAYS = hours_span("always", -10, 100_000)


def _stored(engine: Engine) -> list[StoredResponse]:
    with reading(engine) as conn:
        return response_page(conn, start_ms=0, end_ms=START_MS * 2, limit=10_000)


def _fingerprint(engine: Engine) -> dict[str, str]:
    with reading(engine) as conn:
        return fingerprint(conn)


def test_a_response_comes_back_as_it_was_given(database: Engine) -> None:
    rows = [
        response(1, flags=("clock", "too_fast"), included=False, claimed_ms=-5, duration_ms=None, language=None),
        response(2, answers={"waktu": None}, respondent={}, comment="a\tb\n\U0010ffff ' \" \\ {}", duration_ms=0),
        response(3, unit="u.1-2_3", respondent={"sex": "m", "age_band": "18-24"}, position=2**62),
    ]
    assert project(database, rows) == rows
    assert _stored(database) == rows


def test_of_one_event_id_the_first_counts(database: Engine) -> None:
    first = response(1)
    new = project(database, [first, replace(first, position=77), response(2), response(1, answers={"waktu": 1})])
    assert new == [first, response(2)]
    assert _stored(database) == [first, response(2)]


def test_what_was_counted_is_not_new_again(database: Engine) -> None:
    project(database, [response(number) for number in range(10)])
    assert project(database, [response(number) for number in range(5, 15)]) == [response(n) for n in range(10, 15)]
    with reading(database) as conn:
        (group,) = tallies(conn, [_ALWAYS], group_by=())
    assert group.tally.responses + group.excluded == 15


def test_many_more_than_one_statement_takes(database: Engine) -> None:
    rows = [response(number) for number in range(2_345)]
    assert len(project(database, rows)) == 2_345
    assert project(database, rows) == []


def test_nothing_to_write_is_no_trouble(database: Engine) -> None:
    assert project(database, []) == []
    with writing(database) as conn:
        assert claim(conn, "log", []) == {}


def test_tallies_count_answers_given_and_nothing_else(database: Engine) -> None:
    rows = [response(number) for number in range(200)]
    project(database, rows)
    expected: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        for question, answer in row.answers.items():
            if answer is not None:
                expected[row.unit, row.service, question, answer] += row.included
    with reading(database) as conn:
        found = {tuple(key): count for *key, count in conn.execute(select(answer_totals))}
        flagged = {tuple(key): count for *key, count in conn.execute(select(flag_tallies))}
        (group,) = tallies(conn, [_ALWAYS], group_by=())
    assert found == +expected
    assert group.tally == Tally.of(row.answers for row in rows if row.included)
    assert group.excluded_tally == Tally.of(row.answers for row in rows if not row.included)
    assert flagged == Counter(("too_fast", row.unit, row.service) for row in rows if row.flags)


def test_totals_keep_the_latest_moments_whatever_the_order(database: Engine) -> None:
    rows = [
        response(number, unit="u", service="s", touchpoint="t", channel="qr", included=True) for number in (5, 9, 2)
    ]
    for row in rows:
        project(database, [row])
    with reading(database) as conn:
        assert [tuple(row) for row in conn.execute(select(response_totals))] == [
            ("u", "s", "t", "qr", True, 3, rows[1].occurred_ms, rows[1].received_ms)
        ]


def test_any_split_of_the_log_with_any_repetition_ends_in_the_same(database: Engine) -> None:
    """Batches of any size, with records read again, give the same bytes in every table."""
    chance = random.Random(7)
    log = [response(number) for number in range(150)]
    project(database, log, {0: 75, 1: 75})
    expected = _fingerprint(database)
    for _ in range(5):
        with writing(database) as conn:
            clear_projection(conn)
        at = 0
        while at < len(log):
            begin, end = max(0, at - chance.randrange(20)), at + chance.randrange(1, 60)
            project(database, log[begin:end], {0: min(75, end), 1: min(75, end)})
            at = end
        assert _fingerprint(database) == expected


def test_rebuilding_from_responses_changes_nothing(database: Engine) -> None:
    project(database, [response(number) for number in range(300)], {0: 150, 1: 150})
    before = _fingerprint(database)
    steps: list[tuple[int, int]] = []
    with writing(database) as conn:
        conn.execute(cells.update().where(cells.c.grain == "day").values(n=99))
        conn.execute(cells.delete().where(cells.c.grain == "hour"))
        rebuild_tallies(conn, lambda done, total: steps.append((done, total)))
    assert _fingerprint(database) == before
    assert steps[0] == (0, 300)
    assert steps[-1] == (300, 300)


def test_readers_see_the_old_tallies_until_a_rebuild_is_done(database: Engine) -> None:
    project(database, [response(number) for number in range(50)])
    before = _fingerprint(database)
    with writing(database) as conn:
        rebuild_tallies(conn, lambda _done, _total: None)
        assert _fingerprint(database) == before


def test_a_fingerprint_tells_one_answer_from_another(database: Engine) -> None:
    project(database, [response(1)])
    before = _fingerprint(database)
    with writing(database) as conn:
        conn.execute(
            cells.update().where(cells.c.grain == "year").values(counts=func.replace(cells.c.counts, "1", "2"))
        )
    changed = {table for table, digest in _fingerprint(database).items() if digest != before[table]}
    assert changed == {"cells"}


def test_a_fingerprint_does_not_depend_on_when(database: Engine) -> None:
    with writing(database) as conn:
        claim(conn, "log", [0])
        store_positions(conn, "log", {0: 3}, now_ms=1)
    before = _fingerprint(database)
    with writing(database) as conn:
        claim(conn, "log", [0, 1])
        store_positions(conn, "log", {0: 3}, now_ms=2)
    assert _fingerprint(database) == before


def test_clearing_forgets_everything_of_a_log_but_not_of_another(database: Engine) -> None:
    project(database, [response(1)], {0: 1})
    with writing(database) as conn:
        store_positions(conn, "another", {0: 5}, now_ms=1)
        clear_projection(conn, "log")
    with reading(database) as conn:
        assert next_positions(conn, "log") == {}
        assert next_positions(conn, "another") == {0: 5}
        assert tallies(conn, [_ALWAYS]) == []
    assert project(database, [response(1)]) == [response(1)]


def test_positions_belong_to_one_log(database: Engine) -> None:
    """A log made anew has another identity, and is read from its beginning."""
    with writing(database) as conn:
        assert claim(conn, "first", [0, 1]) == {}
        store_positions(conn, "first", {0: 10}, now_ms=1)
    with writing(database) as conn:
        assert claim(conn, "first", [0, 1]) == {0: 10}
        assert claim(conn, "second", [0, 1]) == {}
        store_positions(conn, "first", {0: 11, 1: 0}, now_ms=2)
    with reading(database) as conn:
        assert next_positions(conn, "first") == {0: 11, 1: 0}


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": "a\x00b"},
        {"unit": "\ud800"},
        {"respondent": {"sex": "\x00"}},
        {"answers": {"wak\x00tu": 1}},
        {"answers": {"waktu": 2**31}},
        {"duration_ms": 2**63},
        {"occurred_ms": -(2**63) - 1},
    ],
)
def test_what_no_database_can_keep_is_named_beforehand(changes: dict[str, object]) -> None:
    assert response(1).fault() is None
    assert response(5).fault() is None
    assert response(1, **changes).fault() is not None


def test_what_has_no_fault_can_be_kept(database: Engine) -> None:
    extreme = response(
        1,
        answers={"é": 2**31 - 1, "b": -(2**31)},
        duration_ms=2**63 - 1,
        occurred_ms=-(2**63),
        comment="\x01\x7f\uffff",
        flags=("ü",),
    )
    assert extreme.fault() is None
    assert project(database, [extreme]) == [extreme]


def test_what_postgres_can_not_keep_is_an_error_that_does_not_pass(database: Engine) -> None:
    faulty = response(1, comment="a\x00b")
    if database.dialect.name == "postgresql":
        with pytest.raises(DataError):
            project(database, [faulty])
    assert _stored(database) == []


def test_counting_the_same_new_rows_in_two_steps_adds_up(database: Engine) -> None:
    rows = [response(number, hour_ms=START_MS // HOUR_MS * HOUR_MS) for number in range(40)]
    with writing(database) as conn:
        add_tallies(conn, insert_responses(conn, rows[:20]))
        add_tallies(conn, insert_responses(conn, rows[20:]))
    before = _fingerprint(database)
    with writing(database) as conn:
        rebuild_tallies(conn, lambda _done, _total: None)
    assert _fingerprint(database) == before
