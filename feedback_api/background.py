"""A thread that does one small thing again and again, and shows whether it still gets on."""

import threading
import time
from collections.abc import Callable

import structlog

STUCK_AFTER_S = 120.0
"""Longer than any one step may take: connecting to and waiting for a database included."""


class Repeating:
    """Calls `step` until stopped; `step` returns how many seconds to wait before the next call.

    An exception from `step` is a mistake of ours: it is logged and ends the thread, which `trouble` then tells.
    Start it after a fork, never before.
    """

    def __init__(self, name: str, step: Callable[[], float], stuck_after_s: float = STUCK_AFTER_S) -> None:
        self.name = name
        self._step = step
        self._stuck_after_s = stuck_after_s
        self._stop = threading.Event()
        self._beat = time.monotonic()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; the first call to `step` comes at once."""
        self._beat = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Ask the thread to end after its step and wait up to `timeout` seconds for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def trouble(self) -> str | None:
        """Why this thread makes no progress, or None when all is well (also before it was started)."""
        if self._thread is None:
            return None
        if not self._thread.is_alive():
            return f"{self.name} has ended"
        silent = time.monotonic() - self._beat
        return f"{self.name} has been silent for {silent:.0f} s" if silent > self._stuck_after_s else None

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                pause = self._step()
            except BaseException:
                structlog.get_logger().critical("background work failed", work=self.name, exc_info=True)
                raise
            self._beat = time.monotonic()
            self._stop.wait(pause)
