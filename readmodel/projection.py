"""What a consumer writes, each verb in the caller's transaction.

In this order, so that two consumers can't wait for each other: claim, insert_responses, add_tallies,
insert_dead_letters, store_positions.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from readmodel.dead_letters import DeadRecord, insert_dead_letters
from readmodel.rebuilding import clear_projection, fingerprint, rebuild_tallies
from readmodel.response import StoredResponse
from readmodel.responses import insert_responses
from readmodel.tables import positions
from readmodel.tallying import add_tallies

__all__ = [
    "DeadRecord",
    "StoredResponse",
    "add_tallies",
    "claim",
    "clear_projection",
    "fingerprint",
    "insert_dead_letters",
    "insert_responses",
    "rebuild_tallies",
    "store_positions",
]


def claim(conn: Connection, log_id: str, partitions: Collection[int]) -> dict[int, int]:
    """The next position of each partition, which nobody else may project until the transaction ends.

    Partitions of this log that nothing was stored for are left out, and are claimed as well. Waits for whoever holds
    one of them.
    """
    if not partitions:
        return {}
    numbers = sorted(partitions)
    # A row that is not there can't be locked, so it is made first.
    missing = _insert(conn).on_conflict_do_nothing()
    conn.execute(missing, [{"log_id": log_id, "partition": number} for number in numbers])
    held = conn.execute(
        select(positions.c.partition, positions.c.next_position)
        .where(positions.c.log_id == log_id, positions.c.partition.in_(numbers))
        .order_by(positions.c.partition)
        .with_for_update()
    )
    return {partition: next_position for partition, next_position in held if next_position is not None}


def store_positions(conn: Connection, log_id: str, next_positions: Mapping[int, int], now_ms: int) -> None:
    """Keep how far each partition is counted."""
    if not next_positions:
        return
    insert = _insert(conn)
    new = insert.excluded
    change = {"next_position": new.next_position, "updated_ms": new.updated_ms}
    rows = [
        {"log_id": log_id, "partition": partition, "next_position": position, "updated_ms": now_ms}
        for partition, position in sorted(next_positions.items())
    ]
    conn.execute(insert.on_conflict_do_update(index_elements=["log_id", "partition"], set_=change), rows)


def _insert(conn: Connection) -> Any:
    return postgresql.insert(positions) if conn.dialect.name == "postgresql" else sqlite.insert(positions)
