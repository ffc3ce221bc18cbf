"""Projection: how many records a second one consumer counts, next to a bare poll and decode of the same topic."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, func, select

from bench.feedbacks import records
from bench.ground import Ground
from bench.plan import Plan
from bench.rows import Row, Section
from eventlog.opening import open_log
from readmodel.database import migrate, open_database, reading
from readmodel.tables import positions
from tests.system.installation import Installation, installed

_ROOT = Path(__file__).parent.parent
_APPEND = 500
_LOOK_EVERY = 0.01
_AT_MOST = 600.0


def measure(ground: Ground, plan: Plan, say: Callable[[str], None]) -> Section:
    """Records a second from a log that was filled before, each round into a new database."""
    kafka, sqlite = (_filled(ground, plan, kind, say) for kind in ("Kafka", "SQLite"))
    measures: dict[str, Callable[[], float]] = {
        "Bare kafka-python poll + json.loads": lambda: _bare(kafka, plan.records),
        "Puas, Kafka → PostgreSQL": lambda: _consumed(ground, kafka, "PostgreSQL", plan.records),
        "Puas, SQLite → SQLite": lambda: _consumed(ground, sqlite, "SQLite", plan.records),
    }
    rates: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(plan.rounds):
        for name, one in measures.items():
            say(f"projection, round {number + 1}: {name}")
            rates[name].append(one())
    bare = next(iter(rates.values()))
    rows = [
        Row(what=name, unit="/s", values=found, ratios=[a / b for a, b in zip(found, bare, strict=True)])
        for name, found in rates.items()
    ]
    return Section(f"Projection of {plan.records:,} feedbacks, one consumer", "the bare poll", rows)


def counted(engine: Engine) -> int:
    """How many records of its one log the read model has gone past."""
    with reading(engine) as connection:
        return int(connection.scalar(select(func.coalesce(func.sum(positions.c.next_position), 0))) or 0)


def _filled(ground: Ground, plan: Plan, kind: str, say: Callable[[str], None]) -> str:
    say(f"projection: filling a log in {kind}")
    address = ground.event_log(kind)
    log = open_log(address)
    try:
        made = records(plan.records, random.Random(1))
        while batch := list(islice(made, _APPEND)):
            log.append(batch, 30.0)
    finally:
        log.close()
    return address


def _bare(event_log: str, count: int) -> float:
    servers, _, topic = event_log.removeprefix("kafka://").partition("/")
    arguments = [sys.executable, "-m", "bench.bare_poll", servers, topic, str(count)]
    run = subprocess.run(arguments, cwd=_ROOT, capture_output=True, text=True, check=True, timeout=_AT_MOST)
    return float(run.stdout)


def _consumed(ground: Ground, event_log: str, database_kind: str, count: int) -> float:
    """Timed from the first batch that is counted, so that starting a process and joining a group are left out."""
    database = ground.database(database_kind)
    engine = open_database(database)
    migrate(engine)
    with installed(Installation(ground.folder("puas"), event_log, database)) as installation:
        consumer = installation.start_consumer(ready=False)
        deadline = time.monotonic() + _AT_MOST
        first = seen = 0
        started = 0.0
        while seen < count:
            time.sleep(_LOOK_EVERY)
            seen = counted(engine)
            if seen and not first:
                first, started = seen, time.perf_counter()
            if time.monotonic() > deadline or not consumer.running():
                raise RuntimeError(f"{seen} of {count} records were counted:\n{consumer.said()}")
        ended = time.perf_counter()
        consumer.terminate()
    engine.dispose()
    return (count - first) / (ended - started)
