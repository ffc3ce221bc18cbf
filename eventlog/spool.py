"""Where a host keeps records while the log is down, and how they get into the log afterwards."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from eventlog.file_lock import FileLock
from eventlog.group_commit import Append, GroupCommit
from eventlog.interface import EventLog, Record, RecordRefused
from eventlog.sqlite import INSERT, MAX_RECORD_BYTES, headers_of, rows_of
from eventlog.sqlite import SCHEMA as LOG_SCHEMA
from eventlog.sqlite_file import Row, SqliteFile

_SCHEMA = (
    LOG_SCHEMA
    + """;
CREATE TABLE depth (records INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO depth VALUES (0, 0);
CREATE TABLE refused (
    id INTEGER PRIMARY KEY,
    timestamp_ms INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    headers TEXT,
    reason TEXT NOT NULL
)
"""
)
_DEPTH = "SELECT records, bytes, (SELECT timestamp_ms FROM records ORDER BY id LIMIT 1) FROM depth"
_ADD = "UPDATE depth SET records = records + ?, bytes = bytes + ?"
# At most 500 records, and no more of them once they are 4 MB: large ones must not fill the memory.
_OLDEST = """
SELECT id, key, value, headers FROM records
WHERE id <= (
    SELECT max(id) FROM (
        SELECT id, sum(size) OVER (ORDER BY id) - size AS bytes_before
        FROM (SELECT id, length(value) AS size FROM records ORDER BY id LIMIT 500)
    )
    WHERE bytes_before < 4000000
)
ORDER BY id
"""
_REFUSE = "INSERT INTO refused SELECT id, timestamp_ms, key, value, headers, ? FROM records WHERE id = ?"
_DELETE = """
DELETE FROM records WHERE id BETWEEN ? AND ?
RETURNING length(key) + length(value) + coalesce(length(headers), 0)
"""


class SpoolFull(Exception):
    """The spool holds as much, or holds it as long, as it may: let the sender try again later."""


@dataclass(frozen=True, slots=True)
class SpoolDepth:
    """What waits to be forwarded; `oldest_seconds` is 0.0 when nothing does."""

    records: int
    bytes: int
    oldest_seconds: float


class Spool:
    """Records on this host's disk, safe to append to from every thread and process.

    `max_bytes` counts keys, values and headers; the file takes somewhat more.
    """

    def __init__(self, path: Path, max_bytes: int, max_age_seconds: float) -> None:
        self._max_bytes = max_bytes
        self._max_age_seconds = max_age_seconds
        self._group = GroupCommit(SqliteFile(path, _SCHEMA), self._insert)
        self._file = SqliteFile(path, _SCHEMA)
        self._forwarder = FileLock(path.with_name(f"{path.name}-forwarder.lock"))

    @property
    def commits(self) -> int:
        return self._group.commits

    def append(self, records: Sequence[Record], timeout: float) -> None:
        """Return once every record is on disk. Raises SpoolFull, RecordRefused, LogUnavailable."""
        rows, size = rows_of(records, MAX_RECORD_BYTES)
        if rows:
            self._group.append(rows, size, timeout)

    def depth(self) -> SpoolDepth:
        ((records, size, oldest_ms),) = self._file.query(_DEPTH)
        return SpoolDepth(cast(int, records), cast(int, size), _age(cast(int | None, oldest_ms)))

    def refused(self) -> int:
        """How many records the log refused for good; they stay in the file's table `refused`, with the reason."""
        ((count,),) = self._file.query("SELECT count(*) FROM refused")
        return cast(int, count)

    def forward(self, log: EventLog, should_stop: Callable[[], bool], timeout: float = 10.0) -> int:
        """Move records into `log`, oldest first, until none is left; how many left the spool.

        Returns 0 at once while another process forwards. A record may reach the log twice, when this process
        dies between append and delete, but never not at all. Raises LogUnavailable, LogMisconfigured: call
        again after a pause.
        """
        if not self._forwarder.try_acquire():
            return 0
        try:
            moved = 0
            while not should_stop() and (batch := self._file.query(_OLDEST)):
                self._move(batch, log, timeout)
                moved += len(batch)
            self._file.shrink()
            return moved
        finally:
            self._forwarder.release()

    def close(self) -> None:
        self._group.close()
        self._file.close()

    def _insert(self, connection: sqlite3.Connection, appends: Sequence[Append]) -> None:
        ((_, stored, oldest_ms),) = connection.execute(_DEPTH)
        too_old = _age(oldest_ms) > self._max_age_seconds
        rows: list[Row] = []
        added = 0
        for append in appends:
            if too_old:
                append.failure = SpoolFull(f"a record has waited for more than {self._max_age_seconds:g} s")
            elif stored + added + append.size > self._max_bytes:
                append.failure = SpoolFull(f"{stored + added} of {self._max_bytes} bytes are taken")
            else:
                rows.extend(append.rows)
                added += append.size
        connection.executemany(INSERT, rows)
        connection.execute(_ADD, (len(rows), added))

    def _move(self, batch: list[Row], log: EventLog, timeout: float) -> None:
        try:
            log.append([_record(row) for row in batch], timeout)
        except RecordRefused as error:
            if len(batch) > 1:  # find the one
                for row in batch:
                    self._move([row], log, timeout)
                return
            self._delete(batch, timeout, refusal=str(error))
        else:
            self._delete(batch, timeout)

    def _delete(self, batch: list[Row], timeout: float, refusal: str | None = None) -> None:
        first, last = batch[0][0], batch[-1][0]

        def delete(connection: sqlite3.Connection) -> None:
            if refusal is not None:
                connection.execute(_REFUSE, (refusal, first))
            sizes = connection.execute(_DELETE, (first, last)).fetchall()
            connection.execute(_ADD, (-len(sizes), -sum(size for (size,) in sizes)))

        self._group.run(delete, timeout)


def _age(timestamp_ms: int | None) -> float:
    return 0.0 if timestamp_ms is None else max(0.0, time.time() - timestamp_ms / 1000)


def _record(row: Row) -> Record:
    _, key, value, headers = cast(tuple[int, bytes, bytes, str | None], row)
    return Record(key, value, headers_of(headers))
