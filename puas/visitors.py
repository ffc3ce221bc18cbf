"""Simulated visitors: what each one answers, decided by the service's quality and the visitor's mood."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from os import urandom
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from puas.comments import written_by

FREE_OF_CHARGE = "biaya"
TRUSTED = "spak"
"""Asked whether officers take bribes, people answer better than about their service."""
SURVEYS = ("spkp", "spak", "nps")
"""What a visitor is asked now and then, beside the questionnaire of every day."""
AGES = {"under-17": 1, "17-25": 15, "26-35": 33, "36-45": 27, "46-55": 17, "56-65": 6, "over-65": 1}
SCHOOLS = {"sd": 1, "smp": 3, "sma": 17, "diploma": 10, "s1": 48, "s2": 18, "s3": 3}
YOUNG_SCHOOLS = {"sma": 45, "diploma": 12, "s1": 43}
WORK = {"pns": 48, "tni": 1, "polri": 1, "swasta": 24, "wirausaha": 10, "lainnya": 16}
YOUNG_WORK = {"pns": 10, "swasta": 30, "wirausaha": 8, "lainnya": 52}
"""Who visits the front office of an education authority: mostly teachers and heads of schools, then parents."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of an instrument and the ends of its scale."""

    key: str
    smallest: int
    largest: int
    optional: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A service at a touchpoint with one of its instruments: everything a visitor can be asked about."""

    unit: str
    zone: ZoneInfo
    service: str
    touchpoint: str
    channel: str
    instrument: str
    questions: tuple[Question, ...]

    @property
    def online(self) -> bool:
        """Whether the visitor may answer from home."""
        return self.channel in ("qr", "web")


def weight(offer: Offer) -> float:
    """How often visitors take this offer: services differ, kiosks ask for a tap, phones for the long form."""
    busy = 0.4 + 1.2 * _fraction(offer.unit, offer.service, "busy") + 0.3 * _fraction(offer.touchpoint)
    short = len(offer.questions) == 1
    daily = 0.4 if offer.instrument.startswith(SURVEYS) else 1.0
    return busy * daily * (0.25 if offer.online else 1.0) * (0.85 if short != offer.online else 0.15)


def submission(offer: Offer, rng: Random, occurred_at: datetime | None, age_days: float = 0.0) -> dict[str, object]:
    """A body for POST /v1/feedback with a new version-7 event_id; `age_days` is how long ago the visit was.

    Quality drifts over the weeks, differently per service, so that trends show.
    """
    mood = rng.gauss(0, 0.14) - 0.006 * age_days * (2 * _fraction(offer.unit, offer.service, "drift") - 0.8)
    answers = {question.key: _answer(offer, question, mood, rng) for question in offer.questions}
    if all(value is None for value in answers.values()):
        answers[offer.questions[0].key] = offer.questions[0].largest
    body: dict[str, object] = {
        "event_id": str(uuid7(occurred_at.timestamp() if occurred_at else time.time())),
        "unit": offer.unit,
        "service": offer.service,
        "touchpoint": offer.touchpoint,
        "channel": offer.channel,
        "instrument": offer.instrument,
        "answers": answers,
        "language": "en" if rng.random() < 0.04 else "id",
        "duration_ms": round(sum(rng.lognormvariate(7.9, 0.5) for _ in offer.questions)),
    }
    if occurred_at is not None:
        body["occurred_at"] = occurred_at.isoformat(timespec="milliseconds")
    if len(offer.questions) > 1 and (said := _respondent(rng)):
        body["respondent"] = said
    if rng.random() < (0.12 if len(offer.questions) > 1 else 0.03):
        body["comment"] = rng.choice(written_by(_share(offer.questions, answers)))
    return body


def uuid7(seconds: float) -> UUID:
    """A version-7 UUID (RFC 9562 §5.7): Unix milliseconds, then random bits.

    >>> str(uuid7(1767225600.0))[:13], uuid7(0).version
    ('019b76da-a800', 7)
    """
    value = int(seconds * 1000) << 80 | int.from_bytes(urandom(10), "big")
    return UUID(int=value & ~(0xF000 << 64 | 0xC000 << 48) | 0x7000 << 64 | 0x8000 << 48)


def _answer(offer: Offer, question: Question, mood: float, rng: Random) -> int | None:
    if question.optional and rng.random() < 0.06:
        return None
    quality = 0.56 + 0.36 * _fraction(offer.unit, offer.service) + 0.2 * (_fraction(offer.service, question.key) - 0.5)
    if question.key == FREE_OF_CHARGE:
        quality += 0.18
    if offer.instrument.startswith(TRUSTED):
        quality += 0.1
    span = question.largest - question.smallest
    return question.smallest + round(span * min(1.0, max(0.0, quality + mood + rng.gauss(0, 0.15))))


def _share(questions: Sequence[Question], answers: dict[str, int | None]) -> float:
    """How good the answers are on the whole, from 0 (all worst) to 1 (all best)."""
    given = [(value, question) for question in questions if (value := answers[question.key]) is not None]
    return sum((value - asked.smallest) / (asked.largest - asked.smallest) for value, asked in given) / len(given)


def _respondent(rng: Random) -> dict[str, str]:
    """What the form asks about the visitor: one in eight says nothing, the others now and then leave one out."""
    if rng.random() < 0.12:
        return {}
    age = _drawn(AGES, rng)
    if age == "under-17":
        schools, work = {"sd": 10, "smp": 60, "sma": 30}, {"lainnya": 1}
    elif age == "17-25":
        schools, work = YOUNG_SCHOOLS, YOUNG_WORK
    else:
        schools, work = SCHOOLS, WORK
    said = {
        "sex": rng.choices(("female", "male"), weights=(54, 46))[0],
        "age_band": age,
        "education": _drawn(schools, rng),
        "occupation": _drawn(work, rng),
    }
    return {key: value for key, value in said.items() if rng.random() < 0.95}


def _drawn(weights: Mapping[str, int], rng: Random) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def _fraction(*names: str) -> float:
    """A number in 0..1 that stays the same for these names, in every run."""
    return int.from_bytes(hashlib.blake2s("/".join(names).encode(), digest_size=4).digest(), "big") / 2**32
