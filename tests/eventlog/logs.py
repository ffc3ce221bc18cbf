"""Where the tests of every log get their logs from."""

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from eventlog import Entry, EventLog, LogReader, Positions, Record, Spool, open_log
from tests.servers.ports import free_port

PATIENCE = 60.0
"""Seconds within which what must happen has happened; a broker hands out partitions in a few."""


OpenSpool = Callable[..., Spool]
"""Opens the one spool of a test's host, as each of its processes does."""


class Logs(Protocol):
    """Logs of one backend."""

    def new_url(self) -> str:
        """The URL of a log that nobody has written to."""
        ...

    def open(self, url: str) -> EventLog:
        """Open it; it is closed after the test."""
        ...

    def out_of_reach(self) -> EventLog:
        """A log that can't confirm anything for as long as the test runs."""
        ...


class _Opener:
    def __init__(self, options: dict[str, str]) -> None:
        self._options = options
        self._opened: list[EventLog] = []

    def open(self, url: str) -> EventLog:
        log = open_log(url, self._options)
        self._opened.append(log)
        return log

    def close(self) -> None:
        for log in self._opened:
            log.close()


class SqliteLogs(_Opener):
    """Logs in files of one directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__({})
        self._directory = directory
        self._blocker: sqlite3.Connection | None = None

    def new_url(self) -> str:
        return f"sqlite:///{self._directory / uuid.uuid4().hex / 'log.db'}"

    def out_of_reach(self) -> EventLog:
        return self.open(self.out_of_reach_url())

    def out_of_reach_url(self) -> str:
        """The URL of a log that nobody can write to or read for as long as the test runs."""
        url = self.new_url()
        made = self.open(url)
        made.identity()
        made.close()
        self._blocker = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self._blocker.execute("PRAGMA locking_mode = EXCLUSIVE")  # keeps readers out too, which WAL would let in
        self._blocker.execute("BEGIN EXCLUSIVE")
        return url

    def close(self) -> None:
        super().close()
        if self._blocker is not None:
            self._blocker.close()


class KafkaLogs(_Opener):
    """Topics of three partitions on one broker."""

    def __init__(self, address: str) -> None:
        super().__init__({"partitions": "3"})
        self._address = address

    def new_url(self) -> str:
        return f"kafka://{self._address}/contract-{uuid.uuid4().hex}"

    def out_of_reach(self) -> EventLog:
        return self.open(f"kafka://127.0.0.1:{free_port()}/contract")


def read(reader: LogReader, count: int) -> list[Entry]:
    """The next `count` entries, or those there were within PATIENCE."""
    entries: list[Entry] = []
    deadline = time.monotonic() + PATIENCE
    while len(entries) < count and time.monotonic() < deadline:
        entries += reader.poll(count - len(entries), 0.5)
    return entries


def until(happened: Callable[[], bool], meanwhile: Callable[[], object]) -> bool:
    """Whether it happened within PATIENCE, doing something between the looks at it."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() >= deadline:
            return False
        meanwhile()
    return True


def from_first(_: object) -> Positions:
    """A reader's `start` that knows nothing."""
    return {}


@contextmanager
def reading(log: EventLog, start: Positions | None = None, group: str | None = None) -> Iterator[LogReader]:
    """A reader that begins at `start` and is closed in the end."""
    reader = log.reader(lambda _: start or {}, group)
    try:
        yield reader
    finally:
        reader.close()


def values_in(log: EventLog) -> list[bytes | None]:
    """The value of every record, in order per partition."""
    with reading(log) as reader:
        return [entry.value for entry in read(reader, sum(log.ends().values()))]


def records(*values: str, key: str = "ktp") -> list[Record]:
    """A record per value."""
    return [Record(key.encode(), value.encode()) for value in values]


def never() -> bool:
    """Forward to the end."""
    return False
