"""Which responses are flagged, and which flags leave a response out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.misuse import RULES, excludes, flags, placed_at

RECEIVED = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)


@pytest.mark.parametrize("off", [-31 * DAY, -DAY, timedelta(0), timedelta(minutes=5)])
def test_a_clock_within_bounds_is_believed(off: timedelta) -> None:
    assert placed_at(RECEIVED + off, RECEIVED) == (RECEIVED + off, False)


@pytest.mark.parametrize("off", [-31 * DAY - MS, -400 * DAY, timedelta(minutes=5) + MS, 3650 * DAY])
def test_a_clock_out_of_bounds_is_overruled_by_the_intakes(off: timedelta) -> None:
    assert placed_at(RECEIVED + off, RECEIVED) == (RECEIVED, True)


def test_without_a_clock_the_intakes_counts_and_nothing_is_flagged() -> None:
    assert placed_at(None, RECEIVED) == (RECEIVED, False)


def test_offsets_are_compared_as_instants() -> None:
    """Ten in the morning in Jakarta is three in the morning in UTC, not seven hours ahead."""
    jakarta = timezone(timedelta(hours=7))
    assert placed_at(RECEIVED.astimezone(jakarta), RECEIVED)[1] is False


@pytest.mark.parametrize(
    ("answered", "duration_ms", "expected"),
    [
        (2, 99, ("too_fast",)),
        (2, 100, ()),
        (9, 449, ("too_fast",)),
        (9, 450, ()),
        (9, None, ()),
        (1, 0, ()),
        (0, 0, ()),
    ],
)
def test_speed_is_judged_from_two_answers_on(answered: int, duration_ms: int | None, expected: tuple[str, ...]) -> None:
    assert flags(answered, duration_ms, clock_overruled=False) == expected


def test_an_overruled_clock_is_flagged_but_still_counted() -> None:
    assert flags(9, 60_000, clock_overruled=True) == ("clock",)
    assert not excludes(("clock",))


def test_both_flags_come_in_the_order_of_the_rules_and_leave_the_response_out() -> None:
    assert flags(9, 1, clock_overruled=True) == ("clock", "too_fast") == RULES
    assert excludes(("clock", "too_fast"))


def test_no_flags_leave_nothing_out() -> None:
    assert not excludes(())


@given(st.integers(0, 20), st.none() | st.integers(0, 10**7), st.booleans())
def test_flags_are_always_declared_rules(answered: int, duration_ms: int | None, overruled: bool) -> None:
    found = flags(answered, duration_ms, overruled)
    assert set(found) <= set(RULES)
    assert ("clock" in found) is overruled
    assert excludes(found) is ("too_fast" in found)
