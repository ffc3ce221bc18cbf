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


SLUGS = ("unit", "service", "touchpoint")


@pytest.mark.parametrize("name", SLUGS)
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (7, "not_a_string"),
        (True, "not_a_string"),
        (["a"], "not_a_string"),
        ("", "not_a_slug"),
        ("Loket", "not_a_slug"),
        ("-a", "not_a_slug"),
        ("a b", "not_a_slug"),
        ("a\n", "not_a_slug"),
        ("é", "not_a_slug"),
        ("٣", "not_a_slug"),
        ("a\0", "bad_characters"),
        ("a\ud800", "bad_characters"),
        ("a" * 64, "too_long"),
    ],
)
def test_slugs(name: str, value: object, code: str) -> None:
    """Ids are short, lower-case ASCII."""
    assert faults(submission(**{name: value})) == [(name, code)]


def test_the_longest_slug_is_accepted() -> None:
    """63 characters are allowed."""
    assert parse(submission(unit="a" * 63)).unit == "a" * 63


@pytest.mark.parametrize(
    "event_id",
    [
        "0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f",
        "0199C0DE-7A2B-7C3D-8E4F-5A6B7C8D9E0F",
        "2c1d3f9a-55f8-4c43-9e39-0c1f6d2b8a77",
        "6fa459ea-ee8a-3ca4-894e-db77e160355e",
    ],
)
def test_any_version_of_uuid_is_an_event_id(event_id: str) -> None:
    """Upper and lower case are the same id."""
    assert parse(submission(event_id=event_id)).event_id == UUID(event_id)


@pytest.mark.parametrize(
    ("event_id", "code"),
    [
        (1, "not_a_string"),
        ("", "not_a_uuid"),
        ("0199c0de7a2b7c3d8e4f5a6b7c8d9e0f", "not_a_uuid"),
        ("{0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f}", "too_long"),
        ("urn:uuid:0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f", "too_long"),
        ("0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0g", "not_a_uuid"),
        ("0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0٣", "not_a_uuid"),
        ("00000000-0000-0000-0000-000000000000", "not_a_uuid"),
        ("FFFFFFFF-ffff-ffff-ffff-ffffffffffff", "not_a_uuid"),
        ("0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0\0", "bad_characters"),
    ],
)
def test_other_forms_of_event_id_are_refused(event_id: object, code: str) -> None:
    """One id has one spelling; the nil and max UUIDs would make every visitor the same."""
    assert faults(submission(event_id=event_id)) == [("event_id", code)]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (True, "not_an_integer"),
        (3.0, "not_an_integer"),
        (float("nan"), "not_an_integer"),
        ("3", "not_an_integer"),
        ([3], "not_an_integer"),
        (-1, "out_of_range"),
        (1001, "out_of_range"),
        (10**400, "out_of_range"),
        pytest.param(10**5000, "out_of_range", id="more digits than Python prints"),
    ],
)
def test_answers_are_integers(answer: object, code: str) -> None:
    """Python's idea that True is 1 and 3.0 is 3 stays out of the counts."""
    assert faults(submission(answers={"ok": 1, "waktu": answer})) == [("answers.waktu", code)]


@pytest.mark.parametrize("answers", [[], [4], "4", 4, True])
def test_answers_are_an_object(answers: object) -> None:
    """Answers are by question key, never by position."""
    assert faults(submission(answers=answers)) == [("answers", "not_an_object")]


@pytest.mark.parametrize(
    ("key", "field", "code"),
    [
        ("", "answers.", "not_a_slug"),
        ("U 1", "answers.U 1", "not_a_slug"),
        ("a\0", "answers.a\ufffd", "bad_characters"),
        ("\udc00", "answers.\ufffd", "bad_characters"),
        ("k" * 64, "answers." + "k" * 64, "too_long"),
        ("k" * 5000, "answers." + "k" * 64, "too_long"),
        (7, "answers.7", "not_a_string"),
    ],
)
def test_question_keys_are_slugs_and_named_safely(key: object, field: str, code: str) -> None:
    """The violation names a hostile key without repeating what is hostile in it."""
    assert faults(submission(answers={key: 4})) == [(field, code)]


def test_at_most_a_hundred_answers() -> None:
    """No questionnaire is longer."""
    assert len(parse(submission(answers={f"q{number}": 1 for number in range(100)})).answers) == 100
    assert faults(submission(answers={f"q{number}": 1 for number in range(101)})) == [("answers", "too_many")]


@pytest.mark.parametrize(
    ("respondent", "found"),
    [
        ([], ("respondent", "not_an_object")),
        ({"name": "Siti"}, ("respondent.name", "unknown_field")),
        ({"sex": 1}, ("respondent.sex", "not_a_string")),
        ({"sex": ["female"]}, ("respondent.sex", "not_a_string")),
        ({"age_band": "31"}, ("respondent.age_band", "not_a_choice")),
        ({"sex": "\ud83d"}, ("respondent.sex", "bad_characters")),
        ({"\ud83d": "x"}, ("respondent.\ufffd", "unknown_field")),
    ],
)
def test_respondent_says_only_slugs_of_the_listed_keys(respondent: object, found: tuple[str, str]) -> None:
    """Never a name, never an exact age."""
    assert faults(submission(respondent=respondent)) == [found]


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        (1, "not_a_string"),
        ("a\0b", "bad_characters"),
        ("a\udfffb", "bad_characters"),
        ("a" * 2001, "too_long"),
    ],
)
def test_comments(comment: object, code: str) -> None:
    """Comments are text a database and a JSON file can hold."""
    assert faults(submission(comment=comment)) == [("comment", code)]


def test_a_comment_of_two_thousand_emoji_is_accepted() -> None:
    """The limit counts characters, not bytes."""
    assert parse(submission(comment="😀" * 2000)).comment == "😀" * 2000


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("channel", "fax", "not_a_choice"),
        ("channel", ["kiosk"], "not_a_string"),
        ("channel", {}, "not_a_string"),
        ("instrument", "skm-2017", "not_an_instrument"),
        ("instrument", "skm-2017@0", "not_an_instrument"),
        ("instrument", "skm-2017@1\n", "not_an_instrument"),
        ("language", "Bahasa Indonesia", "not_a_language"),
        ("language", "ID", "not_a_language"),
        ("duration_ms", -1, "out_of_range"),
        ("duration_ms", 86_400_001, "out_of_range"),
        ("duration_ms", 12.0, "not_an_integer"),
        ("duration_ms", False, "not_an_integer"),
    ],
)
def test_other_fields(name: str, value: object, code: str) -> None:
    """Each field refuses by its own code."""
    assert faults(submission(**{name: value})) == [(name, code)]


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


def test_limits_are_told_with_the_violation() -> None:
    """A sentence can say how long is too long."""

    def params(**changes: Any) -> dict[str, object]:
        (violation,) = violations(submission(**changes))
        return dict(violation.params)

    assert params(comment="a" * 2001) == {"max": 2000}
    assert params(duration_ms=-1) == {"min": 0, "max": 86_400_000}
    assert params(channel="fax") == {"choices": ["kiosk", "qr", "web", "assisted", "import"]}
    assert params(occurred_at="2020-01-01T00:00:00Z") == {"days": 366}
