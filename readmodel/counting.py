"""Counting responses in memory, ready to be added to the tally tables."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from readmodel.response import StoredResponse

Cell = tuple[str, str, int, str, str, str, bool]
"""unit, service, hour_ms, instrument, touchpoint, channel, included"""
Place = tuple[str, str, str, str, bool]
"""unit, service, touchpoint, channel, included"""


@dataclass(slots=True)
class Counts:
    """What a number of responses add to each tally table, keyed as the table is."""

    responses: Counter[Cell] = field(default_factory=Counter)
    answers: Counter[tuple[Cell, str, int]] = field(default_factory=Counter)
    flags: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    latest: dict[Place, tuple[int, int]] = field(default_factory=dict)
    """The latest occurred_ms and the latest received_ms."""

    def add(self, rows: Iterable[StoredResponse]) -> None:
        """Count these too. An answer of None ("not applicable") is no answer."""
        for row in rows:
            cell = (row.unit, row.service, row.hour_ms, row.instrument, row.touchpoint, row.channel, row.included)
            self.responses[cell] += 1
            for question, answer in row.answers.items():
                if answer is not None:
                    self.answers[cell, question, answer] += 1
            for rule in set(row.flags):
                self.flags[rule, row.unit, row.service] += 1
            place = (row.unit, row.service, row.touchpoint, row.channel, row.included)
            occurred, received = self.latest.get(place, (row.occurred_ms, row.received_ms))
            self.latest[place] = max(occurred, row.occurred_ms), max(received, row.received_ms)

    def __len__(self) -> int:
        return len(self.responses) + len(self.answers)

    def response_totals(self) -> Counter[Place]:
        """Responses per place, whatever the hour and the instrument."""
        totals: Counter[Place] = Counter()
        for (unit, service, _hour, _instrument, touchpoint, channel, included), count in self.responses.items():
            totals[unit, service, touchpoint, channel, included] += count
        return totals

    def answer_totals(self) -> Counter[tuple[str, str, str, int]]:
        """Answers of included responses per unit, service, question and answer."""
        totals: Counter[tuple[str, str, str, int]] = Counter()
        for ((unit, service, *_rest, included), question, answer), count in self.answers.items():
            if included:
                totals[unit, service, question, answer] += count
        return totals
