"""How far this consumer is and whether it moves: written by the loop, read by whoever asks over HTTP."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consumers.probe import Probe
    from eventlog import Entry

ALIVE_WITHIN = 60.0


class Progress:
    """The loop's state. Each attribute is replaced whole, so readers on other threads need no lock.

    `ends` asks the log for the positions after its last records; `others` are what else must answer for the consumer to
    be of use (the database).
    """

    def __init__(
        self,
        ends: "Probe[Mapping[int, int]]",
        others: "Sequence[Probe[Any]]" = (),
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.trouble: str | None = "starting"
        self._ends = ends
        self._others = others
        self._clock = clock
        self._wall_clock = wall_clock
        self._beat_at: float | None = None
        self._assigned: frozenset[int] = frozenset()
        self._stored: dict[int, int] = {}
        self._oldest_held: float | None = None
        self._counted_up_to = wall_clock()

    def beat(self) -> None:
        """The loop is at work: it has begun another round or another attempt."""
        self._beat_at = self._clock()
        if not any(self.lag_records().values()):
            self._counted_up_to = self._wall_clock()

    def assigned(self, partitions: Collection[int]) -> None:
        """These partitions are this consumer's now."""
        self._assigned = frozenset(partitions)

    def holds(self, entries: "Sequence[Entry]") -> None:
        """These have been read and are not stored yet."""
        self._oldest_held = min(entry.timestamp_ms for entry in entries) / 1000

    def stored(self, positions: Mapping[int, int]) -> None:
        """What was held is stored; these are the positions to go on from."""
        self._stored = {**self._stored, **positions}
        if self._oldest_held is not None:
            self._counted_up_to = self._oldest_held
        self._oldest_held = None

    def lag_records(self) -> dict[int, int]:
        """Per assigned partition, the records in the log that are not stored yet, as far as known."""
        ends = self._ends.answer or {}
        return {
            partition: max(0, ends[partition] - self._stored.get(partition, 0))
            for partition in sorted(self._assigned)
            if partition in ends
        }

    def lag_seconds(self) -> float:
        """The age of the oldest record not stored; of one that has not been read either, the most that it can be."""
        if self._oldest_held is not None:
            return max(0.0, self._wall_clock() - self._oldest_held)
        if any(self.lag_records().values()):
            return max(0.0, self._wall_clock() - self._counted_up_to)
        return 0.0

    def not_alive(self) -> str | None:
        """Why this process should be started anew; None while its loop moves, an outage included.

        Before the loop begins there is nothing to say: to bring a large database up to date takes as long as it takes.
        """
        stalled = 0.0 if self._beat_at is None else self._clock() - self._beat_at
        return f"no progress for {stalled:.0f} s" if stalled > ALIVE_WITHIN else None

    def not_ready(self) -> str | None:
        """Why feedback is not being counted now; None when it is."""
        probes: list[Probe[Any]] = [self._ends, *self._others]
        troubles = [self.not_alive(), self.trouble, *(probe.trouble() for probe in probes)]
        if not self._assigned:
            troubles.append("no partitions assigned yet")
        return "; ".join(trouble for trouble in troubles if trouble) or None
