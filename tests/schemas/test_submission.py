"""What a client may post, and what it is told when it may not."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from schemas.feedback import Feedback, parse_submission
from tests.schemas.samples import PRODUCER, RECEIVED_AT, faults, full_submission, submission, violations


def parse(payload: object) -> Feedback:
    return parse_submission(payload, RECEIVED_AT, PRODUCER)


def test_one_tap_becomes_feedback_stamped_by_the_intake() -> None:
    """The least a client sends is enough; what it leaves out is None or empty."""
    assert parse(submission()) == Feedback(
        event_id=UUID("0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f"),
        unit="ult-bbpmp-jatim",
        service="legalisasi-ijazah",
        touchpoint="kiosk-ult-jatim-1",
        channel="kiosk",
        instrument="smiley@1",
        answers={"kepuasan": 4},
        received_at=RECEIVED_AT,
        producer=PRODUCER,
    )


def test_every_optional_field_is_kept() -> None:
    """Respondent, comment, language, duration and the client's clock all arrive, the clock in UTC."""
    feedback = parse(full_submission())
    assert feedback.respondent["occupation"] == "pns"
    assert feedback.comment == "Cepat dan ramah 👍"
    assert (feedback.language, feedback.duration_ms) == ("id", 41_250)
    assert feedback.occurred_at == datetime(2026, 11, 21, 3, 0, 0, 123_000, tzinfo=UTC)


def test_null_is_the_same_as_absent_for_optional_fields() -> None:
    """A form that sends null for what was left open is as good as one that leaves it out."""
    optional = ("respondent", "comment", "language", "duration_ms", "occurred_at")
    assert parse(submission(**dict.fromkeys(optional))) == parse(submission())
    assert parse(submission(respondent={"sex": None})) == parse(submission())


def test_an_office_may_use_its_own_words_for_a_respondent_in_either_case() -> None:
    said = parse(submission(respondent={"sex": "L", "age_band": "25-34", "education": "SMA"})).respondent
    assert said == {"sex": "l", "age_band": "25-34", "education": "sma"}


def test_a_blank_comment_is_no_comment() -> None:
    """White space says nothing."""
    assert parse(submission(comment=" \n\t ")).comment is None


def test_null_answers_are_kept_as_not_applicable() -> None:
    """Null is an answer of its own, not a zero and not an absence."""
    assert parse(submission(answers={"biaya": None, "waktu": 2})).answers == {"biaya": None, "waktu": 2}


def test_received_at_is_kept_in_utc_to_the_millisecond() -> None:
    """What is encoded and decoded again must compare equal, so nothing finer is kept."""
    local = datetime(2026, 11, 21, 10, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=7)))
    received_at = parse_submission(submission(), local, PRODUCER).received_at
    assert received_at == datetime(2026, 11, 21, 3, 0, 0, 123_000, tzinfo=UTC)
    assert received_at.tzinfo is UTC


def test_a_naive_receiving_clock_is_our_mistake_not_the_clients() -> None:
    """The intake must say where its clock stands."""
    with pytest.raises(ValueError, match="aware"):
        parse_submission(submission(), datetime(2026, 11, 21), PRODUCER)  # noqa: DTZ001


@pytest.mark.parametrize("payload", [None, [], [submission()], "{}", 1, 1.5, True])
def test_only_an_object_is_a_submission(payload: object) -> None:
    """Anything else is refused as a whole."""
    assert faults(payload) == [("", "not_an_object")]


@pytest.mark.parametrize("name", sorted(submission()))
def test_required_fields(name: str) -> None:
    """Leaving a required field out and sending null for it are told apart."""
    without = submission()
    del without[name]
    assert faults(without) == [(name, "required")]
    assert faults(submission(**{name: None})) == [(name, "null")]


@pytest.mark.parametrize("name", ["received_at", "schema_version", "producer"])
def test_what_the_intake_sets_a_client_may_not(name: str) -> None:
    """A client cannot date or sign its own receipt."""
    assert faults(submission(**{name: 1})) == [(name, "set_by_intake")]


def test_unknown_fields_are_refused() -> None:
    """A misspelt field must not be lost in silence."""
    assert faults(submission(coment="x", _schema=1)) == [("_schema", "unknown_field"), ("coment", "unknown_field")]


def test_violations_are_reported_together_and_in_order() -> None:
    """A client mends everything at once."""
    found = faults(submission(unit="", channel="fax", answers={"a": "4", "b": True}))
    assert found == [
        ("answers.a", "not_an_integer"),
        ("answers.b", "not_an_integer"),
        ("channel", "not_a_choice"),
        ("unit", "not_a_slug"),
    ]


def test_a_flood_of_violations_is_cut() -> None:
    """A hostile payload does not make us write an answer longer than itself."""
    assert len(violations({f"x{number}": 1 for number in range(10_000)})) == 100


def test_limits_are_told_with_the_violation() -> None:
    """A sentence can say how long is too long."""

    def params(**changes: Any) -> dict[str, object]:
        (violation,) = violations(submission(**changes))
        return dict(violation.params)

    assert params(comment="a" * 2001) == {"max": 2000}
    assert params(duration_ms=-1) == {"min": 0, "max": 86_400_000}
    assert params(channel="fax") == {"choices": ["kiosk", "qr", "web", "assisted", "import"]}
    assert params(occurred_at="2020-01-01T00:00:00Z") == {"days": 366}
