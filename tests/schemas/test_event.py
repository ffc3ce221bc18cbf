"""The event that travels the log: written one way, read whoever wrote it, refused with a reason."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from schemas.feedback import Feedback, Undecodable, decode, encode, parse_submission
from tests.schemas.samples import GOLDEN, PRODUCER, RECEIVED_AT, full_submission, submission

MINIMAL = Feedback(
    event_id=UUID("0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f"),
    unit="ult-bbpmp-jatim",
    service="legalisasi-ijazah",
    touchpoint="kiosk-ult-jatim-1",
    channel="kiosk",
    instrument="skm-2017@1",
    answers={"waktu": 4},
    received_at=RECEIVED_AT,
    producer="feedback_api",
)
RESPONDENT = {"sex": "female", "age_band": "26-35", "education": "s1", "occupation": "pns", "disability": "none"}
NINE = {
    "persyaratan": 3,
    "prosedur": 4,
    "waktu": 2,
    "biaya": 4,
    "produk": 3,
    "kompetensi": 4,
    "perilaku": 4,
    "pengaduan": 3,
    "sarpras": 1,
}


def changed(feedback: Feedback, **changes: Any) -> Feedback:
    return Feedback(**{name: getattr(feedback, name) for name in feedback.__slots__} | changes)


FULL = changed(
    MINIMAL,
    answers=NINE,
    respondent=RESPONDENT,
    comment="Cepat, ramah — terima kasih 👍",
    language="id",
    duration_ms=41_250,
    occurred_at=datetime(2026, 11, 21, 3, 0, 0, 123_000, tzinfo=UTC),
)
EXPECTED = {
    "feedback-v1-minimal.json": MINIMAL,
    "feedback-v1-full.json": FULL,
    "feedback-v1-smiley.json": changed(
        MINIMAL,
        event_id=UUID("2c1d3f9a-55f8-4c43-9e39-0c1f6d2b8a77"),
        touchpoint="qr-ult-jatim-ruang-tunggu",
        channel="qr",
        instrument="smiley@1",
        answers={"kepuasan": 4},
        language="en",
        duration_ms=900,
    ),
    "feedback-v1-null-answers.json": changed(MINIMAL, answers={"biaya": None, "pengaduan": None, "waktu": 3}),
    "feedback-v1-future-fields.json": changed(
        FULL, respondent=RESPONDENT | {"category": "umum", "disability": "deaf-blind"}
    ),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_golden_samples_stay_readable(name: str) -> None:
    """What was once written to a log is read to the same values for good."""
    assert decode((GOLDEN / name).read_bytes()) == EXPECTED[name]


def test_every_golden_sample_has_its_expected_value() -> None:
    """A sample nobody checks proves nothing."""
    assert {path.name for path in GOLDEN.iterdir()} == set(EXPECTED)


def test_the_event_is_compact_sorted_json_without_what_was_not_given() -> None:
    """The same feedback is always the same bytes."""
    assert encode(MINIMAL) == (
        b'{"answers":{"waktu":4},"channel":"kiosk","event_id":"0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f",'
        b'"instrument":"skm-2017@1","producer":"feedback_api","received_at":"2026-11-21T03:00:01.250Z",'
        b'"schema_version":1,"service":"legalisasi-ijazah","touchpoint":"kiosk-ult-jatim-1","unit":"ult-bbpmp-jatim"}'
    )


def test_text_is_written_as_utf_8() -> None:
    """A comment in any script costs its own bytes, not escapes."""
    assert "ramah — terima kasih 👍".encode() in encode(FULL)


def test_times_are_written_in_utc_whatever_zone_they_came_in() -> None:
    """Feedback built by hand in a local zone is written like any other."""
    local = RECEIVED_AT.astimezone(timezone(timedelta(hours=9)))
    assert encode(changed(MINIMAL, received_at=local, occurred_at=local)) == encode(
        changed(MINIMAL, occurred_at=RECEIVED_AT)
    )


@pytest.mark.parametrize("payload", [submission(), full_submission(), submission(answers={"biaya": None})])
def test_a_submission_survives_the_log(payload: dict[str, Any]) -> None:
    """Decoding gives back what was parsed."""
    feedback = parse_submission(payload, RECEIVED_AT, PRODUCER)
    assert decode(encode(feedback)) == feedback


def undecodable(value: bytes | None) -> Undecodable:
    with pytest.raises(Undecodable) as caught:
        decode(value)
    return caught.value


def event(**changes: Any) -> bytes:
    return json.dumps(json.loads(encode(MINIMAL)) | changes).encode()


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"{",
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        event() + b"\0",
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b'{"x":' + b"1" * 5_000 + b"}", id="more digits than Python reads"),
    ],
)
def test_what_is_not_json(value: bytes | None) -> None:
    """A missing value, broken or foreign encodings and abuse of the parser are one reason."""
    assert undecodable(value).reason == "not_json"


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (b"[]", "the record is not a JSON object"),
        (b"1", "the record is not a JSON object"),
        (event(schema_version=None), "schema_version: null"),
        (event(schema_version="1"), "schema_version: not_an_integer"),
        (event(schema_version=True), "schema_version: not_an_integer"),
        (event(event_id="x"), "event_id: not_a_uuid"),
        (event(answers={"waktu": "4", "biaya": 1.0}), "answers.biaya: not_an_integer; answers.waktu: not_an_integer"),
        (event(received_at="2026-11-21T10:00:00"), "received_at: no_offset"),
        (event(occurred_at="9999-12-31T23:59:59-05:00"), "occurred_at: not_a_time"),
        (event(producer=""), "producer: blank"),
        (event(comment="a\0"), "comment: bad_characters"),
        (event(respondent={"name": "Siti Aminah"}), "respondent.name: not_a_slug"),
        (event(respondent={"sex": 1}), "respondent.sex: not_a_string"),
        (event(respondent=[]), "respondent: not_an_object"),
        (event(respondent={"\ud800": "x"}), "respondent.\ufffd: bad_characters"),
    ],
)
def test_json_that_is_no_event(value: bytes, detail: str) -> None:
    """The detail names the fields, for whoever reads the dead letters."""
    refused = undecodable(value)
    assert (refused.reason, refused.detail) == ("not_an_event", detail)


def test_an_event_needs_its_required_fields() -> None:
    """Every missing one is named."""
    assert undecodable(b'{"schema_version":1}').detail.count("required") == 9


@pytest.mark.parametrize("version", [0, 2, 10**300])
def test_other_versions_are_told_apart_from_rubbish(version: int) -> None:
    """They can be retried once a reader for them is deployed."""
    refused = undecodable(event(schema_version=version, answers="changed shape"))
    assert refused.reason == "unknown_version"
    assert len(refused.detail) < 60


def test_a_long_list_of_faults_is_cut() -> None:
    """A dead letter's reason stays short."""
    assert len(undecodable(event(answers={f"q{number}": "x" for number in range(100)})).detail) == 500


def test_an_event_far_from_its_receipt_is_still_read() -> None:
    """The clock rule is for the door; what is in the log is counted."""
    assert decode(event(occurred_at="2001-01-01T00:00:00Z")).occurred_at == datetime(2001, 1, 1, tzinfo=UTC)
