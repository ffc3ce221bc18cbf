"""Group commit: what many threads append at once goes to disk in one transaction, with one sync."""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from eventlog.file_lock import FileLock
from eventlog.forking import around_fork
from eventlog.interface import LogMisconfigured, LogUnavailable
from eventlog.sqlite_file import FileBusy, Row, SqliteFile

Work = Callable[[sqlite3.Connection], None]

_MAX_WAITING_BYTES = 64 * 1024 * 1024
_CLOSE_WITHIN = 5.0


class Append:
    """One call's rows, or other work, on their way to disk; `failure` is what the caller will raise."""

    __slots__ = ("failure", "finished", "rows", "size", "work")

    def __init__(self, rows: Sequence[Row], size: int, work: Work | None = None) -> None:
        self.rows = rows
        self.size = size
        self.work = work
        self.failure: Exception | None = None
        self.finished = threading.Lock()
        self.finished.acquire()


class GroupCommit:
    """A thread that writes what other threads hand in; started by the first, in whichever process that is.

    `write` gets the connection within a transaction and the appends to write; it may set an append's
    `failure` instead of writing it. At most `max_waiting_bytes` wait in memory.
    """

    def __init__(
        self,
        file: SqliteFile,
        write: Callable[[sqlite3.Connection, Sequence[Append]], None],
        max_waiting_bytes: int = _MAX_WAITING_BYTES,
    ) -> None:
        self.commits = 0
        self._file = file
        # SQLite lets writers that find each other busy sleep and try again, unfairly; waiting here they are woken up.
        self._turn = FileLock(file.path.with_name(f"{file.path.name}-writer.lock"))
        self._write = write
        self._max_waiting_bytes = max_waiting_bytes
        self._closing = False
        self._start_empty()
        around_fork(in_child=self._start_empty)

    def append(self, rows: Sequence[Row], size: int, timeout: float) -> None:
        """Return when `rows`, of `size` bytes together, are on disk: all of them.

        Raises LogUnavailable after `timeout` seconds or on trouble with the file, and what `write` found.
        """
        self._do(Append(rows, size), timeout)

    def run(self, work: Work, timeout: float) -> None:
        """Return when what `work` did is on disk, along with the appends of that moment. Raises as append does."""
        self._do(Append((), 0, work), timeout)

    def close(self) -> None:
        """Write what waits, stop the thread and close the file, in a few seconds at most."""
        with self._lock:
            self._closing = True
            self._work.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(_CLOSE_WITHIN)
            if thread.is_alive():
                return  # it waits for a process that has stopped in its turn; it ends with this process
        self._file.close()

    def _do(self, append: Append, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        with self._lock:
            self._enqueue(append, timeout)
        if not append.finished.acquire(timeout=max(0.0, deadline - time.monotonic())):
            with self._lock:
                self._forget(append)
            raise LogUnavailable(f"{self._file.path}: not confirmed within {timeout:g} s")
        if append.failure is not None:
            raise append.failure

    def _start_empty(self) -> None:
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._room = threading.Condition(self._lock)
        self._waiting: deque[Append] = deque()
        self.waiting_bytes = 0
        self._thread: threading.Thread | None = None

    def _enqueue(self, append: Append, timeout: float) -> None:
        if not self._room.wait_for(lambda: self._has_room(append.size), timeout):
            raise LogUnavailable(f"{self._file.path}: too much waits to be written")
        if self._closing:
            raise LogUnavailable(f"{self._file.path}: closed")
        self._waiting.append(append)
        self.waiting_bytes += append.size
        if self._thread is None:
            self._start()
        self._work.notify()

    def _has_room(self, size: int) -> bool:
        return not self._waiting or self.waiting_bytes + size <= self._max_waiting_bytes

    def _forget(self, append: Append) -> None:
        if append in self._waiting:
            self._waiting.remove(append)
            self.waiting_bytes -= append.size
            self._room.notify_all()

    def _take(self) -> list[Append]:
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
            self.waiting_bytes = 0
            self._room.notify_all()
            return taken

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"append {self._file.path.name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while self._wait_for_work():
                self._commit_waiting()
        finally:
            with self._lock:
                self._thread = None
                if self._waiting:  # a mistake of ours ended this thread: those that came since need another
                    self._start()

    def _wait_for_work(self) -> bool:
        with self._lock:
            self._work.wait_for(lambda: self._waiting or self._closing)
            return bool(self._waiting)

    def _commit_waiting(self) -> None:
        taken: list[Append] = []
        try:
            with self._turn, self._file.use() as connection:
                connection.execute("BEGIN IMMEDIATE")
                taken = self._take()  # only now: who came while others wrote comes along
                self._write(connection, [append for append in taken if append.work is None])
                for append in taken:
                    if append.work is not None:
                        append.work(connection)
                connection.execute("COMMIT")
                self.commits += 1
        except FileBusy as error:
            _finish(taken, error)  # who has not been taken waits on, and gives up by its own clock
        except (LogUnavailable, LogMisconfigured) as error:
            _finish(taken or self._take(), error)
        except BaseException:
            _finish(taken, LogUnavailable(f"{self._file.path}: the writing thread broke down"))
            raise
        else:
            _finish(taken)


def _finish(appends: Sequence[Append], error: LogUnavailable | LogMisconfigured | None = None) -> None:
    for append in appends:
        if error is not None:
            append.failure = type(error)(*error.args)  # one each: a traceback belongs to one thread
        append.finished.release()
