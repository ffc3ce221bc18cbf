"""Records set aside: list them, and put them into the log again once what was wrong has been put right."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Engine

from eventlog import EventLog, Record, RecordRefused
from readmodel.database import reading, writing
from readmodel.dead_letters import DeadRecord, find_dead_letter, list_dead_letters, mark_retried

APPEND_SECONDS = 30.0
MARKED_AT_ONCE = 100
ALL = 2**31 - 1

Place = tuple[int, int]
"""Partition and position, by which a dead letter is named."""


@dataclass(slots=True)
class Retried:
    """How many are in the log again, and for each of the others why not."""

    appended: int = 0
    skipped: dict[Place, str] = field(default_factory=dict)


def listed(
    log: EventLog, engine: Engine, *, limit: int, reason: str | None = None, pending_only: bool = False
) -> list[DeadRecord]:
    """The newest `limit` dead letters of this log, newest first. Raises LogUnavailable, DatabaseAway."""
    log_id = log.identity()
    with reading(engine) as conn:
        return list_dead_letters(conn, log_id, limit=limit, reason=reason, pending_only=pending_only)


def retry(
    log: EventLog,
    engine: Engine,
    places: Collection[Place] | None = None,
    reason: str | None = None,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Retried:
    """Append the original bytes of dead letters to the log again, oldest first, and note that it was done.

    Those at `places`; or with None all that have not been tried again, of one `reason` if given. First durable, then
    noted: after a failure in between some may be appended twice, and an event_id counts once. What is still unusable
    becomes a new dead letter. Raises LogUnavailable, DatabaseAway.
    """
    log_id = log.identity()
    result = Retried()
    letters = _chosen(engine, log_id, places, reason, result)
    advance(0, len(letters))
    for start in range(0, len(letters), MARKED_AT_ONCE):
        part = letters[start : start + MARKED_AT_ONCE]
        appended = [letter for letter in part if _appended(log, letter, result)]
        with writing(engine) as conn:
            for letter in appended:
                mark_retried(conn, log_id, letter.partition, letter.position, round(time.time() * 1000))
        result.appended += len(appended)
        advance(start + len(part), len(letters))
    return result


def _chosen(
    engine: Engine, log_id: str, places: Collection[Place] | None, reason: str | None, result: Retried
) -> list[DeadRecord]:
    with reading(engine) as conn:
        if places is None:
            found = list_dead_letters(conn, log_id, limit=ALL, reason=reason, pending_only=True)
        else:
            named = {place: find_dead_letter(conn, log_id, *place) for place in places}
            found = list(_pending(named, result))
    return sorted(found, key=lambda letter: (letter.partition, letter.position))


def _pending(named: dict[Place, DeadRecord | None], result: Retried) -> Iterator[DeadRecord]:
    for place, letter in named.items():
        if letter is None:
            result.skipped[place] = "there is no such dead letter"
        elif letter.retried_ms is not None:
            result.skipped[place] = "it has been tried again already"
        else:
            yield letter


def _appended(log: EventLog, letter: DeadRecord, result: Retried) -> bool:
    place = (letter.partition, letter.position)
    if letter.value is None:
        result.skipped[place] = "the record has no value"
        return False
    try:
        log.append([Record(letter.key or b"", letter.value, letter.headers)], APPEND_SECONDS)
    except RecordRefused as error:
        result.skipped[place] = str(error)
        return False
    return True
