"""Questions asked again and again on a thread of their own, so that an answer that never comes blocks nobody."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from consumers.backoff import first_line

EVERY = 2.0
TOO_OLD = 10.0

T = TypeVar("T")


class Probe(Generic[T]):
    """The latest answer of `ask`, and why there is none now.

    `away` are the exceptions of `ask` that mean "not now"; any other ends the thread and shows as no answer.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[], T],
        away: tuple[type[Exception], ...],
        every: float = EVERY,
        too_old: float = TOO_OLD,
    ) -> None:
        self.name = name
        self.answer: T | None = None
        self._ask = ask
        self._away = away
        self._every = every
        self._too_old = too_old
        self._error: str | None = None
        self._asked_at: float | None = None

    def start(self, stop: threading.Event) -> None:
        """Ask until `stop` is set."""
        threading.Thread(target=self._run, args=(stop,), name=f"probe {self.name}", daemon=True).start()

    def trouble(self) -> str | None:
        """In a few words, why what is asked can't be used now; None when it can."""
        if self._error is not None:
            return f"{self.name}: {self._error}"
        if self._asked_at is None or time.monotonic() - self._asked_at > self._too_old:
            return f"{self.name}: no answer"
        return None

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.answer = self._ask()
            except self._away as error:
                self._error = first_line(error)
            else:
                self._error = None
            self._asked_at = time.monotonic()
            stop.wait(self._every)
