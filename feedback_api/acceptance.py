"""Durable first, then acknowledge: records go to the event log or, while it is away, to this host's spool."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

import structlog

from eventlog.interface import EventLog, LogMisconfigured, LogUnavailable, Record
from eventlog.spool import Spool, SpoolFull
from feedback_api.breaker import Breaker
from feedback_api.problems import Problem

Stored = Literal["log", "spool"]

RETRY_AFTER_S = 5
LARGEST_RECORD_BYTES = 16 * 1024
"""More than any one feedback takes in the spool."""
REFUSAL_HOLDS_S = 30.0
"""For how long a spool that could not be written counts as unable, when nobody tries it again."""
SPOOL_TIMEOUT_S = 5.0
"""Longer than the log is waited for: behind the spool there is only refusal."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the latest records found no room, when (monotonic), and how many bytes they needed if the spool was full."""

    reason: str
    at: float
    needed: int | None


class Acceptance:
    """What the intake hands records to; safe to call from many threads."""

    def __init__(
        self,
        log: EventLog,
        spool: Spool,
        breaker: Breaker,
        append_timeout_s: float,
        observe_append: Callable[[float], None],
        spool_timeout_s: float = SPOOL_TIMEOUT_S,
    ) -> None:
        self._log = log
        self._spool = spool
        self.breaker = breaker
        self._timeout_s = append_timeout_s
        self.spool_timeout_s = spool_timeout_s
        self._observe_append = observe_append
        self._telling = threading.Lock()
        self._refusal: Refusal | None = None

    def accept(self, records: Sequence[Record]) -> Stored:
        """Where all the records are durable now, in at most about the sum of both timeouts.

        Raises the Problem 503 when neither took them, so the sender must not forget them; RecordRefused when one of
        them will never be taken (then none may be acknowledged).
        """
        stored = self._store(records)
        if self._refusal is not None:
            with self._telling:
                news, self._refusal = self._refusal is not None, None
            if news:
                structlog.get_logger().info("feedback taken again")
        return stored

    def no_room(self, taken: int, most: int) -> str | None:
        """Why the spool, of which `taken` of `most` bytes are taken, takes no more now; None when it does."""
        refusal = self._refusal
        needed = LARGEST_RECORD_BYTES
        if refusal is not None and refusal.needed is None and time.monotonic() - refusal.at < REFUSAL_HOLDS_S:
            return refusal.reason
        if refusal is not None and refusal.needed is not None:
            needed = max(needed, refusal.needed)
        # An empty spool is tried whatever it holds at most.
        return f"{taken} of {most} bytes are taken" if taken + min(needed, most) > most else None

    def _store(self, records: Sequence[Record]) -> Stored:
        if self.breaker.closed:
            if self._append(records):
                return "log"
        elif self.breaker.begin_probe():
            try:
                if self._append(records):
                    return "log"
            finally:
                self.breaker.end_probe()
        try:
            self._spool.append(records, self.spool_timeout_s)
        except SpoolFull as error:
            self._refuse(error, sum(len(record.key or b"") + len(record.value or b"") for record in records))
        except (LogUnavailable, LogMisconfigured) as error:
            self._refuse(error, None)
        return "spool"

    def _refuse(self, error: Exception, needed: int | None) -> NoReturn:
        """Raise the Problem, telling operators once per outage."""
        with self._telling:
            news = self._refusal is None
            self._refusal = Refusal(str(error), time.monotonic(), needed)
        if news:
            structlog.get_logger().error("feedback refused, no room", reason=str(error))
        raise Problem("no_room", retry_after=RETRY_AFTER_S) from error

    def _append(self, records: Sequence[Record]) -> bool:
        started = time.perf_counter()
        try:
            self._log.append(records, self._timeout_s)
        except (LogUnavailable, LogMisconfigured) as error:
            self.breaker.tell_failure(error)
            return False
        finally:
            self._observe_append(time.perf_counter() - started)
        if self.breaker.succeeded():
            structlog.get_logger().info("event log back")
        return True
