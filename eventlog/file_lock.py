"""A lock between the processes of one host, which the kernel opens when its holder dies."""

import fcntl
import os
import threading
from pathlib import Path
from types import TracebackType

from eventlog.forking import around_fork
from eventlog.interface import LogUnavailable


class FileLock:
    """At most one holder per `path`, however many processes and objects."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opening = threading.Lock()
        self._opened: set[int] = set()
        self._held: int | None = None
        around_fork(before=self._before_fork, in_parent=self._after_fork, in_child=self._start_anew)

    def try_acquire(self) -> bool:
        """Whether the lock was free and is this object's now; does not wait. Raises LogUnavailable."""
        return self._acquire(fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Let the next one in; nothing happens if this object does not hold the lock."""
        if self._held is not None:
            descriptor, self._held = self._held, None
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            self._close(descriptor)

    def __enter__(self) -> None:
        """Wait for the lock, however long it takes. Raises LogUnavailable."""
        self._acquire(fcntl.LOCK_EX)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _acquire(self, how: int) -> bool:
        try:
            descriptor = self._open()
        except OSError as error:
            raise LogUnavailable(f"{self._path}: {error}") from error
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            self._close(descriptor)
            return False
        self._held = descriptor
        return True

    def _open(self) -> int:
        with self._opening:  # a fork must find in _opened whatever it copies
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            except FileNotFoundError:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            self._opened.add(descriptor)
            return descriptor

    def _close(self, descriptor: int) -> None:
        with self._opening:
            self._opened.remove(descriptor)
            os.close(descriptor)

    def _before_fork(self) -> None:
        self._opening.acquire()

    def _after_fork(self) -> None:
        self._opening.release()

    def _start_anew(self) -> None:
        # Close, but don't unlock: that would end what the parent holds. Kept open, a copy would outlive the parent.
        for descriptor in self._opened:
            os.close(descriptor)
        self._opened.clear()
        self._held = None
        self._opening = threading.Lock()
