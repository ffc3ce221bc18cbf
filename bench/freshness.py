"""From feedback to index: how long a visitor's answer takes to be counted, under a steady load."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Engine, select

from bench.ground import Ground
from bench.histogram import quantile, scraped
from bench.paced import post
from bench.pairs import PAIRS, Running, start
from bench.plan import Plan
from bench.rows import Row, Section
from readmodel.database import open_database, reading
from readmodel.tables import responses
from runtime.metrics import FEEDBACK_TO_INDEX

_LOOK_EVERY = 0.005
_ARRIVED_WITHIN = 60.0


@dataclass(slots=True)
class Found:
    """One pair's figures, one a round."""

    rates: list[float] = field(default_factory=list)
    seen: dict[float, list[float]] = field(default_factory=lambda: {0.5: [], 0.99: []})
    told: dict[float, list[float]] = field(default_factory=lambda: {0.5: [], 0.99: []})


def measure(ground: Ground, plan: Plan, say: Callable[[str], None]) -> Section:
    """Milliseconds from when a feedback was due to when the database shows it, and what Puas itself says of it."""
    pairs = {
        f"{log} → {database}": start(ground, plan, ground.event_log(log), ground.database(database))
        for log, database in PAIRS
    }
    found = {name: Found() for name in pairs}
    for number in range(plan.rounds):
        for name, running in pairs.items():
            say(f"feedback to index, round {number + 1}: {name}")
            _measure_once(running, plan, found[name])
    rows: list[Row] = []
    for name, one in found.items():
        for how, shares in (("seen in the database", one.seen), ("by Puas's histogram", one.told)):
            rows.append(
                Row(what=f"{name}, {how}", unit="/s", values=one.rates, p50_ms=shares[0.5], p99_ms=shares[0.99])
            )
    return Section(f"Feedback to index at {plan.rate:g} feedbacks a second", "", rows)


def _measure_once(running: Running, plan: Plan, found: Found) -> None:
    engine = open_database(running.database)
    watch = Watch(engine)
    post(running.port, plan.rate, plan.warm_up, lambda *_: None)
    before = scraped(running.metrics_port, FEEDBACK_TO_INDEX.name)
    watcher = threading.Thread(target=watch.run)
    watcher.start()
    try:
        found.rates.append(post(running.port, plan.rate, plan.seconds, watch.expect))
    finally:
        watch.last_sent.set()
        watcher.join()
    after = scraped(running.metrics_port, FEEDBACK_TO_INDEX.name)
    engine.dispose()
    if watch.missing():
        raise RuntimeError(f"{watch.missing()} feedbacks were acknowledged and not counted")
    ordered = sorted(watch.took)
    for share in found.seen:
        found.seen[share].append(ordered[int(share * (len(ordered) - 1))] * 1000)
        found.told[share].append(quantile(share, before, after) * 1000)


class Watch:
    """Looks again and again whether what is expected is in the database; `took` are seconds, one for each found."""

    def __init__(self, engine: Engine) -> None:
        self.took: list[float] = []
        self.last_sent = threading.Event()
        self._engine = engine
        self._expected: dict[UUID, float] = {}

    def expect(self, event_id: UUID, due: float) -> None:
        """From now on look for `event_id`, which was due at `due` (time.perf_counter)."""
        self._expected[event_id] = due

    def missing(self) -> int:
        """How many that were expected have not been found."""
        return len(self._expected)

    def run(self) -> None:
        """Until all is found that was expected when `last_sent` was set, or too long after."""
        give_up = float("inf")
        while True:
            if self.last_sent.is_set():
                give_up = min(give_up, time.monotonic() + _ARRIVED_WITHIN)
            if (self.last_sent.is_set() and not self._expected) or time.monotonic() > give_up:
                return
            time.sleep(_LOOK_EVERY)
            self._look()

    def _look(self) -> None:
        expected = list(self._expected)
        with reading(self._engine) as connection:
            there = connection.scalars(select(responses.c.event_id).where(responses.c.event_id.in_(expected))).all()
        now = time.perf_counter()
        self.took += [now - self._expected.pop(event_id) for event_id in there]
