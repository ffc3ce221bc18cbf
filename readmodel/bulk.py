"""Writing many rows with one statement, the fast way of each database."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column, Connection, CursorResult, Select, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

Insert = postgresql.Insert | sqlite.Insert
Row = Mapping[str, Any]

_PER_STATEMENT = 1000


def insert_many(table: Table, dialect: str) -> Insert:
    """An INSERT of any number of rows, to run with `execute_many`; a conflict clause may be added.

    PostgreSQL is sent one array for each column, so that the statement keeps its shape and its plan.
    """
    if dialect != "postgresql":
        return sqlite.insert(table)
    return postgresql.insert(table).from_select(table.columns.keys(), _unnested(table))


def execute_many(conn: Connection, statement: Any, table: Table, rows: Sequence[Row]) -> Iterator[CursorResult[Any]]:
    """Run such an INSERT part by part, and give the result of each; every row names every column."""
    for start in range(0, len(rows), _PER_STATEMENT):
        part = rows[start : start + _PER_STATEMENT]
        if conn.dialect.name == "postgresql":
            yield conn.execute(statement, {column.name: [row[column.name] for row in part] for column in table.columns})
        else:
            yield conn.execute(statement, list(part))


def _unnested(table: Table) -> Select[Any]:
    kinds = [(column.name, JSONB() if isinstance(column.type, JSON) else column.type) for column in table.columns]
    arrays = [bindparam(name, type_=ARRAY(kind, dimensions=1)) for name, kind in kinds]
    return select(*func.unnest(*arrays).table_valued(*(Column(name, kind) for name, kind in kinds)).render_derived().c)
