"""One figure: the counts of a group in a period, before anything is measured of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from satisfaction.periods import BadPeriod, Period, parse_period
from satisfaction.tally import Tally


@dataclass(frozen=True, slots=True)
class ClosingRef:
    """The closing that a figure was frozen by; `late` is how many responses of it arrived afterwards, uncounted.
    That is None where everybody may read: one more a day would tell of one visitor.

    `weights` is the convention it was printed with, None for the questionnaire's own.
    """

    revision: int
    closed_ms: int
    digest: str
    late: int | None
    weights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The counts of one group in one period; a dimension that was neither filtered nor grouped by is None.

    `respondent` holds the respondent fields that were, "" being "not stated". `excluded` is of the responses that
    misuse rules left out.
    """

    unit: str
    instrument: str
    service: str | None
    touchpoint: str | None
    channel: str | None
    respondent: Mapping[str, str]
    element: str | None
    period: Period
    included: Tally
    excluded: Tally
    closing: ClosingRef | None = None


def is_whole(period: Period, zone: tzinfo) -> bool:
    """Whether a period is all of what its label names; one at the edge of a longer time may be cut short.

    >>> from zoneinfo import ZoneInfo
    >>> from satisfaction.periods import between, split
    >>> jakarta = ZoneInfo("Asia/Jakarta")
    >>> [is_whole(month, jakarta) for month in split(between("2026-10-15", "2026-11-30", jakarta), "month", jakarta)]
    [False, True]
    """
    try:
        named = parse_period(period.label, zone)
    except BadPeriod:
        return False
    return (named.start, named.end) == (period.start, period.end)
