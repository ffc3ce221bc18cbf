"""What is held back of a unit's year, decided once for the same counts: a board is looked at again and again."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from satisfaction.instruments import Instrument
from satisfaction.suppression import Decision, decide
from satisfaction.tally import Tally


class Asked:
    """What a decision depends on, so that one made for these counts is not made again at the next look."""

    def __init__(
        self, instrument: Instrument, months: Mapping[str, Mapping[str, Tally]], services: bool, kept: Sequence[str]
    ) -> None:
        self.instrument, self.months, self.services, self.kept = instrument, months, services, kept
        counted = (
            (service, month, tally.responses, sorted((key, sorted(of.items())) for key, of in tally.answers.items()))
            for service, tallies in sorted(months.items())
            for month, tally in sorted(tallies.items())
        )
        self.key = repr((instrument.id, services, sorted(kept), list(counted)))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asked) and (self.key, self.instrument) == (other.key, other.instrument)


@lru_cache(maxsize=128)
def decided(asked: Asked) -> Decision:
    """`decide`, remembered for as long as the counts stay as they are."""
    return decide(asked.instrument, asked.months, services=asked.services, kept=asked.kept)
