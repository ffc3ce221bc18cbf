"""What has been counted, read from the database by plain SQL and counted again without the application."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

_CELLS = "SELECT unit, cut, grain, service, at, value, instrument, included, n, counts FROM cells"
_STORED = """
    SELECT unit, service, touchpoint, channel, instrument, included, occurred_ms, respondent, answers FROM responses
"""
_CATALOG = "SELECT document FROM catalog_versions ORDER BY version DESC LIMIT 1"
_GRAINS = {"hour": "", "day": "%Y%m%d", "month": "%Y%m", "year": "%Y"}
_RESPONDENT = ("sex", "age_band", "education", "occupation", "disability")


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
    """Every cell, read by the letter of its format, equals what counting the responses anew gives; none is missing."""
    ((catalog,),) = rows(database, _CATALOG)
    zones = {unit["id"]: ZoneInfo(unit["timezone"]) for unit in _json(catalog)["units"]}
    expected: defaultdict[_Key, _Recount] = defaultdict(_Recount)
    for *place, included, occurred_ms, respondent, answers in rows(database, _STORED):
        zone = zones[place[0]]
        for key in _keys(place, bool(included), datetime.fromtimestamp(occurred_ms / 1000, zone), _json(respondent)):
            expected[key].add(_json(answers))
    found = {(*key[:7], bool(key[7])): (n, *_decoded(counts)) for *key, n, counts in rows(database, _CELLS)}
    assert set(found) == set(expected)
    for key, recount in expected.items():
        assert found[key] == recount.result(), key


_Key = tuple[Any, ...]
"""unit, cut, grain, service, at, value, instrument, included"""
_Pair = tuple[str, str]


class _Recount:
    """Counts of answers, and of answers given together."""

    def __init__(self) -> None:
        self.n = 0
        self.answers: Counter[tuple[str, int]] = Counter()
        self.together: Counter[tuple[str, int, str, int]] = Counter()

    def add(self, answers: dict[str, int | None]) -> None:
        given = sorted((question, answer) for question, answer in answers.items() if answer is not None)
        self.n += 1
        self.answers.update(given)
        self.together.update([(*one, *other) for one, other in combinations(given, 2)])

    def result(self) -> tuple[int, dict[tuple[str, int], int], dict[_Pair, tuple[int, ...]]]:
        pairs: defaultdict[_Pair, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for (q, of_q, r, of_r), count in self.together.items():
            for at, what in enumerate((1, of_q, of_r, of_q * of_r)):
                pairs[q, r][at] += count * what
        return self.n, dict(self.answers), {pair: tuple(sums) for pair, sums in pairs.items()}


def _keys(place: list[str], included: bool, local: datetime, respondent: dict[str, str]) -> Iterator[_Key]:
    """Every cell that a response is counted in."""
    unit, service, touchpoint, channel, instrument = place
    values = {"": "", "touchpoint": touchpoint, "channel": channel}
    values |= {name: respondent.get(name, "") for name in _RESPONDENT}
    for cut, value in values.items():
        for grain, pattern in _GRAINS.items():
            if cut not in _RESPONDENT or grain in ("day", "month"):
                hour = local.replace(minute=0, second=0, microsecond=0)
                at = int(local.strftime(pattern)) if pattern else round(hour.timestamp() * 1000)
                yield unit, cut, grain, service, at, value, instrument, included


def _decoded(counts: str) -> tuple[dict[tuple[str, int], int], dict[_Pair, tuple[int, ...]]]:
    """Answers with a count, and for each pair of questions answered together its four sums."""
    head, _, body = counts.partition("\n")
    (questions, partial), numbers = json.loads(head), iter(json.loads(body))
    slots = [(question, answer) for question, *answers in questions for answer in answers]
    answers = {slot: count for slot, count in zip(slots, [next(numbers) for _ in slots], strict=True) if count}
    sums = {question: sum(answer * answers.get((question, answer), 0) for answer in of) for question, *of in questions}
    times = {question: sum(answers.get((question, answer), 0) for answer in of) for question, *of in questions}
    pairs: dict[_Pair, tuple[int, ...]] = {}
    for q, r in combinations([question for question, *_ in questions], 2):
        if q in partial or r in partial:
            pairs[q, r] = next(numbers), next(numbers), next(numbers), next(numbers)
        else:
            pairs[q, r] = times[q], sums[q], sums[r], next(numbers)
    assert list(numbers) == []
    return answers, {pair: found for pair, found in pairs.items() if found[0]}


def _json(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored
