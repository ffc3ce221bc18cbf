"""Misuse rules: they flag a response and never delete it, and they look at behaviour, never at the answers given.

A response's flags are stored with it under `RULES_VERSION`; a new rule or limit is a new version.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

RULES_VERSION = "misuse@1"

CLOCK = "clock"
TOO_FAST = "too_fast"
RULES = (CLOCK, TOO_FAST)
EXCLUDING = frozenset({TOO_FAST})

MAX_BEHIND = timedelta(days=31)
"""A kiosk may be offline this long before its clock is doubted."""
MAX_AHEAD = timedelta(minutes=5)
MIN_MS_PER_ANSWER = 50
"""Nobody reads and answers a question this fast; a script or a stuck screen does."""


def placed_at(occurred_at: datetime | None, received_at: datetime) -> tuple[datetime, bool]:
    """The instant a response counts for, and whether the client's clock was overruled.

    >>> from datetime import UTC
    >>> received = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    >>> placed_at(received - timedelta(hours=2), received)[0].hour, placed_at(None, received) == (received, False)
    (1, True)
    >>> placed_at(received + timedelta(hours=2), received) == (received, True)
    True
    """
    if occurred_at is None:
        return received_at, False
    if -MAX_BEHIND <= occurred_at - received_at <= MAX_AHEAD:
        return occurred_at, False
    return received_at, True


def flags(answered: int, duration_ms: int | None, clock_overruled: bool) -> tuple[str, ...]:
    """The rules a response broke, in the order of `RULES`.

    `answered` counts the questions with an answer. One press can be honest at any speed, so speed is judged from two
    answers on; an unknown duration is no offence.

    >>> flags(answered=9, duration_ms=449, clock_overruled=False), flags(9, 450, True), flags(1, 0, False)
    (('too_fast',), ('clock',), ())
    """
    too_fast = duration_ms is not None and answered >= 2 and duration_ms < MIN_MS_PER_ANSWER * answered
    broken = {CLOCK: clock_overruled, TOO_FAST: too_fast}
    return tuple(rule for rule in RULES if broken[rule])


def excludes(flags: Collection[str]) -> bool:
    """Whether a response with these flags stays out of the published figures.

    >>> excludes(("clock",)), excludes(("clock", "too_fast"))
    (False, True)
    """
    return not EXCLUDING.isdisjoint(flags)
