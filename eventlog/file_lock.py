"""A lock between the processes of one host, which the kernel opens when its holder dies."""

import fcntl
import os
from pathlib import Path

from eventlog.forking import around_fork
from eventlog.interface import LogUnavailable


class FileLock:
    """At most one holder per `path`, however many processes and objects; for one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        around_fork(in_child=self._forget)

    def try_acquire(self) -> bool:
        """Whether the lock was free and is this object's now; does not wait. Raises LogUnavailable."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise LogUnavailable(f"{self._path}: {error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the next one in; nothing happens if this object does not hold the lock."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self._forget()

    def _forget(self) -> None:
        # All a fork's child does: unlocking its copy of the descriptor would end what its parent holds.
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
