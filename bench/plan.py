"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`workers` and `threads` hold for Puas and the echo; the competitor gets as many processes."""

    rounds: int
    seconds: float
    warm_up: float
    connections: int
    workers: int
    threads: int
    records: int
    rate: float

    @property
    def sizes(self) -> dict[str, str]:
        """The plan's sizes as Puas's settings."""
        return {"PUAS_WORKERS": str(self.workers), "PUAS_THREADS": str(self.threads)}
