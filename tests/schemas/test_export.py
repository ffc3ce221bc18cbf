"""The exported JSON Schemas are what the marshmallow schemas say, and valid themselves."""

import json

import jsonschema
import pytest
from marshmallow import Schema, fields

from schemas.catalog import to_document
from schemas.catalog_file import read_catalog
from schemas.export import DIRECTORY, texts
from schemas.json_schema import document
from tests.schemas.samples import EXAMPLE, GOLDEN, KNOWN, full_submission, submission


def validator(name: str) -> jsonschema.Draft202012Validator:
    """A validator of the exported file, formats included."""
    schema = json.loads((DIRECTORY / f"{name}.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def test_the_files_are_what_export_writes() -> None:
    """Run `python -m schemas.export` after changing a schema."""
    written = {path.name: path.read_text(encoding="utf-8") for path in DIRECTORY.iterdir()}
    assert written == texts()


@pytest.mark.parametrize("name", sorted(texts()))
def test_each_file_is_a_json_schema(name: str) -> None:
    """It names its dialect and obeys it."""
    schema = json.loads(texts()[name])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("payload", [submission(), full_submission(), full_submission(comment=None, respondent=None)])
def test_submissions_fit_the_submission_schema(payload: dict[str, object]) -> None:
    """What the intake accepts the exported schema accepts."""
    validator("feedback-submission").validate(payload)


@pytest.mark.parametrize(
    "change",
    [
        {"producer": "me"},
        {"answers": {"Waktu": 1}},
        {"answers": {"waktu": "1"}},
        {"answers": {"waktu": True}},
        {"respondent": {"name": "x"}},
        {"respondent": {"sex": "x y"}},
        {"respondent": {"age_band": "31"}},
        {"comment": "x" * 2001},
        {"comment": "a\0"},
        {"channel": "fax"},
        {"channel": None},
        {"event_id": "00000000-0000-0000-0000-000000000000"},
        {"occurred_at": "2026-11-21T10:00:00"},
    ],
)
def test_the_submission_schema_refuses_what_the_intake_refuses(change: dict[str, object]) -> None:
    """A client that validates first learns the same."""
    assert not validator("feedback-submission").is_valid(submission(**change))


@pytest.mark.parametrize("path", sorted(GOLDEN.iterdir()), ids=lambda path: path.stem)
def test_golden_events_fit_the_event_schema(path: object) -> None:
    """Fields of the future included."""
    validator("feedback-submitted-v1").validate(json.loads((GOLDEN / str(path)).read_bytes()))


def test_the_example_catalog_fits_the_catalog_schemas() -> None:
    """As a file, and as the API answers it."""
    shown = to_document(read_catalog(EXAMPLE, KNOWN))
    validator("catalog-file").validate(shown)
    validator("reply-catalog").validate(shown)


@pytest.mark.parametrize(
    ("change", "sound"),
    [
        ({}, True),
        ({"weights": "exact"}, True),
        ({"weights": {"waktu": "1/9", "biaya": 0.25}}, True),
        ({"weights": {"waktu": 2}}, False),
        ({"answers": {"1": {"id": "Buruk"}}}, False),
        ({"kind": "csat"}, False),
        ({"bobot": {}}, False),
    ],
)
def test_the_catalog_schema_knows_own_questionnaires(change: dict[str, object], sound: bool) -> None:
    """An editor helps to write one."""
    made: dict[str, object] = {"id": "a@1", "name": {"id": "A", "en": "A"}, "based_on": "skm-2017@1"}
    assert validator("catalog-file").is_valid({"units": [], "instruments": [made | change]}) is sound


@pytest.mark.parametrize(
    ("change", "sound"),
    [
        ({"public": "services", "served": {"2026": 1, "2026-S1": 2, "2026-Q4": 3, "2026-11": 4}}, True),
        ({"public": "all"}, False),
        ({"served": {"2026-13": 1}}, False),
        ({"served": {"2026": 0}}, False),
    ],
)
def test_the_catalog_schema_knows_what_is_public_and_served(change: dict[str, object], sound: bool) -> None:
    """As the check does."""
    unit = {"id": "a", "name": "A", "timezone": "Asia/Jakarta"}
    assert validator("catalog-file").is_valid({"units": [unit | change]}) is sound


@pytest.mark.parametrize(
    "change",
    [
        {"access": "paired"},
        {"access": "signed"},
        {"name": "Kiosk\x1b[2J"},
        {"name": "Kiosk\n"},
        {"name": "Kiosk\u202e"},
        {"name": " "},
        {"channel": "fax"},
    ],
)
def test_the_catalog_schema_refuses_what_a_check_refuses(change: dict[str, str]) -> None:
    """An editor that knows the schema marks it while it is typed."""
    shown = to_document(read_catalog(EXAMPLE, KNOWN))
    shown["units"][1]["touchpoints"][0] |= change
    assert not validator("catalog-file").is_valid(shown)


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "right/Asia/Jakarta"])
def test_the_catalog_schema_refuses_zones_of_one_machine(zone: str) -> None:
    """They are told apart by name."""
    unit = {"id": "a", "name": "A", "timezone": zone}
    assert not validator("catalog-file").is_valid({"units": [unit]})
    assert validator("catalog-file").is_valid({"units": [unit | {"timezone": "Asia/Jayapura"}]})


