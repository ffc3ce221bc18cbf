"""The time a question is about: a calendar period or a span of one's own, whole or cut into equal calendar periods."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from satisfaction.periods import BadPeriod, Interval, Period, between, containing, parse_period, split
from schemas.violation import Violation

NAMES = ("period", "from", "to")
MOST_PERIODS = 800
"""The hours of a month, the days of two years."""

_SHORTEST_S = {"hour": 1800, "day": 82_800}


@dataclass(frozen=True, slots=True)
class Timespan:
    """What was given of `period`, `from` and `to`; a quarter of now when nothing was."""

    period: str | None
    from_: str | None
    to: str | None

    def document(self) -> dict[str, object]:
        """The time as it was given."""
        return {"period": self.period, "from": self.from_, "to": self.to}

    def whole(self, zone: tzinfo, now: datetime) -> Period:
        """The time on the clocks of one time zone. Raises Problem 422 for a period that is none."""
        try:
            if self.period is not None:
                return parse_period(self.period, zone)
            if self.from_ is not None and self.to is not None:
                return between(self.from_, self.to, zone)
        except BadPeriod as error:
            name = "period" if self.period is not None else "from" if error.text == self.from_ else "to"
            code = "not_a_date_or_time" if error.code == "not_a_time" else error.code
            raise refused(name, code) from None
        return containing(now, "quarter", zone)

    def periods(self, interval: Interval | None, zone: tzinfo, now: datetime) -> list[Period]:
        """The periods on the clocks of one time zone, oldest first.

        Raises Problem 422 for a period that is none, or an interval that cuts it into too many.
        """
        whole = self.whole(zone, now)
        if interval is None:
            return [whole]
        seconds = (whole.end - whole.start).total_seconds()
        parts = None
        if seconds / _SHORTEST_S.get(interval, 500_000) <= 2 * MOST_PERIODS:
            parts = split(whole, interval, zone)
        if parts is None or len(parts) > MOST_PERIODS:
            raise refused("interval", "too_many_periods", max=MOST_PERIODS)
        return parts


def read_timespan(parameters: Parameters) -> Timespan:
    """The time in an address's parameters; what contradicts itself is noted as a fault there."""
    found = Timespan(*(parameters.text(name) for name in NAMES))
    if found.period is not None and (found.from_ is not None or found.to is not None):
        parameters.fault("period", "excludes_period")
    elif (found.from_ is None) != (found.to is None):
        parameters.fault("from" if found.from_ is None else "to", "needs_from_and_to")
    return found


def refused(name: str, code: str, **params: object) -> Problem:
    """The Problem 422 of one parameter."""
    return Problem("invalid_query", [Violation(name, code, params)])
