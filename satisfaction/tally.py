"""Integer counts of answers: what an index and its interval are computed from, and all that has to be kept for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Distribution = Mapping[int, int]
"""Answer → how many gave it."""


class Pair(NamedTuple):
    """Of the respondents who answered both q and r: how many, the sums of either's answers, the sum of the products.

    The answers of one person go together, so an interval needs the respondent as its unit; these four integers are all
    that a variance over respondents needs to know about a pair of questions.
    """

    both: int
    sum_q: int
    sum_r: int
    product: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many responses, for each question how many gave each answer, and for each pair of questions its `Pair`.

    Pairs are keyed (q, r) with q before r in string order; a pair that nobody answered together has no entry. Counts
    taken from a published table know no pairs: they have an index but no interval.

    Adding tallies is associative and commutative with `Tally()` as zero, so any way of splitting the responses (by
    hour, by touchpoint, by consumer) ends in the same counts.

    >>> tally = Tally.of([{"waktu": 4}, {"waktu": 3, "biaya": None}]) + Tally.of([{"waktu": 4, "biaya": 2}])
    >>> tally.responses, tally.answers
    (3, {'waktu': {4: 2, 3: 1}, 'biaya': {2: 1}})
    >>> tally.pairs
    {('biaya', 'waktu'): Pair(both=1, sum_q=2, sum_r=4, product=8)}
    """

    responses: int = 0
    answers: Mapping[str, Distribution] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], Pair] = field(default_factory=dict)

    @classmethod
    def of(cls, responses: Iterable[Mapping[str, int | None]]) -> Tally:
        """Count responses given as question key → answer; None ("not applicable") is no answer."""
        counts: dict[str, dict[int, int]] = {}
        sums: dict[tuple[str, str], list[int]] = {}
        number = 0
        for response in responses:
            number += 1
            given = sorted((question, answer) for question, answer in response.items() if answer is not None)
            for place, (question, answer) in enumerate(given):
                distribution = counts.setdefault(question, {})
                distribution[answer] = distribution.get(answer, 0) + 1
                for other, second in given[place + 1 :]:
                    into = sums.get((question, other))
                    if into is None:
                        into = sums[question, other] = [0, 0, 0, 0]
                    into[0] += 1
                    into[1] += answer
                    into[2] += second
                    into[3] += answer * second
        return cls(number, counts, {key: Pair(*into) for key, into in sums.items()})

    def __add__(self, other: Tally) -> Tally:
        return Tally.merged((self, other))

    @classmethod
    def merged(cls, tallies: Iterable[Tally]) -> Tally:
        """The sum of any number of tallies, in one pass."""
        counts: dict[str, dict[int, int]] = {}
        sums: dict[tuple[str, str], list[int]] = {}
        responses = 0
        for tally in tallies:
            responses += tally.responses
            for question, distribution in tally.answers.items():
                into = counts.setdefault(question, {})
                for answer, count in distribution.items():
                    into[answer] = into.get(answer, 0) + count
            for key, (both, sum_q, sum_r, product) in tally.pairs.items():
                total = sums.get(key)
                if total is None:
                    sums[key] = [both, sum_q, sum_r, product]
                else:
                    total[0] += both
                    total[1] += sum_q
                    total[2] += sum_r
                    total[3] += product
        return cls(responses, counts, {key: Pair(*total) for key, total in sums.items()})
