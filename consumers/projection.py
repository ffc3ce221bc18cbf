"""One batch of records into the read model, in the caller's transaction: all of it, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from consumers.brake import Setback
from consumers.decoding import Unusable, response_in
from eventlog import Entry
from readmodel.projection import (
    DeadRecord,
    StoredResponse,
    add_tallies,
    claim,
    insert_dead_letters,
    insert_responses,
    store_positions,
)
from schemas.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Projected:
    """What became of a batch, once the transaction commits.

    `responses` are those not counted before. `outcomes` are (partition, setback or None) in the order read. `positions`
    are stored: read on from there. `moved` are partitions of which nothing was taken because somebody else has stored
    other positions since: read those on from the positions given.
    """

    responses: list[StoredResponse]
    outcomes: list[tuple[int, Setback | None]]
    positions: dict[int, int]
    moved: dict[int, int]


def project(
    conn: Connection,
    log_id: str,
    entries: Sequence[Entry],
    read_from: Mapping[int, int],
    catalog: Catalog,
    now_ms: int,
) -> Projected:
    """Count `entries`, or keep them as dead letters, and store the positions behind them.

    `read_from` holds, per partition, the stored position that these entries were read on from (absent: none). Where
    another position is stored by now, another consumer is ahead or an operator moved back, and counting on would
    count twice or leave something out. Where it is the same, every entry counts whatever its position: logs have
    gaps (retention, markers of transactions), and one that begins at lower positions again has lost records, so that
    event_ids alone tell what is new.
    """
    partitions = {entry.partition for entry in entries}
    stored = claim(conn, log_id, partitions)
    moved = {each: stored.get(each, 0) for each in partitions if stored.get(each, 0) != read_from.get(each, 0)}
    ours = [entry for entry in entries if entry.partition not in moved]
    decoded = [(entry, response_in(entry, catalog)) for entry in ours]
    new = insert_responses(conn, [found for _, found in decoded if isinstance(found, StoredResponse)])
    add_tallies(conn, new)
    dead = [(entry, found) for entry, found in decoded if isinstance(found, Unusable)]
    insert_dead_letters(conn, log_id, [_dead_record(entry, why, now_ms) for entry, why in dead])
    positions = {entry.partition: entry.position + 1 for entry in ours}
    store_positions(conn, log_id, positions, now_ms)
    outcomes = [(entry.partition, _setback(entry, found)) for entry, found in decoded]
    return Projected(new, outcomes, positions, moved)


def _setback(entry: Entry, found: StoredResponse | Unusable) -> Setback | None:
    if isinstance(found, StoredResponse):
        return None
    return Setback(entry.partition, entry.position, found.reason, found.detail)


def _dead_record(entry: Entry, why: Unusable, now_ms: int) -> DeadRecord:
    return DeadRecord(
        partition=entry.partition,
        position=entry.position,
        key=entry.key,
        value=entry.value,
        headers=entry.headers,
        timestamp_ms=entry.timestamp_ms,
        reason=why.reason,
        detail=why.detail,
        dead_ms=now_ms,
    )
