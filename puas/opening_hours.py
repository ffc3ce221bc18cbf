"""When visitors come: office hours and working days in the unit's time zone, evenings too for those online."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

WEEKDAYS = (1.25, 1.1, 1.0, 0.95, 0.75, 0.03, 0.01)
"""Monday to Sunday."""
AT_THE_OFFICE = {8: 0.8, 9: 1.3, 10: 1.5, 11: 1.1, 12: 0.3, 13: 1.0, 14: 0.9, 15: 0.4}
ONLINE = AT_THE_OFFICE | {7: 0.2, 12: 0.6, 16: 0.4, 17: 0.2, 18: 0.2, 19: 0.4, 20: 0.4, 21: 0.2}
FRIDAY_PRAYER = (11, 12)


class VisitTimes:
    """Draws instants of the last `days` times 24 hours before `now`, never later than `now`.

    >>> times = VisitTimes(datetime.fromisoformat("2026-11-18T10:30+07:00"), 2, ZoneInfo("Asia/Jakarta"), online=False)
    >>> drawn = [times.draw(Random(n)) for n in range(50)]
    >>> sorted({instant.weekday() for instant in drawn}), min(drawn).isoformat() > "2026-11-16T10"
    ([0, 1, 2], True)
    """

    def __init__(self, now: datetime, days: int, zone: ZoneInfo, *, online: bool) -> None:
        self._now = now.astimezone(zone)
        self._earliest = self._now - timedelta(days=days)
        first = self._earliest.replace(minute=0, second=0, microsecond=0)
        self._hours = [first + timedelta(hours=n) for n in range(days * 24 + 1)]
        self._weights = list(accumulate(_weight(hour, online) for hour in self._hours))

    def draw(self, rng: Random) -> datetime:
        """One instant, in the zone."""
        hour = rng.choices(self._hours, cum_weights=self._weights)[0]
        start = max(hour, self._earliest)
        end = min(hour + timedelta(hours=1), self._now)
        return start + max(end - start, timedelta(0)) * rng.random()


def arrivals(count: int, seconds: float, rng: Random) -> Sequence[float]:
    """`count` moments in 0..`seconds`, ascending, as unconnected people come: with gaps and in bunches."""
    return sorted(rng.uniform(0, seconds) for _ in range(count))


def _weight(hour: datetime, online: bool) -> float:
    weight = WEEKDAYS[hour.weekday()] * (ONLINE if online else AT_THE_OFFICE).get(hour.hour, 0.0)
    if hour.weekday() == 4 and hour.hour in FRIDAY_PRAYER and not online:
        return weight * 0.3
    return max(weight, 0.05) if online and hour.weekday() > 4 and 8 <= hour.hour <= 21 else weight
