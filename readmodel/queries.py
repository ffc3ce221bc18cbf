"""Named reads. Each sees one state of the database when run in one `reading` transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, case, false, func, or_, select, tuple_

from readmodel.dead_letters import dead_letters_by_reason, find_dead_letter, list_dead_letters, streak
from readmodel.response import StoredResponse
from readmodel.responses import response_of
from readmodel.scope import (
    DIMENSIONS,
    EVERYTHING,
    RESPONDENT_FIELDS,
    Dimension,
    Scope,
    Span,
    TooMuch,
    in_scope,
    whole_sum,
)
from readmodel.tables import answer_totals, flag_tallies, positions, response_totals, responses
from readmodel.tally_queries import TallyGroup, tallies

__all__ = [
    "DIMENSIONS",
    "EVERYTHING",
    "RESPONDENT_FIELDS",
    "AnswerTotal",
    "AsOf",
    "Dimension",
    "LastSeen",
    "ResponseTotal",
    "Scope",
    "Span",
    "TallyGroup",
    "TooMuch",
    "answers_by_question",
    "as_of",
    "dead_letters_by_reason",
    "find_dead_letter",
    "flagged_by_rule",
    "last_feedback",
    "last_seen",
    "list_dead_letters",
    "next_positions",
    "response_page",
    "responses_by_channel",
    "streak",
    "tallies",
]


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the counts include: everything before these positions, as of that time (Unix milliseconds).

    `time_ms` and `log_id` are None before the first projection.
    """

    time_ms: int | None
    log_id: str | None
    positions: dict[int, int]


@dataclass(frozen=True, slots=True)
class LastSeen:
    """The latest moments of one place: when a visitor last answered, and when a response last arrived (Unix ms)."""

    occurred_ms: int
    received_ms: int


@dataclass(frozen=True, slots=True)
class ResponseTotal:
    """Responses since the beginning."""

    included: int
    excluded: int


@dataclass(frozen=True, slots=True)
class AnswerTotal:
    """How many included responses ever gave this answer."""

    unit: str
    service: str
    question: str
    answer: int
    count: int


def as_of(conn: Connection) -> AsOf:
    """How far the log that was projected last is counted."""
    newest = positions.c.updated_ms.desc()
    query = select(positions.c.log_id, positions.c.updated_ms).where(positions.c.next_position.is_not(None))
    row = conn.execute(query.order_by(newest, positions.c.log_id).limit(1)).one_or_none()
    if row is None:
        return AsOf(None, None, {})
    return AsOf(row.updated_ms, row.log_id, next_positions(conn, row.log_id))


def next_positions(conn: Connection, log_id: str) -> dict[int, int]:
    """The next position of each partition that something was stored for; locks nothing (see `claim`)."""
    query = select(positions.c.partition, positions.c.next_position).where(
        positions.c.log_id == log_id, positions.c.next_position.is_not(None)
    )
    return {partition: next_position for partition, next_position in conn.execute(query) if next_position is not None}


def last_feedback(conn: Connection) -> dict[tuple[str, str], LastSeen]:
    """Per (unit, service), the latest feedback, included or not."""
    return _latest(conn, "unit", "service")


def last_seen(conn: Connection) -> dict[tuple[str, str], LastSeen]:
    """Per (unit, touchpoint), the latest feedback, included or not."""
    return _latest(conn, "unit", "touchpoint")


def _latest(conn: Connection, first: str, second: str) -> dict[tuple[str, str], LastSeen]:
    columns = response_totals.c
    keys = (columns[first], columns[second])
    query = select(*keys, func.max(columns.last_occurred_ms), func.max(columns.last_received_ms)).group_by(*keys)
    return {(a, b): LastSeen(occurred, received) for a, b, occurred, received in conn.execute(query)}


def responses_by_channel(conn: Connection) -> dict[tuple[str, str, str], ResponseTotal]:
    """Per (unit, service, channel), responses since the beginning."""
    columns = response_totals.c
    keys = (columns.unit, columns.service, columns.channel)
    included = case((columns.included, columns.count), else_=0)
    query = select(*keys, whole_sum(included), whole_sum(columns.count - included)).group_by(*keys)
    return {(unit, service, channel): ResponseTotal(*counts) for unit, service, channel, *counts in conn.execute(query)}


def answers_by_question(conn: Connection) -> list[AnswerTotal]:
    """Answers of included responses since the beginning."""
    return [AnswerTotal(*row) for row in conn.execute(select(answer_totals))]


def flagged_by_rule(conn: Connection) -> dict[str, int]:
    """Responses flagged per misuse rule since the beginning, included or not."""
    query = select(flag_tallies.c.rule, whole_sum(flag_tallies.c.count)).group_by(flag_tallies.c.rule)
    return {name: count for name, count in conn.execute(query)}  # noqa: C416 - a Row is no pair to dict()


def response_page(
    conn: Connection,
    *,
    start_ms: int,
    end_ms: int,
    limit: int,
    scope: Scope = EVERYTHING,
    after: tuple[int, UUID] | None = None,
    before: Mapping[int, int] | None = None,
) -> list[StoredResponse]:
    """Up to `limit` responses with start_ms <= occurred_ms < end_ms, behind `after`.

    Ordered by (occurred_ms, event_id); give those of the last one as `after` to go on. `before` takes those alone that
    lie at lower positions of the log than it names for their partition, and so what was there at one moment.
    """
    columns = responses.c
    query = select(responses).where(columns.occurred_ms >= start_ms, columns.occurred_ms < end_ms)
    query = query.where(*in_scope(scope))
    if after is not None:
        query = query.where(tuple_(columns.occurred_ms, columns.event_id) > after)
    if before is not None:
        at = ((columns.partition == partition) & (columns.position < end) for partition, end in sorted(before.items()))
        query = query.where(or_(false(), *at))
    query = query.order_by(columns.occurred_ms, columns.event_id).limit(limit)
    return [response_of(row) for row in conn.execute(query).mappings()]
