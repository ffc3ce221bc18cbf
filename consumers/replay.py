"""Making the read model again: its tallies from its responses, or all of it from the log."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from consumers.projection import project
from eventlog import Entry, EventLog
from readmodel.catalog import load_catalog
from readmodel.database import open_database, writing
from readmodel.dead_letters import DeadRecord, insert_dead_letters, list_dead_letters
from readmodel.locks import keep_projections_out
from readmodel.projection import clear_projection, fingerprint, rebuild_tallies, store_positions
from readmodel.queries import next_positions
from readmodel.responses import responses_after

PATIENCE_S = 6 * 3600.0
SILENCE_S = 10.0
BATCH = 5_000
EVERY_DEAD_LETTER = 2**31 - 1
ID_BYTES = 16

Advance = Callable[[int, int], None]
"""Called with how much is done and how much there is, the first time with 0 done."""


class LogIncomplete(Exception):
    """The log no longer holds all that is counted, so rebuilding from it would lose responses: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: a SHA-256 per table before and after, and how many records or responses it went through.

    `lost` is how many responses the log no longer holds (0 unless that was allowed).
    """

    before: dict[str, str]
    after: dict[str, str]
    records: int
    lost: int = 0

    @property
    def identical(self) -> bool:
        """Whether every table holds the same as before, byte for byte."""
        return not self.changed

    @property
    def changed(self) -> list[str]:
        """The tables that hold something else than before."""
        return [table for table, digest in self.after.items() if self.before.get(table) != digest]


def replay(engine: Engine, advance: Advance) -> Replayed:
    """Make the tallies again from the responses; readers see the old ones until it is done, consumers wait.

    Raises DatabaseAway, with nothing changed.
    """
    totals = [0]

    def counted(done: int, total: int) -> None:
        totals.append(total)
        advance(done, total)

    with _patiently_writing(engine) as conn:
        keep_projections_out(conn)
        before = fingerprint(conn)
        rebuild_tallies(conn, counted)
        return Replayed(before, fingerprint(conn), totals[-1])


def from_log(log: EventLog, engine: Engine, advance: Advance, allow_loss: bool = False) -> Replayed:
    """Make responses, tallies, dead letters and positions again from what the log holds of what is counted.

    A log that nothing was counted of yet is read to its end. One transaction: readers see the old figures until it is
    done, consumers wait and go on behind it. What is known of dead letters (that they were tried again, or their
    bytes where the log has dropped them) stays known. Raises LogIncomplete when responses would not come back, unless
    `allow_loss`; LogUnavailable; DatabaseAway. Whatever it raises, nothing has changed.
    """
    log_id = log.identity()
    with _patiently_writing(engine) as conn:
        keep_projections_out(conn)
        positions_before = next_positions(conn, log_id)
        up_to = _counted(positions_before, log.ends())  # asked last: none of the positions can be behind it
        before, ids_before = fingerprint(conn), _event_ids(conn)
        letters_before = list_dead_letters(conn, log_id, limit=EVERY_DEAD_LETTER)
        retried = {(each.partition, each.position) for each in letters_before if each.retried_ms is not None}
        clear_projection(conn, log_id)
        records, first_kept = _project_all(conn, log, log_id, up_to, retried, advance)
        lost = _missing(ids_before, _event_ids(conn))
        if lost and not allow_loss:
            raise LogIncomplete(_refusal(lost, len(ids_before) // ID_BYTES, first_kept))
        if not lost:  # a partition that keeps no record any more has none to be read again
            unseen = {each: position for each, position in positions_before.items() if each not in first_kept}
            store_positions(conn, log_id, unseen, _now_ms())
        insert_dead_letters(conn, log_id, [each for each in letters_before if _stays(each, first_kept, up_to)])
        return Replayed(before, fingerprint(conn), records, lost)


def _counted(positions: Mapping[int, int], ends: Mapping[int, int]) -> dict[int, int]:
    """How far to read each partition: what lies behind is left to the consumers."""
    return {each: min(positions.get(each, 0), end) for each, end in ends.items()} if positions else dict(ends)


def _project_all(
    conn: Connection,
    log: EventLog,
    log_id: str,
    up_to: Mapping[int, int],
    retried: Collection[tuple[int, int]],
    advance: Advance,
) -> tuple[int, dict[int, int]]:
    """How many records were read, and the first position found in each partition.

    What lies at `retried` is passed over: its copy, further on in the log, stands for it.
    """
    _, catalog = load_catalog(conn)
    stored: dict[int, int] = {}
    read: dict[int, int] = {}
    first_kept: dict[int, int] = {}
    records, total = 0, sum(up_to.values())
    advance(0, total)
    for entries in _kept(log, up_to):
        for entry in entries:
            first_kept.setdefault(entry.partition, entry.position)
            read[entry.partition] = entry.position + 1
        standing = [entry for entry in entries if (entry.partition, entry.position) not in retried]
        stored |= project(conn, log_id, standing, stored, catalog, _now_ms()).positions
        records += len(entries)
        advance(sum(read.values()), total)
    store_positions(conn, log_id, read, _now_ms())
    advance(total, total)
    return records, first_kept


def _kept(log: EventLog, up_to: Mapping[int, int]) -> Iterator[list[Entry]]:
    """Everything before `up_to`. A partition may keep nothing any more, so silence is an end too.

    (An outage is not silent: the reader raises LogUnavailable.)
    """
    missing = {partition for partition, end in up_to.items() if end}
    with closing(log.reader(lambda _: {}, None)) as reader:
        heard = time.monotonic()
        while missing and time.monotonic() - heard < SILENCE_S:
            entries = reader.poll(BATCH, 1.0)
            missing -= {entry.partition for entry in entries if entry.position + 1 >= up_to.get(entry.partition, 0)}
            if entries:
                heard = time.monotonic()
                yield [entry for entry in entries if entry.position < up_to.get(entry.partition, 0)]


def _stays(letter: DeadRecord, first_kept: Mapping[int, int], up_to: Mapping[int, int]) -> bool:
    """Whether this dead letter was not to be made again: tried again since, or of a record that was not read."""
    first, end = first_kept.get(letter.partition), up_to.get(letter.partition, 0)
    return letter.retried_ms is not None or first is None or not first <= letter.position < end


def _event_ids(conn: Connection) -> bytes:
    """Every event_id in order, 16 bytes each."""
    ids = bytearray()
    page = responses_after(conn, None, BATCH)
    while page:
        ids += b"".join(response.event_id.bytes for response in page)
        page = responses_after(conn, page[-1].event_id, BATCH)
    return bytes(ids)


def _missing(before: bytes, after: bytes) -> int:
    """How many of the ids `before` are not among those `after`; both in order."""
    missing = at = 0
    for start in range(0, len(before), ID_BYTES):
        wanted = before[start : start + ID_BYTES]
        while at < len(after) and after[at : at + ID_BYTES] < wanted:
            at += ID_BYTES
        missing += after[at : at + ID_BYTES] != wanted
    return missing


def _refusal(lost: int, counted: int, first_kept: Mapping[int, int]) -> str:
    trimmed = ", ".join(f"partition {each} begins at {first}" for each, first in sorted(first_kept.items()) if first)
    return (
        f"{lost} of {counted} counted responses are no longer in the log ({trimmed or 'they came from another log'}) "
        "and would be lost; the tallies can still be rebuilt from the responses"
    )


def _now_ms() -> int:
    return round(time.time() * 1000)


@contextmanager
def _patiently_writing(engine: Engine) -> Iterator[Connection]:
    """A writing transaction whose statements may take hours."""
    patient = open_database(engine.url.render_as_string(hide_password=False), timeout_s=PATIENCE_S)
    try:
        with writing(patient) as conn:
            yield conn
    finally:
        patient.dispose()
