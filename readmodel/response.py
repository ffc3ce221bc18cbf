"""One counted feedback as the read model keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponse:
    """A row of `responses`. Times are Unix milliseconds.

    `occurred_ms` is the instant used; `claimed_ms` is what the visitor's clock said, where there was one. `hour_ms`
    is the start of the unit's local hour that `occurred_ms` lies in, `day` its local date as the number yyyymmdd.
    `included` says whether the indices count it.
    """

    event_id: UUID
    unit: str
    service: str
    touchpoint: str
    channel: str
    instrument: str
    answers: Mapping[str, int | None]
    respondent: Mapping[str, str]
    comment: str | None
    language: str | None
    duration_ms: int | None
    occurred_ms: int
    claimed_ms: int | None
    received_ms: int
    hour_ms: int
    day: int
    flags: tuple[str, ...]
    included: bool
    producer: str
    partition: int
    position: int

    def fault(self) -> str | None:
        """Why no database could keep this (PostgreSQL holds no NUL and no number past 64 bits), or None."""
        texts = [self.unit, self.service, self.touchpoint, self.channel, self.instrument, self.producer]
        texts += [text for text in (self.comment, self.language) if text is not None]
        for mapping in (self.answers, self.respondent):
            texts += mapping
        texts += [*self.respondent.values(), *self.flags]
        whole = "".join(texts)
        if "\x00" in whole:
            return "a text holds a NUL character"
        if not whole.isascii():
            try:
                whole.encode()
            except UnicodeEncodeError:
                return "a text holds half a surrogate pair"
        for question, answer in self.answers.items():
            if answer is not None and answer not in _INT32:
                return f"the answer to {question} is out of all bounds"
        for number in (self.duration_ms, self.occurred_ms, self.claimed_ms, self.received_ms, self.hour_ms):
            if number is not None and number not in _INT64:
                return "a time is out of all bounds"
        return None
