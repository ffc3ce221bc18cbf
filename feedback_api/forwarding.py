"""Moves what the spool holds into the event log, once that is back."""

from collections.abc import Callable

import structlog

from eventlog.interface import EventLog, LogMisconfigured, LogUnavailable
from eventlog.spool import Spool
from feedback_api.breaker import Breaker

EVERY_S = 1.0
LONGEST_PAUSE_S = 15.0
APPEND_TIMEOUT_S = 5.0


class Forwarder:
    """The work of one background thread; of a host's processes, one at a time forwards."""

    def __init__(self, log: EventLog, spool: Spool, breaker: Breaker, should_stop: Callable[[], bool]) -> None:
        self._log = log
        self._spool = spool
        self._breaker = breaker
        self._should_stop = should_stop
        self._pause = EVERY_S
        self._looked = False
        self.failing: str | None = None
        """Why the latest try failed, or None."""

    def step(self) -> float:
        """Forward until the spool is empty. Returns the seconds to wait: growing while that fails.

        Records that got through prove the log to `breaker`. Failing proves nothing: it may be the spool's own file.
        The first step also looks at the log, so that a log that is away is known before a visitor waits for it.
        """
        if not self._looked:
            self._looked = True
            self._look()
        try:
            moved = self._spool.forward(self._log, self._should_stop, APPEND_TIMEOUT_S)
        except (LogUnavailable, LogMisconfigured) as error:
            if self.failing is None:
                structlog.get_logger().warning("spool can't be forwarded", reason=str(error))
            self.failing = str(error)
            self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
            return self._pause
        self.failing = None
        self._pause = EVERY_S
        if moved:
            self._breaker.succeeded()
            structlog.get_logger().info("spool forwarded", records=moved)
        return self._pause

    def _look(self) -> None:
        try:
            self._log.ends()
        except (LogUnavailable, LogMisconfigured) as error:
            self._breaker.tell_failure(error)
