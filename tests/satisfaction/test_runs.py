"""Stretches of local time cut into whole years, months, days and hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.periods import Grain, Run, containing, hour_start, parse_period, runs

_ZONES = [
    ZoneInfo(name)
    for name in ("Asia/Jakarta", "Asia/Kathmandu", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe", "UTC")
]
_NUMBER: dict[Grain, str] = {"day": "%Y%m%d", "month": "%Y%m", "year": "%Y"}


def _holds(run: Run, hour: datetime, zone: ZoneInfo) -> bool:
    """Whether the local hour beginning then is counted in the run."""
    if run.grain == "hour":
        return run.first <= round(hour.timestamp() * 1000) <= run.last
    return run.first <= int(hour.astimezone(zone).strftime(_NUMBER[run.grain])) <= run.last


_instants = st.integers(0, 5 * 365 * 24 * 60).map(lambda at: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=at))


@given(
    zone=st.sampled_from(_ZONES), start=_instants, hours=st.integers(-5, 2000) | st.integers(0, 30_000), at=_instants
)
def test_every_hour_that_begins_within_is_in_one_run_and_no_other_hour_is(
    zone: ZoneInfo, start: datetime, hours: int, at: datetime
) -> None:
    """Near both ends and anywhere, over changes of the clock too."""
    start = hour_start(start, zone)
    end = hour_start(start + timedelta(hours=hours), zone)
    found = runs(start, end, zone)
    near = [edge + timedelta(hours=step) for edge in (start, end) for step in range(-26, 27)]
    for instant in (*near, at):
        hour = hour_start(instant, zone)
        assert sum(_holds(run, hour, zone) for run in found) == (start <= hour < end)


@pytest.mark.parametrize("label", ["2026", "2026-S2", "2026-Q1", "2026-11", "2026-W01", "2026-11-21"])
@pytest.mark.parametrize("zone", _ZONES, ids=str)
def test_a_calendar_period_needs_no_hours(label: str, zone: ZoneInfo) -> None:
    period = parse_period(label, zone)
    found = runs(period.start, period.end, zone)
    assert [run.grain for run in found] in (["year"], ["month"], ["day"])


def test_ten_years_and_a_bit_are_seven_runs() -> None:
    zone = ZoneInfo("Asia/Jayapura")
    start, end = datetime(2016, 11, 29, 7, tzinfo=zone), datetime(2027, 2, 3, 9, tzinfo=zone)
    assert [run.grain for run in runs(start, end, zone)] == ["hour", "day", "month", "year", "month", "day", "hour"]


def test_a_part_of_an_hour_counts_the_hours_that_begin_in_it() -> None:
    zone = ZoneInfo("Asia/Jayapura")
    start = datetime(2026, 11, 21, 7, 30, tzinfo=zone)
    assert runs(start, start + timedelta(minutes=29), zone) == []
    (run,) = runs(start, start + timedelta(hours=1), zone)
    eight = round(containing(start, "hour", zone).end.timestamp() * 1000)
    assert run.first == eight
