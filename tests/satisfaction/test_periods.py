"""Periods and hours on the local clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.periods import (
    INTERVALS,
    BadPeriod,
    Interval,
    Period,
    between,
    containing,
    hour_start,
    parse_period,
    split,
    weeks_back,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Jakarta",
        "Asia/Makassar",
        "Asia/Jayapura",
        "UTC",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Europe/Berlin",
        "America/St_Johns",
        "America/Havana",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "Pacific/Chatham",
        "Pacific/Apia",
    )
]
IN_ZONES = st.sampled_from(ZONES)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 naive bounds, as hypothesis asks
# Random instants seldom meet a change of clocks, so draw some within a day of where one is.
NEAR_CHANGES = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 3, 8, tzinfo=UTC),
            datetime(2026, 3, 29, tzinfo=UTC),
            datetime(2026, 4, 4, tzinfo=UTC),
            datetime(2026, 4, 24, tzinfo=UTC),
            datetime(2026, 10, 3, tzinfo=UTC),
            datetime(2026, 10, 25, tzinfo=UTC),
            datetime(2026, 10, 29, tzinfo=UTC),
            datetime(2026, 11, 1, tzinfo=UTC),
        ]
    ),
    st.integers(-1440, 2880),
)
MOMENTS = INSTANTS | NEAR_CHANGES


def span(period: Period) -> tuple[str, str]:
    return period.start.isoformat(), period.end.isoformat()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-S1", "2026-01-01", "2026-07-01"),
        ("2026-S2", "2026-07-01", "2027-01-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2028-02", "2028-02-01", "2028-03-01"),
        ("2026-W47", "2026-11-16", "2026-11-23"),
        ("2026-W53", "2026-12-28", "2027-01-04"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-11-21", "2026-11-21", "2026-11-22"),
        ("2028-02-29", "2028-02-29", "2028-03-01"),
    ],
)
def test_a_text_names_a_calendar_period_in_local_time(text: str, start: str, end: str) -> None:
    period = parse_period(text, JAKARTA)
    assert period.label == text
    assert span(period) == (f"{start}T00:00:00+07:00", f"{end}T00:00:00+07:00")


@pytest.mark.parametrize(
    ("zone", "utc_start"),
    [
        ("Asia/Jakarta", "2026-09-30T17:00:00+00:00"),
        ("Asia/Makassar", "2026-09-30T16:00:00+00:00"),
        ("Asia/Jayapura", "2026-09-30T15:00:00+00:00"),
        ("Asia/Kathmandu", "2026-09-30T18:15:00+00:00"),
    ],
)
def test_the_same_quarter_starts_at_another_instant_in_another_zone(zone: str, utc_start: str) -> None:
    assert parse_period("2026-Q4", ZoneInfo(zone)).start.astimezone(UTC).isoformat() == utc_start


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_period"),
        ("tahun ini", "not_a_period"),
        ("2026-Q5", "not_a_period"),
        ("2026-S0", "not_a_period"),
        ("2026-q4", "not_a_period"),
        ("26", "not_a_period"),
        ("2026-11-21T10", "not_a_period"),
        (" 2026", "not_a_period"),
        ("2026\n", "not_a_period"),
        ("२०२६", "not_a_period"),
        ("2026-13", "no_such_date"),
        ("2026-00", "no_such_date"),
        ("2026-02-29", "no_such_date"),
        ("2026-W54", "no_such_date"),
        ("2027-W53", "no_such_date"),
        ("0000", "year_out_of_range"),
        ("1969", "year_out_of_range"),
        ("9999", "year_out_of_range"),
    ],
)
def test_what_names_no_period_is_refused_with_a_stable_code(text: str, code: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        parse_period(text, JAKARTA)
    assert (refused.value.code, refused.value.text) == (code, text)


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}-[SQW0-9]{1,3}(-[0-9]{2})?", fullmatch=True))
def test_any_text_is_a_period_or_a_bad_period(text: str) -> None:
    try:
        period = parse_period(text, JAKARTA)
    except BadPeriod:
        return
    assert period.start < period.end


def test_dates_reach_to_the_end_of_the_last_one() -> None:
    period = between("2026-11-01", "2026-11-01", JAKARTA)
    assert span(period) == ("2026-11-01T00:00:00+07:00", "2026-11-02T00:00:00+07:00")
    assert period.label == "2026-11-01/2026-11-01"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-21T08:00", "2026-11-21T12:00"),
        ("2026-11-21T08:00:00", "2026-11-21T12:00:00.000"),
        ("2026-11-21T01:00Z", "2026-11-21T05:00:00Z"),
        ("2026-11-21T09:00+08:00", "2026-11-21T14:00+09:00"),
    ],
)
def test_whole_hours_may_be_local_or_carry_an_offset(start: str, end: str) -> None:
    assert span(between(start, end, JAKARTA)) == ("2026-11-21T08:00:00+07:00", "2026-11-21T12:00:00+07:00")


@pytest.mark.parametrize(
    ("start", "end", "zone", "code"),
    [
        ("2026-11-21T08:30", "2026-11-21T12:00", "Asia/Jakarta", "not_a_whole_hour"),
        ("2026-11-21T08:00:00.5", "2026-11-21T12:00", "Asia/Jakarta", "not_a_whole_hour"),
        ("2026-11-21T01:00Z", "2026-11-21T05:00Z", "Asia/Kolkata", "not_a_whole_hour"),
        ("2026-11-21T12:00", "2026-11-21T12:00", "Asia/Jakarta", "ends_before_it_starts"),
        ("2026-11-22", "2026-11-21", "Asia/Jakarta", "ends_before_it_starts"),
        ("2026-11-31", "2026-12-01", "Asia/Jakarta", "no_such_date"),
        ("2026-11-21T24:00", "2026-12-01", "Asia/Jakarta", "not_a_time"),
        ("2026-11-21T08:00+25:00", "2026-12-01", "Asia/Jakarta", "no_such_date"),
        ("2026-11", "2026-12", "Asia/Jakarta", "not_a_time"),
        ("kemarin", "2026-12-01", "Asia/Jakarta", "not_a_time"),
        ("2026-12-01", "9999-12-31T00:00Z", "Asia/Jakarta", "year_out_of_range"),
        ("0001-01-01T00:00+14:00", "2026-12-01", "Asia/Jakarta", "year_out_of_range"),
    ],
)
def test_boundaries_that_cannot_be_counted_to_are_refused(start: str, end: str, zone: str, code: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        between(start, end, ZoneInfo(zone))
    assert refused.value.code == code


def test_a_half_hour_zone_counts_to_its_own_whole_hours() -> None:
    period = between("2026-11-21T02:30Z", "2026-11-21T10:00", ZoneInfo("Asia/Kolkata"))
    assert span(period) == ("2026-11-21T08:00:00+05:30", "2026-11-21T10:00:00+05:30")


@pytest.mark.parametrize(
    ("zone", "instant", "start"),
    [
        ("Asia/Jakarta", "2026-11-21T03:59:59+00:00", "2026-11-21T10:00:00+07:00"),
        ("Asia/Kathmandu", "2026-11-21T03:20:00+00:00", "2026-11-21T09:00:00+05:45"),
        ("Europe/Berlin", "2026-10-25T00:30:00+00:00", "2026-10-25T02:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T01:30:00+00:00", "2026-10-25T02:00:00+01:00"),
        ("Europe/Berlin", "2026-03-29T01:30:00+00:00", "2026-03-29T03:00:00+02:00"),
        # Lord Howe goes back by half an hour at two: the hour from one lasts 90 minutes.
        ("Australia/Lord_Howe", "2026-04-04T15:10:00+00:00", "2026-04-05T01:00:00+11:00"),
        # And forward by half an hour at two: the hour starts at half past.
        ("Australia/Lord_Howe", "2026-10-03T15:40:00+00:00", "2026-10-04T02:30:00+11:00"),
    ],
)
def test_the_hour_starts_on_the_local_clock(zone: str, instant: str, start: str) -> None:
    assert hour_start(datetime.fromisoformat(instant), ZoneInfo(zone)).isoformat() == start


@given(MOMENTS, MOMENTS, IN_ZONES)
def test_hours_cut_time_into_pieces_that_keep_its_order(one: datetime, other: datetime, zone: ZoneInfo) -> None:
    start = hour_start(one, zone)
    assert timedelta(0) <= one - start < timedelta(minutes=90)
    assert hour_start(start, zone) == start
    if one <= other:
        assert start <= hour_start(other, zone)


@given(MOMENTS, st.sampled_from(INTERVALS), IN_ZONES)
def test_every_instant_is_inside_the_period_that_contains_it(
    instant: datetime, interval: Interval, zone: ZoneInfo
) -> None:
    period = containing(instant, interval, zone)
    assert period.start <= instant < period.end
    assert containing(period.start, interval, zone) == period
    assert containing(period.end, interval, zone).start == period.end
    assert hour_start(period.start, zone) == period.start


@given(MOMENTS, st.sampled_from(INTERVALS[1:]), IN_ZONES)
def test_a_label_names_its_period(instant: datetime, interval: Interval, zone: ZoneInfo) -> None:
    period = containing(instant, interval, zone)
    assert parse_period(period.label, zone) == period


@given(MOMENTS, st.sampled_from(["day", "week", "month"]), st.sampled_from(["hour", "day", "week"]), IN_ZONES)
def test_splitting_covers_the_period_without_gap_or_overlap(
    instant: datetime, whole: Interval, part: Interval, zone: ZoneInfo
) -> None:
    period = containing(instant, whole, zone)
    parts = split(period, part, zone)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(one.end == following.start for one, following in pairwise(parts))
    assert all(one.start < one.end for one in parts)


def test_splitting_cuts_the_outer_weeks_to_fit() -> None:
    weeks = split(parse_period("2026-11", JAKARTA), "week", JAKARTA)
    assert [week.label for week in weeks] == ["2026-W44", "2026-W45", "2026-W46", "2026-W47", "2026-W48", "2026-W49"]
    assert span(weeks[0]) == ("2026-11-01T00:00:00+07:00", "2026-11-02T00:00:00+07:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-21", 24)])
def test_a_day_has_as_many_hours_as_the_clock_shows(day: str, hours: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    period = parse_period(day, berlin)
    assert len(split(period, "hour", berlin)) == hours
    assert period.end - period.start == timedelta(hours=hours)


@pytest.mark.parametrize(("day", "label", "minutes"), [("2026-04-05", "01", 90), ("2026-10-04", "02", 30)])
def test_where_clocks_move_by_half_an_hour_one_hour_is_long_and_another_short(
    day: str, label: str, minutes: int
) -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    hours = split(parse_period(day, lord_howe), "hour", lord_howe)
    assert [hour.label for hour in hours] == [f"{day}T{hour:02}" for hour in range(24)]
    odd = {hour.label: hour.end - hour.start for hour in hours if hour.end - hour.start != timedelta(hours=1)}
    assert odd == {f"{day}T{label}": timedelta(minutes=minutes)}


def test_a_day_whose_midnight_is_skipped_starts_when_the_clocks_jump() -> None:
    """Cairo goes from 23:59 straight to 01:00 on the last Friday of April."""
    period = parse_period("2026-04-24", ZoneInfo("Africa/Cairo"))
    assert period.start.isoformat() == "2026-04-24T01:00:00+03:00"
    assert period.end - period.start == timedelta(hours=23)


def test_the_last_weeks_come_oldest_first_and_end_with_the_running_one() -> None:
    now = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    weeks = weeks_back(now, JAKARTA, 12)
    assert len(weeks) == 12
    assert weeks[-1].start <= now < weeks[-1].end
    assert all(one.end == following.start for one, following in pairwise(weeks))
    assert weeks_back(now, JAKARTA, 0) == []


def test_the_running_week_is_that_of_the_local_day() -> None:
    """Sunday 20:00 UTC is Monday in Jakarta."""
    sunday = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert weeks_back(sunday, JAKARTA, 1)[0].label == "2026-W48"
    assert weeks_back(sunday, ZoneInfo("UTC"), 1)[0].label == "2026-W47"
