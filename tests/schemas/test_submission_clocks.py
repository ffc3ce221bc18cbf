"""The client's clock: which times are read, and which are refused."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.feedback import Feedback, parse_submission
from tests.schemas.samples import PRODUCER, RECEIVED_AT, faults, submission


def parse(payload: object) -> Feedback:
    return parse_submission(payload, RECEIVED_AT, PRODUCER)


@pytest.mark.parametrize(
    ("occurred_at", "code"),
    [
        (1_795_000_000, "not_a_string"),
        ("2026-11-21T10:00:00", "no_offset"),
        ("2026-11-21T10:00:00.5", "no_offset"),
        ("2026-11-21", "not_a_time"),
        ("20261121T100000Z", "not_a_time"),
        ("2026-W47-6T10:00:00Z", "not_a_time"),
        ("2026-11-21 10:00:00Z", "not_a_time"),
        ("2026-11-31T10:00:00Z", "not_a_time"),
        ("2026-11-21T25:00:00Z", "not_a_time"),
        ("2026-11-21T10:00:00+99:99", "not_a_time"),
        ("2026-11-21T10:00:00Z\n", "not_a_time"),
        ("٢٠٢٦-11-21T10:00:00Z", "not_a_time"),
        ("0000-01-01T00:00:00Z", "not_a_time"),
        ("9999-12-31T23:59:59-05:00", "not_a_time"),
        ("0001-01-01T00:00:00+07:00", "not_a_time"),
        ("9999-12-31T23:59:59Z", "clock_years_off"),
        ("0001-01-01T00:00:00Z", "clock_years_off"),
        ("2025-11-20T03:00:01.249Z", "clock_years_off"),
        ("2027-11-22T03:00:01.251Z", "clock_years_off"),
        ("Z" * 50, "too_long"),
        ("\ud800", "bad_characters"),
    ],
)
def test_client_clocks_that_are_refused(occurred_at: object, code: str) -> None:
    """A time needs its offset, must exist, and may be wrong by no more than a year."""
    assert faults(submission(occurred_at=occurred_at)) == [("occurred_at", code)]


@pytest.mark.parametrize("days", [-366, 366])
def test_a_clock_366_days_off_is_still_accepted(days: int) -> None:
    """Whether it is believed is the misuse rules' business."""
    moment = RECEIVED_AT + timedelta(days=days)
    assert parse(submission(occurred_at=moment.isoformat())).occurred_at == moment


@pytest.mark.parametrize(
    ("text", "microsecond"), [("", 0), (".9", 900_000), (".123999", 123_000), (".123456789", 123_000)]
)
def test_fractions_of_a_second_are_cut_to_milliseconds(text: str, microsecond: int) -> None:
    """Clients count in anything from seconds to nanoseconds."""
    occurred_at = parse(submission(occurred_at=f"2026-11-21T10:00:00{text}+08:00")).occurred_at
    assert occurred_at == datetime(2026, 11, 21, 2, 0, 0, microsecond, tzinfo=UTC)
