"""Submissions to vary in tests, and files that tests read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from readmodel.questionnaires import questionnaires
from schemas.feedback import parse_submission
from schemas.violation import Invalid, Violation

RECEIVED_AT = datetime(2026, 11, 21, 3, 0, 1, 250_000, tzinfo=UTC)
PRODUCER = "api@front-1"
GOLDEN = Path(__file__).parent / "golden"
EXAMPLE = Path(__file__).parents[2] / "puas" / "catalog.example.yaml"
INSTRUMENTS = ("skm-2017@1", "smiley@1")
KNOWN = questionnaires()


def submission(**changes: Any) -> dict[str, Any]:
    """A one-tap submission with what is required and nothing more, then `changes`."""
    return {
        "event_id": "0199c0de-7a2b-7c3d-8e4f-5a6b7c8d9e0f",
        "unit": "ult-bbpmp-jatim",
        "service": "legalisasi-ijazah",
        "touchpoint": "kiosk-ult-jatim-1",
        "channel": "kiosk",
        "instrument": "smiley@1",
        "answers": {"kepuasan": 4},
    } | changes


def full_submission(**changes: Any) -> dict[str, Any]:
    """A submission that uses every field a client may set, then `changes`."""
    elements = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")
    return (
        submission(instrument="skm-2017@1", answers=dict.fromkeys(elements, 3))
        | {
            "respondent": {
                "sex": "female",
                "age_band": "26-35",
                "education": "s1",
                "occupation": "pns",
                "disability": "none",
            },
            "comment": "Cepat dan ramah 👍",
            "language": "id",
            "duration_ms": 41_250,
            "occurred_at": "2026-11-21T10:00:00.123+07:00",
        }
        | changes
    )


def violations(payload: object) -> list[Violation]:
    """What parse_submission finds wrong with `payload`; fails when it finds nothing."""
    try:
        parse_submission(payload, RECEIVED_AT, PRODUCER)
    except Invalid as invalid:
        return list(invalid.violations)
    raise AssertionError("the payload was accepted")


def faults(payload: object) -> list[tuple[str, str]]:
    """(field, code) of each violation."""
    return [(violation.field, violation.code) for violation in violations(payload)]