EVENT_ID = "0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f"
ERRORS = [{"field": "", "code": "not_an_object", "message": "Harus berupa objek JSON."}]
ELEMENT = {"key": "waktu", "code": "U3", "name": "Waktu", "n": 2, "nrr": 3.5, "weighted": 3.5, "band": "B"}
LIMITS = {"low": 80.1, "high": 94.9, "level": 0.95}
HEADLINE = {"n": 2, "index": 3.5, "ikm": 87.5, "nps": None}
ITEM = {
    "unit": "ult-bbpmp-jatim",
    "service": None,
    "touchpoint": None,
    "channel": None,
    "respondent": {"sex": "female", "education": None},
    "element": None,
    "instrument": "skm-2017@1",
    "period": {"label": "2026-Q4", "from": "2026-10-01T00:00:00+07:00", "to": "2027-01-01T00:00:00+07:00"},
    "n": 2,
    "excluded": 0,
    "index": 3.5,
    "ikm": 87.5,
    "band": "B",
    "band_label": "Baik",
    "bands": "permenpanrb-14-2017@1",
    "weights": "exact",
    "interval": LIMITS | {"standard_error": 3.7, "of": "ikm"},
    "csat": {"percent": 100.0, "count": 2, "n": 2, "interval": LIMITS | {"standard_error": 0.0, "of": "share"}},
    "nps": None,
    "misuse": {"mode": "exclude", "without_flagged": HEADLINE, "with_flagged": HEADLINE},
    "sample": {"population": 100, "needed": 80, "adequate": False},
    "closing": {"revision": 1, "closed_at": "2027-01-05T02:00:00.000Z", "digest": "sha256:0", "late": 0},
    "elements": [ELEMENT | {"distribution": {"1": 0, "3": 1, "4": 1}}],
    "suppressed": False,
}
NOBODY = ITEM | {"n": 0, "index": None, "ikm": None, "band": None, "band_label": None, "interval": None, "elements": []}
HELD_BACK = NOBODY | {"n": None, "excluded": None, "elements": [ELEMENT | {"n": None, "distribution": None}]}
INDICES = {
    "query": {"period": "2026-Q4"},
    "rules": {"weights": "exact", "bands": "permenpanrb-14-2017@1", "misuse": "misuse@1"},
    "as_of": {"time": "2026-11-21T03:00:01.250Z", "positions": {"0": 12}},
    "note": "x",
    "items": [ITEM, NOBODY, HELD_BACK],
}
PROBLEM = {"type": "/problems/invalid_feedback", "title": "x", "status": 422, "detail": "y", "errors": ERRORS}
REPLIES: list[tuple[str, dict[str, object] | list[dict[str, object]]]] = [
    ("reply-accepted", {"event_id": EVENT_ID, "status": "accepted", "stored": "spool"}),
    ("reply-batch", [{"event_id": EVENT_ID, "status": "accepted", "stored": "log"}]),
    ("reply-batch", [{"status": "invalid", "errors": ERRORS}]),
    ("reply-problem", PROBLEM),
    ("reply-problem", {"type": "about:blank", "title": "I'm a teapot", "status": 418}),
    ("reply-indices", INDICES),
    ("reply-indices", INDICES | {"as_of": {"time": None, "positions": {}}, "items": []}),
]


@pytest.mark.parametrize(("name", "reply"), REPLIES)
def test_replies_fit_their_schemas(name: str, reply: dict[str, object] | list[dict[str, object]]) -> None:
    """The documented answers are valid, and stay so when a member is added."""
    validator(name).validate(reply)
    later = {"added_later": 1}
    validator(name).validate([one | later for one in reply] if isinstance(reply, list) else reply | later)


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("reply-accepted", {"event_id": EVENT_ID, "status": "accepted", "stored": "memory"}),
        ("reply-batch", [{"status": "lost"}]),
        ("reply-problem", PROBLEM | {"status": 200}),
        ("reply-indices", INDICES | {"items": [ITEM | {"n": "2"}]}),
        ("reply-indices", INDICES | {"items": [{name: value for name, value in ITEM.items() if name != "period"}]}),
        ("reply-indices", INDICES | {"as_of": {"time": None, "positions": {"first": 0}}}),
    ],
)
def test_broken_replies_do_not_fit(name: str, reply: object) -> None:
    """The schemas can tell a broken answer from a sound one."""
    assert not validator(name).is_valid(reply)


def test_a_field_without_a_description_stops_the_export() -> None:
    """Guessing would publish a schema that accepts anything."""

    class Odd(Schema):
        blob = fields.Raw()

    with pytest.raises(TypeError, match="Raw"):
        document(Odd(), "Odd")
