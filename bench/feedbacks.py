"""Visitors' feedback for the installation that the system tests use, made fast."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from eventlog import Record
from puas.visitors import uuid7
from schemas.feedback import encode, parse_submission

SERVICES = ("legalisasi", "konsultasi", "pengaduan", "informasi", "dapodik")
ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")
_FORMS = 0.3
"""The share of visitors who fill in the whole SKM form; the others tap on one face."""
_WEEK_S = 7 * 24 * 3600


def submission(chance: random.Random) -> dict[str, object]:
    """One visitor's, given now."""
    form = chance.random() < _FORMS
    questions = ELEMENTS if form else ("kepuasan",)
    made: dict[str, object] = {
        "event_id": str(uuid7(time.time())),
        "unit": "ult-uji",
        "service": chance.choice(SERVICES),
        "touchpoint": "qr-uji" if form else "kiosk-uji",
        "channel": "qr" if form else "kiosk",
        "instrument": "skm-2017@1" if form else "smiley@1",
        "answers": {question: chance.randint(1, 4) for question in questions},
        "language": "id",
        "duration_ms": chance.randint(1_000, 9_000) * len(questions),
    }
    if form:
        made["respondent"] = {"sex": chance.choice(("female", "male")), "education": "s1", "occupation": "pns"}
    return made


def records(count: int, chance: random.Random) -> Iterator[Record]:
    """What the intake would have appended for `count` visitors of the last week, oldest first."""
    first = time.time() - _WEEK_S
    for number in range(count):
        received_at = datetime.fromtimestamp(first + number * _WEEK_S / count, UTC)
        feedback = parse_submission(submission(chance), received_at, "bench")
        headers = (("content-type", b"application/json"), ("schema-version", b"1"))
        yield Record(feedback.service.encode(), encode(feedback), headers)
