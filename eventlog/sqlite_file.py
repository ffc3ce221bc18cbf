"""A SQLite file several processes write to at once, with a connection that survives a fork."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from eventlog.forking import around_fork
from eventlog.interface import LogMisconfigured, LogUnavailable

_BUSY_WAIT = 0.05  # one try; whoever needs longer tries again, so that nobody else waits behind the lock below
_APPLICATION_ID = 0x50756173  # "Puas": another program's database is refused rather than written to

Row = tuple[object, ...]


class FileBusy(LogUnavailable):
    """Another connection is writing: try again."""


class SqliteFile:
    """One connection to `path`, made on first use, for one thread at a time.

    The file and its directory are made when absent, `schema` is run in a new file. Every commit is synced to
    disk. The file must be on a local disk. Errors become LogUnavailable or LogMisconfigured.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._schema = schema
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._lock = threading.Lock()
        # SQLite keeps what it has locked in memory that a fork copies while the kernel's locks stay behind: a child
        # would believe it holds them. So nothing is open while this process forks.
        around_fork(before=self._before_fork, in_parent=self._after_fork, in_child=self._start_anew)

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """The connection; a transaction left open by an exception is rolled back.

        Raises FileBusy when another connection keeps the lock, LogUnavailable, LogMisconfigured.
        """
        with self._lock:
            try:
                yield self._current()
            except BaseException as error:
                failure = _translated(error, self.path)
                self._recover(keep=isinstance(failure, FileBusy))
                if failure is None:
                    raise
                raise failure from error

    def query(self, sql: str, parameters: tuple[object, ...] = (), timeout: float = 2.0) -> list[Row]:
        """Every row of one reading statement, which waits for no writer."""
        return self._patiently(lambda: self._read(sql, parameters), timeout)

    def shrink(self) -> None:
        """Give back the space of deleted rows, in steps that other writers hardly notice."""
        before = None
        while (free := self.query("PRAGMA freelist_count")) not in ([(0,)], before):
            self._patiently(self._shrink_some, timeout=2.0)
            before = free

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _read(self, sql: str, parameters: tuple[object, ...]) -> list[Row]:
        with self.use() as connection:
            return connection.execute(sql, parameters).fetchall()

    def _shrink_some(self) -> list[Row]:
        with self.use() as connection:
            connection.executescript("PRAGMA incremental_vacuum(5000)")  # execute() would give back one page only
        return []

    def _patiently(self, attempt: Callable[[], list[Row]], timeout: float) -> list[Row]:
        deadline = time.monotonic() + timeout
        while True:
            try:
                return attempt()
            except FileBusy:
                if time.monotonic() >= deadline:
                    raise

    def _current(self) -> sqlite3.Connection:
        if self._connection is not None and self._inode != _inode(self.path):
            self._drop()  # the file was taken away: what would be written to it now, nobody would ever read
        if self._connection is None:
            self._connection = _connect(self.path, self._schema)
            self._inode = _inode(self.path)
        return self._connection

    def _recover(self, keep: bool) -> None:
        if self._connection is None:
            return
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            keep = False
        if not keep:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _before_fork(self) -> None:
        self._lock.acquire()
        self._drop()

    def _after_fork(self) -> None:
        self._lock.release()

    def _start_anew(self) -> None:
        self._lock = threading.Lock()


def _connect(path: Path, schema: str) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_BUSY_WAIT, isolation_level=None, check_same_thread=False)
    try:
        if connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION_ID,):
            _create(connection, path, schema)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {64 * 1024 * 1024}")
    except BaseException:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection, path: Path, schema: str) -> None:
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only an empty file takes it, so before WAL writes a page
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION_ID,):  # else another process was first
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
            raise LogMisconfigured(f"{path} is a database of something else")
        for statement in schema.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute("COMMIT")


def _translated(error: BaseException, path: Path) -> Exception | None:
    """What a caller can act on, or None for an error that is not the file's."""
    if isinstance(error, sqlite3.OperationalError):
        primary_code = error.sqlite_errorcode & 0xFF
        if primary_code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return FileBusy(f"{path}: {error}")
        return LogUnavailable(f"{path}: {error}")
    if isinstance(error, sqlite3.DatabaseError) and getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    ):
        return LogMisconfigured(f"{path}: {error}")
    if isinstance(error, OSError):
        return LogUnavailable(f"{path}: {error}")
    return None


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116  # on the path of every commit; pathlib's costs twice as much
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
