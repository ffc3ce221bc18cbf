"""Each field of a submission: what it takes, and the code it refuses the rest by."""

from uuid import UUID

import pytest

from schemas.feedback import Feedback, parse_submission
from tests.schemas.samples import PRODUCER, RECEIVED_AT, faults, submission


def parse(payload: object) -> Feedback:
    return parse_submission(payload, RECEIVED_AT, PRODUCER)


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
