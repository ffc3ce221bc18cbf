"""Where to begin reading: at the positions stored with the results, unless the log is shorter than that."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine

from eventlog import EventLog
from readmodel.database import reading, writing
from readmodel.projection import claim, store_positions
from readmodel.queries import next_positions, streak

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Start:
    """Which log this is, where to read on per partition, how many dead letters each partition ends with."""

    log_id: str
    positions: dict[int, int]
    dead_in_a_row: dict[int, int]


def starting_positions(log: EventLog, engine: Engine, partitions: Collection[int]) -> Start:
    """The stored positions of `partitions`; those nothing was stored for are left out.

    A log that ends before a stored position has lost records (a backup was restored, a replica without the latest
    records took over), and what was appended since may lie anywhere behind the loss. Such a partition is read again
    from its first record: event_ids already counted are passed over. Raises LogUnavailable, DatabaseAway.
    """
    log_id = log.identity()
    with reading(engine) as conn:
        stored = {each: position for each, position in next_positions(conn, log_id).items() if each in partitions}
        dead = dead_in_a_row(conn, log_id, stored)
    ends = log.ends()  # asked last: what others count meanwhile must not look like a loss
    lost = {each: ends[each] for each, position in stored.items() if each in ends and ends[each] < position}
    if lost:
        _log.error("log_lost_records", message="reading again from the first", ends=lost, stored=stored)
        _move_back(engine, log_id, {each: stored[each] for each in lost})
    return Start(log_id, stored | dict.fromkeys(lost, 0), dead | dict.fromkeys(lost, 0))


def dead_in_a_row(conn: Connection, log_id: str, positions: Mapping[int, int]) -> dict[int, int]:
    """Per partition, the dead letters not retried yet that lie right before its position."""
    return {each: streak(conn, log_id, {each: position}) for each, position in positions.items()}


def _move_back(engine: Engine, log_id: str, stored: Mapping[int, int]) -> None:
    with writing(engine) as conn:
        unchanged = {each for each, position in claim(conn, log_id, stored).items() if position == stored[each]}
        store_positions(conn, log_id, dict.fromkeys(unchanged, 0), round(time.time() * 1000))
