"""Reporting periods in local time: a quarter in Jayapura starts two hours before the same quarter in Jakarta.

All instants returned carry the fixed UTC offset in force there and then, so comparing and subtracting them is right
even across a change of clocks (two datetimes of one ZoneInfo compare by wall clock).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple, get_args

Interval = Literal["hour", "day", "week", "month", "quarter", "semester", "year"]
INTERVALS: tuple[Interval, ...] = get_args(Interval)

Grain = Literal["hour", "day", "month", "year"]
"""What is counted ready for adding up."""

FIRST_YEAR, LAST_YEAR = 1970, 2999

_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:-S(?P<semester>[12])|-Q(?P<quarter>[1-4])|-W(?P<week>\d\d)|-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


class BadPeriod(ValueError):
    """The text names no period; reject the request.

    `code` is stable: `not_a_period`, `not_a_time`, `no_such_date`, `year_out_of_range`, `not_a_whole_hour`,
    `ends_before_it_starts`. `text` is what was given.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{text!r}: {code}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to but not including `end`, both aware and both at the start of a local hour."""

    label: str
    start: datetime
    end: datetime


class Run(NamedTuple):
    """Hours, days, months or years that follow each other, from `first` to `last` included.

    Days are numbers yyyymmdd, months yyyymm, years yyyy; hours are Unix milliseconds, and those that begin in the run
    are meant.
    """

    grain: Grain
    first: int
    last: int


def parse_period(text: str, tz: tzinfo) -> Period:
    """The calendar period a text names, in local time. Raises BadPeriod.

    Year `2026`, half-year `2026-S2`, quarter `2026-Q4`, month `2026-11`, ISO week `2026-W47`, day `2026-11-21`.

    >>> from zoneinfo import ZoneInfo
    >>> period = parse_period("2026-Q4", ZoneInfo("Asia/Makassar"))
    >>> period.start.isoformat(), period.end.isoformat()
    ('2026-10-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00')
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise BadPeriod("not_a_period", text)
    part = {name: int(value) for name, value in match.groupdict().items() if value is not None}
    year = _year(part["year"], text)
    try:
        if "week" in part:
            return _calendar(date.fromisocalendar(year, part["week"], 1), "week", tz)
        if "month" in part:
            return _calendar(date(year, part["month"], part.get("day", 1)), "day" if "day" in part else "month", tz)
    except ValueError:
        raise BadPeriod("no_such_date", text) from None
    if "quarter" in part:
        return _calendar(date(year, part["quarter"] * 3, 1), "quarter", tz)
    if "semester" in part:
        return _calendar(date(year, part["semester"] * 6, 1), "semester", tz)
    return _calendar(date(year, 1, 1), "year", tz)


def between(from_text: str, to_text: str, tz: tzinfo) -> Period:
    """The period between two dates (the last one included) or whole-hour times (the last one excluded).

    A time without an offset is local; one that the clocks skip or repeat means the earlier instant. A time with an
    offset must still be a whole hour on the local clock, because hours are the smallest thing counted. Raises
    BadPeriod.

    >>> from zoneinfo import ZoneInfo
    >>> jakarta = ZoneInfo("Asia/Jakarta")
    >>> between("2026-11-01", "2026-11-21", jakarta).end.isoformat()
    '2026-11-22T00:00:00+07:00'
    >>> between("2026-11-21T08:00", "2026-11-21T05:00Z", jakarta).end.isoformat()
    '2026-11-21T12:00:00+07:00'
    """
    start = _boundary(from_text, tz, after=False)
    end = _boundary(to_text, tz, after=True)
    if end <= start:
        raise BadPeriod("ends_before_it_starts", f"{from_text}/{to_text}")
    return Period(f"{from_text}/{to_text}", start, end)


def hour_start(instant: datetime, tz: tzinfo) -> datetime:
    """The start of the local hour an aware instant falls in.

    A repeated hour (clocks set back by one) is two hours; where clocks move by half an hour one local hour lasts 90
    minutes and another 30.

    >>> from zoneinfo import ZoneInfo
    >>> hour_start(datetime(2026, 11, 21, 3, 20, tzinfo=UTC), ZoneInfo("Asia/Kolkata")).isoformat()
    '2026-11-21T08:00:00+05:30'
    """
    return _fixed(instant.astimezone(tz).replace(minute=0, second=0, microsecond=0))


def containing(instant: datetime, interval: Interval, tz: tzinfo) -> Period:
    """The calendar period of a kind that an aware instant falls in.

    >>> from zoneinfo import ZoneInfo
    >>> instant = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    >>> [containing(instant, kind, ZoneInfo("Asia/Jayapura")).label for kind in ("hour", "week", "semester")]
    ['2027-01-01T00', '2026-W53', '2027-S1']
    """
    if interval != "hour":
        return _calendar(instant.astimezone(tz).date(), interval, tz)
    start = hour_start(instant, tz)
    later = (hour_start(start + timedelta(hours=step), tz) for step in (1, 2))
    return Period(f"{start:%Y-%m-%dT%H}", start, next(end for end in later if end > start))


def split(period: Period, interval: Interval, tz: tzinfo) -> list[Period]:
    """The calendar periods of a kind that a period touches, oldest first, the outer two cut to fit.

    >>> from zoneinfo import ZoneInfo
    >>> jakarta = ZoneInfo("Asia/Jakarta")
    >>> [month.label for month in split(parse_period("2026-Q4", jakarta), "month", jakarta)]
    ['2026-10', '2026-11', '2026-12']
    """
    parts: list[Period] = []
    at = period.start
    while at < period.end:
        whole = containing(at, interval, tz)
        parts.append(Period(whole.label, at, min(whole.end, period.end)))
        at = whole.end
    return parts


