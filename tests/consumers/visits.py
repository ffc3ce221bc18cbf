"""Feedback that tests put into a log, and the office it is about."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from eventlog import Record
from satisfaction.instruments import instrument
from schemas.catalog import Catalog, Service, Touchpoint, Unit
from schemas.feedback import Feedback, encode

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
SMILEY, SKM = "smiley@1", "skm-2017@1"
SERVICES = ("ktp", "kk", "akta")
CATALOG = Catalog(
    (
        Unit(
            "ult",
            "Unit Layanan Terpadu",
            None,
            "Asia/Makassar",
            tuple(Service(name, name.upper(), (SKM, SMILEY)) for name in SERVICES),
            (Touchpoint("kiosk-1", "Kios pintu masuk", "kiosk", "open", SERVICES),),
        ),
    )
)

_numbers = itertools.count(1)


def feedback(**changes: Any) -> Feedback:
    """A new visitor's smiley at noon in Makassar, different where told."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "event_id": UUID(int=(0x7 << 76) | (number << 80) | (0x8 << 60)),
        "unit": "ult",
        "service": SERVICES[number % len(SERVICES)],
        "touchpoint": "kiosk-1",
        "channel": "kiosk",
        "instrument": SMILEY,
        "answers": {"kepuasan": 1 + number % 4},
        "received_at": NOON + timedelta(seconds=number % 3600),
        "producer": "test",
    }
    return Feedback(**values | changes)


def questionnaires(count: int, seed: int = 1) -> list[Feedback]:
    """Long forms with every answer at random, some questions left out, now and then answered too fast."""
    chance = random.Random(seed)
    questions = instrument(SKM).questions
    return [
        feedback(
            instrument=SKM,
            answers={question.key: chance.choice([None, 1, 2, 3, 4, 4]) for question in questions} | {"waktu": 3},
            duration_ms=chance.choice([None, 100, 60_000]),
            comment=chance.choice([None, "Terima kasih 🙏"]),
        )
        for _ in range(count)
    ]


def record(sent: Feedback) -> Record:
    """The record that the intake would append."""
    return Record(sent.service.encode(), encode(sent), (("content-type", b"application/json"),))


def poison(count: int, key: bytes = b"ktp") -> list[Record]:
    """Records that nobody can read."""
    return [Record(key, b"\x00\xff poison %d" % number, (("from", b"elsewhere"),)) for number in range(count)]
