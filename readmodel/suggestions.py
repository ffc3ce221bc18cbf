"""What visitors wrote, for reports that may show it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select

from readmodel.scope import Scope, in_scope
from readmodel.tables import responses


@dataclass(frozen=True, slots=True)
class Written:
    """A comment with the service it is about; `occurred_ms` is Unix milliseconds."""

    occurred_ms: int
    service: str
    comment: str


def written(
    conn: Connection,
    *,
    start_ms: int,
    end_ms: int,
    scope: Scope,
    most: int,
    before: Mapping[int, int] | None = None,
) -> tuple[int, list[Written]]:
    """How many included responses with start_ms <= occurred_ms < end_ms have a comment, and the newest `most` of them.

    `before` takes only those at lower positions of the log than it names for their partition.
    """
    columns = responses.c
    conditions = [
        columns.occurred_ms >= start_ms,
        columns.occurred_ms < end_ms,
        columns.included,
        columns.comment.is_not(None),
        columns.comment != "",
        *in_scope(scope),
    ]
    if before is not None:
        ends = sorted(before.items())
        conditions.append(
            or_(*(and_(columns.partition == partition, columns.position < end) for partition, end in ends))
        )
    total: int = conn.execute(select(func.count()).select_from(responses).where(*conditions)).scalar_one()
    newest = (columns.occurred_ms.desc(), columns.event_id.desc())
    query = select(columns.occurred_ms, columns.service, columns.comment).where(*conditions).order_by(*newest)
    return total, [Written(*row) for row in conn.execute(query.limit(most))]