def runs(start: datetime, end: datetime, tz: tzinfo) -> list[Run]:
    """The fewest whole years, months, days and hours of local time that the hours beginning in a stretch make up.

    >>> from zoneinfo import ZoneInfo
    >>> jakarta = ZoneInfo("Asia/Jakarta")
    >>> quarter = between("2025-11-29", "2027-02-01", jakarta)
    >>> [tuple(run) for run in runs(quarter.start, quarter.end, jakarta)]  # doctest: +NORMALIZE_WHITESPACE
    [('day', 20251129, 20251130), ('month', 202512, 202512), ('year', 2026, 2026), ('month', 202701, 202701),
     ('day', 20270201, 20270201)]
    """
    start, end = _next_hour(start, tz), _next_hour(end, tz)
    if start >= end:
        return []
    first, after = start.astimezone(tz).date(), end.astimezone(tz).date()
    if _midnight(first, tz) < start:
        first += timedelta(days=1)
    if first >= after:
        return _hours(start, end)
    return _hours(start, _midnight(first, tz)) + _days_run(first, after) + _hours(_midnight(after, tz), end)


def _next_hour(instant: datetime, tz: tzinfo) -> datetime:
    """The first local hour that begins at `instant` or later."""
    begun = hour_start(instant, tz)
    return begun if begun >= instant else containing(instant, "hour", tz).end


def _hours(start: datetime, end: datetime) -> list[Run]:
    first, after = round(start.timestamp() * 1000), round(end.timestamp() * 1000)
    return [Run("hour", first, after - 1)] if first < after else []


def _days_run(first: date, after: date) -> list[Run]:
    """Whole days from `first` up to, not including, `after`."""
    months = [day.year * 12 + day.month - 1 for day in (first - timedelta(days=1), after)]
    whole_from, whole_to = months[0] + 1, months[1]
    if whole_from >= whole_to:
        return [Run("day", _number(first), _number(after - timedelta(days=1)))] if first < after else []
    begin, stop = (date(number // 12, number % 12 + 1, 1) for number in (whole_from, whole_to))
    return _days_run(first, begin) + _months_run(whole_from, whole_to) + _days_run(stop, after)


def _months_run(first: int, after: int) -> list[Run]:
    """Whole months from `first` up to, not including, `after`, counted from the beginning of the calendar."""
    years = -(-first // 12), after // 12
    if years[0] >= years[1]:
        return [Run("month", *(at // 12 * 100 + at % 12 + 1 for at in (first, after - 1)))] if first < after else []
    year = Run("year", years[0], years[1] - 1)
    return [*_months_run(first, years[0] * 12), year, *_months_run(years[1] * 12, after)]


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def weeks_back(now: datetime, tz: tzinfo, weeks: int) -> list[Period]:
    """The last `weeks` ISO weeks, oldest first; the last one holds `now` and is still running.

    >>> from zoneinfo import ZoneInfo
    >>> [week.label for week in weeks_back(datetime(2027, 1, 6, tzinfo=UTC), ZoneInfo("Asia/Jakarta"), 3)]
    ['2026-W52', '2026-W53', '2027-W01']
    """
    today = now.astimezone(tz).date()
    return [_calendar(today - timedelta(weeks=back), "week", tz) for back in reversed(range(weeks))]


def _calendar(day: date, interval: Interval, tz: tzinfo) -> Period:
    year, month = day.year, day.month
    if interval == "day":
        return _days(day.isoformat(), day, day + timedelta(days=1), tz)
    if interval == "week":
        iso = day.isocalendar()
        monday = day - timedelta(days=iso.weekday - 1)
        return _days(f"{iso.year}-W{iso.week:02}", monday, monday + timedelta(weeks=1), tz)
    length = {"month": 1, "quarter": 3, "semester": 6, "year": 12}[interval]
    number = (month - 1) // length
    first = date(year, number * length + 1, 1)
    after = date(year + (first.month + length > 12), (first.month + length - 1) % 12 + 1, 1)
    labels = {1: f"{year}-{month:02}", 3: f"{year}-Q{number + 1}", 6: f"{year}-S{number + 1}", 12: f"{year}"}
    return _days(labels[length], first, after, tz)


def _days(label: str, first: date, after: date, tz: tzinfo) -> Period:
    return Period(label, _midnight(first, tz), _midnight(after, tz))


def _midnight(day: date, tz: tzinfo) -> datetime:
    return _fixed(datetime(day.year, day.month, day.day, tzinfo=tz))


def _fixed(local: datetime) -> datetime:
    # By way of UTC, because a wall time the clocks skip then becomes the instant they jump, which is where it starts.
    real = local.astimezone(UTC).astimezone(local.tzinfo)
    offset = real.utcoffset()
    return real.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)


def _boundary(text: str, tz: tzinfo, *, after: bool) -> datetime:
    if _DATE.fullmatch(text):
        day = parse_period(text, tz)
        return day.end if after else day.start
    if _TIME.fullmatch(text) is None:
        raise BadPeriod("not_a_time", text)
    _year(int(text[:4]), text)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise BadPeriod("no_such_date", text) from None
    local = _fixed(time.replace(tzinfo=tz)) if time.tzinfo is None else _fixed(time.astimezone(tz))
    if local != hour_start(local, tz):
        raise BadPeriod("not_a_whole_hour", text)
    return local


def _year(year: int, text: str) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadPeriod("year_out_of_range", text)
    return year
