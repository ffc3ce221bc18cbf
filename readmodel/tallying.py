"""Adding counted responses to the tally tables."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, case
from sqlalchemy.dialects import sqlite

from readmodel.adding_cells import add_cells
from readmodel.bulk import execute_many, insert_many
from readmodel.counting import Counts
from readmodel.response import StoredResponse
from readmodel.tables import answer_totals, flag_tallies, response_totals


def add_tallies(conn: Connection, rows: Iterable[StoredResponse]) -> None:
    """Count these responses, which must be new ones (see `insert_responses`), in every tally table."""
    counts = Counts()
    counts.add(rows)
    add_counts(conn, counts)


def add_counts(conn: Connection, counts: Counts) -> None:
    """Add what is counted in memory to the tables."""
    add_cells(conn, counts.cells)
    _add(conn, flag_tallies, [(*key, count) for key, count in counts.flags.items()])
    _add(conn, response_totals, [(*place, count, *counts.latest[place]) for place, count in counts.places.items()])
    _add(conn, answer_totals, [(*key, count) for key, count in counts.answers.items()])


def _add(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows are in the table's order of columns. Keys are sorted so that two writers can't wait for each other."""
    if not rows:
        return
    if conn.dialect.name == "sqlite":  # plain values: SQLAlchemy would only look at each and pass it on
        conn.exec_driver_sql(_sqlite_text(table), sorted(rows))
        return
    for _ in execute_many(conn, _adding(table, conn.dialect.name), table, sorted(rows)):
        pass


@lru_cache
def _adding(table: Table, dialect: str) -> Any:
    """Counts are added up; of instants the later is kept."""
    insert: Any = insert_many(table, dialect)
    new = insert.excluded
    change: dict[str, Any] = {"count": table.c.count + new.count}
    for column in table.columns:
        if not column.primary_key and column.name != "count":
            old = table.c[column.name]
            change[column.name] = case((old > new[column.name], old), else_=new[column.name])
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=change)


@lru_cache
def _sqlite_text(table: Table) -> str:
    return str(_adding(table, "sqlite").compile(dialect=sqlite.dialect(), column_keys=table.columns.keys()))
