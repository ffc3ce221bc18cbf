"""The embedded log: one SQLite file that every process of a host appends to and reads."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import quote

from eventlog.file_lock import FileLock
from eventlog.group_commit import Append, GroupCommit
from eventlog.interface import Entry, Headers, LogMisconfigured, Positions, Record, RecordRefused
from eventlog.sqlite_file import Row, SqliteFile

MAX_RECORD_BYTES = 1_000_000
"""Key, value and headers together; a little below what Kafka takes by default."""

# A record's position is id - 1. AUTOINCREMENT: an id is never given twice, also not when the last records are deleted.
SCHEMA = """
CREATE TABLE records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    timestamp_ms INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    headers TEXT
);
INSERT INTO sqlite_sequence (name, seq) VALUES ('records', 0);
CREATE TABLE identity (id TEXT NOT NULL);
INSERT INTO identity VALUES (lower(hex(randomblob(16))))
"""
INSERT = "INSERT INTO records (timestamp_ms, key, value, headers) VALUES (?, ?, ?, ?)"
_READ = "SELECT id - 1, timestamp_ms, key, value, headers FROM records WHERE id > ? ORDER BY id LIMIT ?"
_LOOK_AGAIN = 0.02  # seconds between two looks of a reader that waits


class SqliteLog:
    """The log with the one partition 0, whose positions are dense.

    Appends of one process share a sync (see GroupCommit); `commits` counts them.
    """

    def __init__(self, path: Path, max_record_bytes: int = MAX_RECORD_BYTES) -> None:
        self._path = path
        self._max_record_bytes = max_record_bytes
        self._group = GroupCommit(SqliteFile(path, SCHEMA), _insert)
        self._reading = SqliteFile(path, SCHEMA)

    @property
    def commits(self) -> int:
        return self._group.commits

    def identity(self) -> str:
        return _identity(self._reading)

    def append(self, records: Sequence[Record], timeout: float) -> None:
        rows, size = rows_of(records, self._max_record_bytes)
        if rows:
            self._group.append(rows, size, timeout)

    def reader(self, start: Callable[[Collection[int]], Positions], group: str | None) -> "SqliteReader":
        return SqliteReader(self._path, start, group)

    def ends(self) -> Positions:
        ((appended,),) = self._reading.query("SELECT seq FROM sqlite_sequence WHERE name = 'records'")
        return {0: cast(int, appended)}

    def close(self) -> None:
        self._group.close()
        self._reading.close()


class SqliteReader:
    """Reads partition 0; of a group, the one reader that holds the group's lock file does."""

    def __init__(self, path: Path, start: Callable[[Collection[int]], Positions], group: str | None) -> None:
        self._file = SqliteFile(path, SCHEMA)
        self._start = start
        self._lock = (
            None if group is None else FileLock(path.with_name(f"{path.name}-group-{quote(group, safe='')}.lock"))
        )
        self._log: str | None = None
        self._next: int | None = None
        self._closed = threading.Event()

    def poll(self, max_records: int, timeout: float) -> list[Entry]:
        deadline = time.monotonic() + timeout
        while True:
            entries = self._read(max_records)
            left = deadline - time.monotonic()
            if entries or left <= 0 or self._closed.wait(min(left, _LOOK_AGAIN)):
                return entries

    def seek(self, positions: Positions) -> None:
        if self._next is not None:
            self._next = positions.get(0, self._next)

    def assigned(self) -> frozenset[int]:
        return frozenset() if self._next is None else frozenset({0})

    def stored(self, positions: Positions) -> None:
        """Nothing: only Kafka has lag tools of its own."""

    def close(self) -> None:
        self._closed.set()
        self._next = None
        self._file.close()
        if self._lock is not None:
            self._lock.release()

    def _read(self, max_records: int) -> list[Entry]:
        if self._next is None and not self._assign():
            return []
        if _identity(self._file) != self._log:
            raise LogMisconfigured(f"{self._file.path} was replaced by another log while it was read")
        entries = [_entry(row) for row in self._file.query(_READ, (self._next, max_records))]
        if entries:
            self._next = entries[-1].position + 1
        return entries

    def _assign(self) -> bool:
        if self._closed.is_set() or (self._lock is not None and not self._lock.try_acquire()):
            return False
        self._log = _identity(self._file)
        self._next = self._start([0]).get(0, 0)
        return True


def rows_of(records: Iterable[Record], max_record_bytes: int) -> tuple[list[Row], int]:
    """The rows for INSERT, stamped now, and how many bytes they are. Raises RecordRefused."""
    now = time.time_ns() // 1_000_000
    rows: list[Row] = []
    total = 0
    for record in records:
        headers = _packed(record.headers) if record.headers else None
        size = len(record.key) + len(record.value) + (len(headers) if headers else 0)
        if size > max_record_bytes:
            raise RecordRefused(f"a record of {size} bytes; the log takes up to {max_record_bytes}")
        total += size
        rows.append((now, record.key, record.value, headers))
    return rows, total


def headers_of(packed: str | None) -> Headers:
    """The headers a row keeps as text."""
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(packed)) if packed else ()


def _packed(headers: Headers) -> str:
    return json.dumps([(name, value.decode("latin-1")) for name, value in headers])


def _insert(connection: sqlite3.Connection, appends: Sequence[Append]) -> None:
    connection.executemany(INSERT, [row for append in appends for row in append.rows])


def _entry(row: Row) -> Entry:
    position, timestamp_ms, key, value, headers = cast(tuple[int, int, bytes, bytes, str | None], row)
    return Entry(0, position, timestamp_ms, key, value, headers_of(headers))


def _identity(file: SqliteFile) -> str:
    ((identity,),) = file.query("SELECT id FROM identity")
    return str(identity)
