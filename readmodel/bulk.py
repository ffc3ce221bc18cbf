"""Writing many rows with one statement, the fast way of each database."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Connection, CursorResult, Select, Table, Text, bindparam, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

Insert = postgresql.Insert | sqlite.Insert

_PER_STATEMENT = 1000


def insert_many(table: Table, dialect: str) -> Insert:
    """An INSERT of any number of rows, to run with `execute_many`; a conflict clause may be added.

    PostgreSQL is sent the rows as one JSON text: the statement keeps its shape and its plan, and the driver has one
    parameter to adapt in place of thousands.
    """
    if dialect != "postgresql":
        return sqlite.insert(table)
    return postgresql.insert(table).from_select(table.columns.keys(), _rows_of_json(table))


def execute_many(
    conn: Connection, statement: Any, table: Table, rows: Sequence[tuple[Any, ...]]
) -> Iterator[CursorResult[Any]]:
    """Run such an INSERT part by part, and give the result of each. Rows are in the table's order of columns."""
    names = table.columns.keys()
    for start in range(0, len(rows), _PER_STATEMENT):
        part = [dict(zip(names, row, strict=True)) for row in rows[start : start + _PER_STATEMENT]]
        if conn.dialect.name == "postgresql":
            yield conn.execute(statement, {"rows": json.dumps(part, default=_plain)})
        else:
            yield conn.execute(statement, part)


def _rows_of_json(table: Table) -> Select[Any]:
    columns = [
        Column(column.name, JSONB() if isinstance(column.type, JSON) else column.type) for column in table.columns
    ]
    document = cast(bindparam("rows", type_=Text), postgresql.JSON)
    return select(*func.json_to_recordset(document).table_valued(*columns).render_derived(with_types=True).c)


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    raise TypeError(f"{type(value).__name__} is not for JSON")
