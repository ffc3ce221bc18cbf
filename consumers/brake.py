"""The brake: a flood of dead letters is a bug in us, so stop and shout instead of emptying the log into them."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

WINDOW = 1000
LEAST_SEEN = 200
EXAMPLE_LENGTH = 300


class Brake(Exception):
    """Too many records can't be used: stop, store nothing of this batch, tell the operator what to do."""


@dataclass(frozen=True, slots=True)
class Setback:
    """One record that can't be used: where it is, why."""

    partition: int
    position: int
    reason: str
    detail: str

    def __str__(self) -> str:
        return f"partition {self.partition} position {self.position}"


@dataclass(frozen=True, slots=True)
class Streaks:
    """How the latest records went. Values never change: keep what `after` returns once its batch is committed.

    `limit` setbacks in a row, in one partition or in the order read, trip the brake; so do setbacks that are more
    than half of the last 1,000 records, once 200 have been seen. With 0 as the limit nothing does.
    """

    limit: int
    per_partition: Mapping[int, int] = field(default_factory=dict)
    in_a_row: int = 0
    recent: tuple[bool, ...] = ()

    def resumed(self, per_partition: Mapping[int, int]) -> "Streaks":
        """At an assignment: the setbacks that the stored part of each partition ends with, 0 or more each."""
        known = {**self.per_partition, **per_partition}
        started = bool(self.recent)
        return replace(self, per_partition=known, in_a_row=self.in_a_row if started else sum(per_partition.values()))

    def after(self, outcomes: Iterable[tuple[int, Setback | None]]) -> "Streaks":
        """The streaks after these (partition, setback or None) outcomes, in the order read. Raises Brake."""
        streaks = dict(self.per_partition)
        in_a_row, recent = self.in_a_row, deque(self.recent, WINDOW)
        setbacks: list[Setback] = []
        for partition, setback in outcomes:
            recent.append(setback is not None)
            if setback is None:
                streaks[partition] = in_a_row = 0
                continue
            setbacks.append(setback)
            streaks[partition] = streaks.get(partition, 0) + 1
            in_a_row += 1
            if self.limit and in_a_row >= self.limit:
                raise Brake(_message(f"{in_a_row} records in a row", setbacks[-in_a_row:]))
            if self.limit and streaks[partition] >= self.limit:
                here = [other for other in setbacks if other.partition == partition]
                raise Brake(_message(f"{streaks[partition]} records of one partition in a row", here))
        bad = sum(recent)
        if self.limit and setbacks and len(recent) >= LEAST_SEEN and bad * 2 > len(recent):
            raise Brake(_message(f"{bad} of the last {len(recent)} records", setbacks))
        return replace(self, per_partition=streaks, in_a_row=in_a_row, recent=tuple(recent))


def _message(how_many: str, setbacks: list[Setback]) -> str:
    first, last = setbacks[0], setbacks[-1]
    return (
        f"stopped by the brake: {how_many} can't be counted, here from {first} to {last} ({reasons(setbacks)}). "
        f"Example, {last}: {last.detail[:EXAMPLE_LENGTH]}. Nothing of this batch was stored. "
        "So many are more likely the fault of this release, of the catalog or of one producer than of the records: put "
        "that right and start again. If the records really are unusable, let one run of `puas consume --brake 0` set "
        "them aside; `puas dead-letters retry` counts them later."
    )


def reasons(setbacks: Iterable[Setback]) -> str:
    """How often each reason was met, most often first.

    >>> reasons([Setback(0, 1, "not_json", ""), Setback(0, 2, "not_json", ""), Setback(0, 3, "not_an_event", "")])
    'not_json 2, not_an_event 1'
    """
    counts = Counter(setback.reason for setback in setbacks)
    return ", ".join(f"{reason} {count}" for reason, count in counts.most_common())
