"""Remembers whether the event log is worth waiting for, so that an outage costs visitors no time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import structlog

from eventlog.interface import LogMisconfigured, LogUnavailable

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 8.0

Status = Literal["unproven", "up", "down", "misconfigured"]


@dataclass(frozen=True, slots=True)
class LogState:
    """What this process knows of the log: from its own appends, and why the last one failed."""

    status: Status
    reason: str | None = None


class Breaker:
    """Closed while appends succeed; open, it lets one caller at a time probe the log, after growing pauses."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changing = threading.Lock()
        self._probing = threading.Lock()
        self._pause = FIRST_PAUSE_S
        self._next_probe = 0.0
        self.closed = True
        self.state = LogState("unproven")

    def begin_probe(self) -> bool:
        """Whether the caller may try the log although it is down; it must then call `end_probe`."""
        return self._clock() >= self._next_probe and self._probing.acquire(blocking=False)

    def end_probe(self) -> None:
        """Let the next caller probe, when the pause is over."""
        self._probing.release()

    def succeeded(self) -> bool:
        """The log confirmed an append. Returns whether that is news."""
        if self.closed and self.state.status == "up":
            return False
        with self._changing:
            news = not self.closed
            self.closed, self.state = True, LogState("up")
        return news

    def failed(self, status: Status, reason: str) -> bool:
        """An append failed. Returns whether that is news: the log was up, or the kind of trouble changed."""
        with self._changing:
            news = self.state.status != status
            now = self._clock()
            if self.closed or now >= self._next_probe:  # not the latecomers of the failure that opened it
                self._pause = FIRST_PAUSE_S if self.closed else min(self._pause * 2, LONGEST_PAUSE_S)
                self._next_probe = now + self._pause
            self.closed, self.state = False, LogState(status, reason)
        return news

    def tell_failure(self, error: LogUnavailable | LogMisconfigured) -> None:
        """Like `failed`, and tell operators once per outage."""
        status: Status = "misconfigured" if isinstance(error, LogMisconfigured) else "down"
        if self.failed(status, str(error)):
            structlog.get_logger().error("event log away, feedback goes to the spool", status=status, reason=str(error))
