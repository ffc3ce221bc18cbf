"""Waiting between attempts: longer each time, not in step with other consumers, over at once when told to stop."""

import random
from threading import Event

GROWTH = 2.0


class Backoff:
    """Pauses of `first` seconds, doubling up to `longest`, each cut by up to half at random."""

    def __init__(self, stop: Event, first: float = 0.2, longest: float = 10.0) -> None:
        self._stop = stop
        self._first = first
        self._longest = longest
        self._next = first

    def reset(self) -> None:
        """The attempt worked: begin with the shortest pause again."""
        self._next = self._first

    def wait(self) -> None:
        """Pause; return early when told to stop."""
        pause, self._next = self._next, min(self._next * GROWTH, self._longest)
        self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing


def first_line(error: Exception) -> str:
    """What an error says in one line, for a log line or a health page.

    >>> first_line(ValueError("connection refused\\nIs the server running?"))
    'connection refused'
    """
    return next(iter(str(error).splitlines()), type(error).__name__)
