"""Integer counts of answers: what an index is computed from, and all that has to be kept for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Distribution = Mapping[int, int]
"""Answer → how many gave it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many responses, and for each question how many gave each answer.

    Adding tallies is associative and commutative with `Tally()` as zero, so any way of splitting the responses (by
    hour, by touchpoint, by consumer) ends in the same counts.

    >>> Tally.of([{"waktu": 4}, {"waktu": 3, "biaya": None}]) + Tally.of([{"waktu": 4}])
    Tally(responses=3, answers={'waktu': {4: 2, 3: 1}})
    """

    responses: int = 0
    answers: Mapping[str, Distribution] = field(default_factory=dict)

    @classmethod
    def of(cls, responses: Iterable[Mapping[str, int | None]]) -> Tally:
        """Count responses given as question key → answer; None ("not applicable") is no answer."""
        counts: dict[str, dict[int, int]] = {}
        number = 0
        for response in responses:
            number += 1
            for question, answer in response.items():
                if answer is not None:
                    distribution = counts.setdefault(question, {})
                    distribution[answer] = distribution.get(answer, 0) + 1
        return cls(number, counts)

    def __add__(self, other: Tally) -> Tally:
        return Tally.merged((self, other))

    @classmethod
    def merged(cls, tallies: Iterable[Tally]) -> Tally:
        """The sum of any number of tallies, in one pass."""
        counts: dict[str, dict[int, int]] = {}
        responses = 0
        for tally in tallies:
            responses += tally.responses
            for question, distribution in tally.answers.items():
                into = counts.setdefault(question, {})
                for answer, count in distribution.items():
                    into[answer] = into.get(answer, 0) + count
        return cls(responses, counts)
