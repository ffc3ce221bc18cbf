"""Keeping responses and reading them back."""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, select

from readmodel.bulk import execute_many, insert_many
from readmodel.response import StoredResponse
from readmodel.tables import responses


def insert_responses(conn: Connection, rows: Sequence[StoredResponse]) -> list[StoredResponse]:
    """Keep the responses whose event_id is new and return them, in the order of their event_id.

    Of several with one event_id the first counts. Raises sqlalchemy.exc.DataError for what
    `StoredResponse.fault` names.
    """
    first: dict[UUID, StoredResponse] = {}
    for row in rows:
        first.setdefault(row.event_id, row)
    ordered = sorted(first)  # the same order for all writers, so that no two wait for each other
    parameters = [_row_of(first[event_id]) for event_id in ordered]
    new: set[UUID] = set()
    for result in execute_many(conn, _inserting(conn.dialect.name), responses, parameters):
        new.update(result.scalars())
    return [first[event_id] for event_id in ordered if event_id in new]


def responses_after(conn: Connection, last: UUID | None, limit: int) -> list[StoredResponse]:
    """The next `limit` responses in the order of event_id, behind `last` (None: from the first)."""
    query = select(responses).order_by(responses.c.event_id).limit(limit)
    if last is not None:
        query = query.where(responses.c.event_id > last)
    return [response_of(row) for row in conn.execute(query).mappings()]


def response_of(row: RowMapping) -> StoredResponse:
    """The response in a row of the table."""
    values = dict(row)
    values["flags"] = tuple(values["flags"])
    return StoredResponse(**values)


_row_of = attrgetter(*responses.columns.keys())
"""A response as a row, in the table's order of columns."""


@lru_cache
def _inserting(dialect: str) -> Any:
    insert: Any = insert_many(responses, dialect)
    return insert.on_conflict_do_nothing(index_elements=["event_id"]).returning(responses.c.event_id)
