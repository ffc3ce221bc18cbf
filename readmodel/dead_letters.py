"""Records that could not be counted: kept byte for byte, listed, tried again."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from readmodel.tables import dead_letters

Headers = tuple[tuple[str, bytes], ...]

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRecord:
    """A record of the log that could not be counted, and why.

    `reason` is one of the few machine words that metrics count by; `detail` is for people. `retried_ms` is None
    until it has been tried again. Times are Unix milliseconds.
    """

    partition: int
    position: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp_ms: int
    reason: str
    detail: str
    dead_ms: int
    retried_ms: int | None = None


def insert_dead_letters(conn: Connection, log_id: str, records: Sequence[DeadRecord]) -> None:
    """Keep them; one that is there already (same log, partition and position) stays as it is."""
    rows = [_row_of(log_id, record) for record in sorted(records, key=lambda each: (each.partition, each.position))]
    insert: Any = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    if rows:
        conn.execute(insert(dead_letters).on_conflict_do_nothing(), rows)


def list_dead_letters(
    conn: Connection, log_id: str, *, limit: int, reason: str | None = None, pending_only: bool = False
) -> list[DeadRecord]:
    """The newest `limit` dead letters of a log, newest first; pending ones have not been tried again."""
    query = select(dead_letters).where(dead_letters.c.log_id == log_id)
    if reason is not None:
        query = query.where(dead_letters.c.reason == reason)
    if pending_only:
        query = query.where(dead_letters.c.retried_ms.is_(None))
    newest = (dead_letters.c.dead_ms.desc(), dead_letters.c.partition, dead_letters.c.position.desc())
    return [_record_of(row) for row in conn.execute(query.order_by(*newest).limit(limit)).mappings()]


def find_dead_letter(conn: Connection, log_id: str, partition: int, position: int) -> DeadRecord | None:
    """The dead letter of this place in the log, if there is one."""
    query = select(dead_letters).where(*_at(log_id, partition, position))
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _record_of(row)


def mark_retried(conn: Connection, log_id: str, partition: int, position: int, now_ms: int) -> bool:
    """Note that it has been tried again; False when it already was, or is not there."""
    change = update(dead_letters).where(*_at(log_id, partition, position), dead_letters.c.retried_ms.is_(None))
    return conn.execute(change.values(retried_ms=now_ms)).rowcount == 1


def dead_letters_by_reason(conn: Connection) -> dict[str, int]:
    """How many dead letters there are for each reason, over all logs, tried again or not."""
    query = select(dead_letters.c.reason, func.count()).group_by(dead_letters.c.reason)
    return {name: count for name, count in conn.execute(query)}  # noqa: C416 - a Row is no pair to dict()


def streak(conn: Connection, log_id: str, next_positions: Mapping[int, int]) -> int:
    """How many pending dead letters lie in a row right before the next positions, summed over the partitions."""
    return sum(_in_a_row(conn, log_id, partition, position) for partition, position in next_positions.items())


def _in_a_row(conn: Connection, log_id: str, partition: int, next_position: int) -> int:
    length = 0
    query = select(dead_letters.c.position).where(
        dead_letters.c.log_id == log_id, dead_letters.c.partition == partition, dead_letters.c.retried_ms.is_(None)
    )
    while True:
        before = next_position - length
        page = query.where(dead_letters.c.position < before).order_by(dead_letters.c.position.desc()).limit(_PAGE)
        found = list(conn.execute(page).scalars())
        for offset, position in enumerate(found, start=1):
            if position != before - offset:
                return length
            length += 1
        if len(found) < _PAGE:
            return length


def _at(log_id: str, partition: int, position: int) -> tuple[Any, ...]:
    columns = dead_letters.c
    return columns.log_id == log_id, columns.partition == partition, columns.position == position


def _row_of(log_id: str, record: DeadRecord) -> dict[str, Any]:
    return {
        "log_id": log_id,
        "partition": record.partition,
        "position": record.position,
        "key": record.key,
        "value": record.value,
        "headers": json.dumps([[name, base64.b64encode(value).decode()] for name, value in record.headers]),
        "timestamp_ms": record.timestamp_ms,
        "reason": record.reason,
        "detail": _printable(record.detail),
        "dead_ms": record.dead_ms,
        "retried_ms": record.retried_ms,
    }


def _record_of(row: RowMapping) -> DeadRecord:
    values = {name: value for name, value in row.items() if name != "log_id"}
    values["headers"] = tuple((name, base64.b64decode(value)) for name, value in json.loads(row["headers"]))
    return DeadRecord(**values)


def _printable(detail: str) -> str:
    """Details quote what was sent, and PostgreSQL takes neither NUL nor half a surrogate pair."""
    return detail.replace("\x00", "\ufffd").encode(errors="replace").decode()
