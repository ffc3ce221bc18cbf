"""The append-only log: what intake needs of it and what a consumer needs of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Headers = tuple[tuple[str, bytes], ...]
Positions = Mapping[int, int]
"""Partition number → position of the next record to read (0 is the log's first)."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a producer appends. Records of one key keep their order."""

    key: bytes
    value: bytes
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as the log keeps it.

    `key` and `value` are None only where a foreign producer left them out; `timestamp_ms` is
    Unix milliseconds, when the record was appended.
    """

    partition: int
    position: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class LogUnavailable(Exception):
    """The log did not confirm the records in time: keep them elsewhere or try again.

    They may still arrive later; readers count an event_id once.
    """


class RecordRefused(Exception):
    """The log will never take this record (too large, say): do not try again."""


class LogMisconfigured(Exception):
    """The log can't be used as configured (a missing topic, say): stop and tell the operator."""


class LogReader(Protocol):
    """One consumer's view of the partitions it has been assigned."""

    def poll(self, max_records: int, timeout: float) -> list[Entry]:
        """Up to `max_records` next entries, in order per partition; [] after `timeout` seconds.

        Raises LogUnavailable when the log can't be reached; call again after a pause.
        """
        ...

    def seek(self, positions: Positions) -> None:
        """Read on from these positions; partitions not assigned are passed over."""
        ...

    def assigned(self) -> frozenset[int]:
        """The partitions that are this reader's now."""
        ...

    def stored(self, positions: Positions) -> None:
        """Tell the log, for its own lag tools only, that what lies before is stored."""
        ...

    def close(self) -> None:
        """Give the partitions back."""
        ...


class EventLog(Protocol):
    """An append-only log of bytes, partitioned by key. Opening one touches no network."""

    def identity(self) -> str:
        """A name that changes when the log is made anew, so that old positions can't fit it.

        Raises LogUnavailable, LogMisconfigured.
        """
        ...

    def append(self, records: Sequence[Record], timeout: float) -> None:
        """Return once every record is durable, in at most about `timeout` seconds.

        Safe to call from many threads and, made before a fork, from any process.
        Raises LogUnavailable, RecordRefused, LogMisconfigured.
        """
        ...

    def reader(self, start: Callable[[Collection[int]], Positions], group: str | None) -> LogReader:
        """A reader that asks `start` where to begin whenever partitions are assigned to it.

        Partitions that `start` leaves out begin at the first entry still kept. Readers of one `group` share
        the partitions; with None the reader has all of them. `start` is called from within `poll`.
        """
        ...

    def ends(self) -> Positions:
        """Per partition, the position that the next appended record will get.

        Raises LogUnavailable, LogMisconfigured.
        """
        ...

    def close(self) -> None:
        """Stop threads and close connections; nothing that was acknowledged depends on it."""
        ...
