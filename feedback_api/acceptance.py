"""Durable first, then acknowledge: records go to the event log or, while it is away, to this host's spool."""

import time
from collections.abc import Callable, Sequence
from typing import Literal

import structlog

from eventlog.interface import EventLog, LogMisconfigured, LogUnavailable, Record
from eventlog.spool import Spool, SpoolFull
from feedback_api.breaker import Breaker
from feedback_api.problems import Problem

Stored = Literal["log", "spool"]

RETRY_AFTER_S = 5
SPOOL_TIMEOUT_S = 5.0
"""Longer than the log is waited for: behind the spool there is only refusal."""


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
        self._spool_timeout_s = spool_timeout_s
        self._observe_append = observe_append

    def accept(self, records: Sequence[Record]) -> Stored:
        """Where all the records are durable now, in at most about the sum of both timeouts.

        Raises the Problem 503 when neither took them, so the sender must not forget them; RecordRefused when one of
        them will never be taken (then none may be acknowledged).
        """
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
            self._spool.append(records, self._spool_timeout_s)
        except (SpoolFull, LogUnavailable, LogMisconfigured) as error:
            structlog.get_logger().error("feedback refused, no room", reason=str(error))
            raise Problem("no_room", retry_after=RETRY_AFTER_S) from error
        return "spool"

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
