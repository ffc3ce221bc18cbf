"""Making the tallies again, starting anew, and telling whether two databases hold the same."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Table, Text, collate, delete, func, select

from readmodel.counting import Counts
from readmodel.locks import keep_projections_out
from readmodel.responses import responses_after
from readmodel.tables import TALLY_TABLES, dead_letters, positions, responses
from readmodel.tallying import add_counts

_READ_AT_ONCE = 2_000
_CELLS_IN_MEMORY = 100_000

_WALL_CLOCK = frozenset({"updated_ms", "dead_ms", "retried_ms"})


def rebuild_tallies(conn: Connection, progress: Callable[[int, int], None]) -> None:
    """Make every tally again from `responses`; readers see the old ones until the transaction ends.

    Consumers wait meanwhile. Memory is bounded whatever the number of responses. `progress` is called with how many
    are done and how many there are, first with 0. Open the database with a `timeout_s` of hours for this.
    """
    keep_projections_out(conn)
    total = conn.execute(select(func.count()).select_from(responses)).scalar_one()
    for table in TALLY_TABLES:
        conn.execute(delete(table))
    done = 0
    counts = Counts()
    last: UUID | None = None
    progress(done, total)
    while rows := responses_after(conn, last, _READ_AT_ONCE):
        counts.add(rows)
        last = rows[-1].event_id
        if len(counts) > _CELLS_IN_MEMORY:
            add_counts(conn, counts)
            counts = Counts()
        done += len(rows)
        progress(done, total)
    add_counts(conn, counts)


def clear_projection(conn: Connection, log_id: str | None = None) -> None:
    """Forget responses, tallies, dead letters and positions, to project the log again from its beginning.

    With `log_id`, positions and dead letters of other logs stay. Catalogs stay. Open the database with a `timeout_s`
    of hours for this.
    """
    keep_projections_out(conn)
    for table in (responses, *TALLY_TABLES):
        conn.execute(delete(table))
    for table in (positions, dead_letters):
        statement = delete(table)
        conn.execute(statement if log_id is None else statement.where(table.c.log_id == log_id))


def fingerprint(conn: Connection) -> dict[str, str]:
    """A SHA-256 for each table that a projection writes; the same rows give the same on both databases.

    What only says when something was done (positions.updated_ms, dead_letters.dead_ms and retried_ms) is left out.
    """
    return {table.name: _digest(conn, table) for table in (responses, *TALLY_TABLES, dead_letters, positions)}


def _digest(conn: Connection, table: Table) -> str:
    columns = [column for column in table.columns if column.name not in _WALL_CLOCK]
    query = select(*columns).order_by(*(_in_byte_order(conn, column) for column in table.primary_key))
    if table is positions:
        query = query.where(positions.c.next_position.is_not(None))
    digest = hashlib.sha256()
    for row in conn.execute(query, execution_options={"yield_per": 1000}):
        digest.update(json.dumps(list(row), sort_keys=True, default=_plain).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _in_byte_order(conn: Connection, column: Column[Any]) -> Any:
    if conn.dialect.name == "postgresql" and isinstance(column.type, Text):
        return collate(column, "C")  # a database's own order of letters depends on how it was made
    return column


def _plain(value: object) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
