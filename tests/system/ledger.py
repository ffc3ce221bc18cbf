"""What has been counted, read from the database by plain SQL and counted again without the application."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

import psycopg

_ANSWERS = """
    SELECT unit, service, touchpoint, channel, instrument, hour_ms, included, question, answer, count
    FROM answer_tallies
"""
_RESPONSES = "SELECT unit, service, touchpoint, channel, instrument, hour_ms, included, count FROM response_tallies"
_STORED = "SELECT event_id, unit, service, touchpoint, channel, instrument, hour_ms, included, answers FROM responses"


def rows(database: str, statement: str) -> list[tuple[Any, ...]]:
    """All rows of one SELECT on a sqlite:/// or postgresql+psycopg:// database."""
    if database.startswith("sqlite:///"):
        path = database.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as lite:
            return lite.execute(statement).fetchall()
    with psycopg.connect(database.replace("+psycopg", "", 1)) as connection:
        return connection.execute(statement.encode()).fetchall()


def event_ids(database: str) -> Counter[str]:
    """How often each event_id is stored."""
    return Counter(str(event_id).replace("-", "") for (event_id,) in rows(database, "SELECT event_id FROM responses"))


def assert_counted_exactly_once(database: str, acknowledged: set[str]) -> None:
    """The stored event_ids are the acknowledged ones, each once, and the tallies equal a recount of the responses."""
    stored = event_ids(database)
    expected = {one.replace("-", "") for one in acknowledged}
    assert set(stored) - expected == set(), "stored, though nobody was told so"
    assert expected - set(stored) == set(), "acknowledged and lost"
    assert sum(stored.values()) == len(expected)
    assert_tallies_equal_a_recount(database)


def assert_tallies_equal_a_recount(database: str) -> None:
    """Both tally tables equal what counting the responses anew gives."""
    answers: Counter[tuple[Any, ...]] = Counter()
    responses: Counter[tuple[Any, ...]] = Counter()
    for _, *place, included, given in rows(database, _STORED):
        key = (*place, bool(included))
        responses[key] += 1
        for question, answer in (json.loads(given) if isinstance(given, str) else given).items():
            if answer is not None:
                answers[(*key, question, answer)] += 1
    assert {(*key[:6], bool(key[6])): count for *key, count in rows(database, _RESPONSES)} == responses
    found = {(*key[:6], bool(key[6]), *key[7:]): count for *key, count in rows(database, _ANSWERS)}
    assert found == answers
