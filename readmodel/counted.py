"""Which of some event ids have been counted, and as what."""

from collections.abc import Iterable
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection, select

from readmodel.response import StoredResponse
from readmodel.responses import response_of
from readmodel.tables import responses

_AT_ONCE = 500


def counted(conn: Connection, event_ids: Iterable[UUID]) -> dict[UUID, StoredResponse]:
    """The responses stored under these ids, by id; what is not stored is left out."""
    found: dict[UUID, StoredResponse] = {}
    remaining = iter(event_ids)
    while some := list(islice(remaining, _AT_ONCE)):
        rows = conn.execute(select(responses).where(responses.c.event_id.in_(some))).mappings()
        found.update((row["event_id"], response_of(row)) for row in rows)
    return found
