"""Whatever JSON a client sends, it gets feedback or violations, never another exception."""

import json
from datetime import datetime
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.export import DIRECTORY
from schemas.feedback import Feedback, SubmissionSchema, Undecodable, decode, encode, parse_submission
from schemas.violation import CODES, Invalid, Violation
from tests.schemas.samples import PRODUCER, RECEIVED_AT, full_submission

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT
JSON_VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4), max_leaves=10
)
TIMES = st.datetimes(timezones=st.timezones()).map(datetime.isoformat)
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,10}", fullmatch=True)
NEARLY_RIGHT = st.one_of(SLUGS, TIMES, st.integers(-2, 2000), st.dictionaries(SLUGS, st.none() | st.integers(-1, 1001)))
NAMES = st.sampled_from([*full_submission(), "producer", "_schema", "x"])
CHANGES = st.dictionaries(NAMES | ANY_TEXT, NEARLY_RIGHT | JSON_VALUES, max_size=3)


def parsed(payload: object) -> Feedback | None:
    """The feedback, or None when the payload was refused in the way it should be."""
    try:
        return parse_submission(payload, RECEIVED_AT, PRODUCER)
    except Invalid as invalid:
        check(invalid.violations)
        return None


def check(violations: tuple[Violation, ...]) -> None:
    assert violations
    for violation in violations:
        assert violation.code in CODES
        json.dumps([violation.field, dict(violation.params)], ensure_ascii=False).encode()


@given(JSON_VALUES)
def test_any_json_value_is_answered(payload: object) -> None:
    """Violations carry known codes and names that can be written as UTF-8."""
    assert parsed(payload) is None


@given(CHANGES)
def test_what_is_accepted_travels_the_log_unchanged(changes: dict[str, Any]) -> None:
    """Encoding and decoding give back the same feedback."""
    feedback = parsed(full_submission(**changes))
    if feedback is not None:
        assert decode(encode(feedback)) == feedback


@given(CHANGES)
def test_the_short_way_reads_what_marshmallow_reads(changes: dict[str, Any]) -> None:
    """SubmissionSchema.read and .load give the same values or the same refusal."""
    payload, schema = full_submission(**changes), SubmissionSchema()
    try:
        loaded = schema.load(payload)
    except ValidationError as refused:
        try:
            schema.read(payload)
        except ValidationError as also_refused:
            assert repr(also_refused.messages) == repr(refused.messages)  # noqa: PT017  (both must refuse)
        else:
            raise AssertionError("read accepted what load refused") from refused
    else:
        assert schema.read(payload) == loaded


def exported(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((DIRECTORY / name).read_text(encoding="utf-8")))


SUBMISSION, EVENT = exported("feedback-submission.schema.json"), exported("feedback-submitted-v1.schema.json")


@given(CHANGES)
def test_the_exported_schemas_accept_what_we_accept(changes: dict[str, Any]) -> None:
    """A client generated from the JSON Schema is never stricter than the intake, and what we log fits the event's."""
    payload = full_submission(**changes)
    feedback = parsed(payload)
    if feedback is not None:
        SUBMISSION.validate(payload)
        EVENT.validate(json.loads(encode(feedback)))


@given(st.binary() | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_decode_or_are_undecodable(value: bytes) -> None:
    """The consumer's loop meets one kind of exception."""
    try:
        decode(value)
    except Undecodable as undecodable:
        undecodable.detail.encode()
