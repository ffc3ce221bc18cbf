"""Memory: what `puas up` takes, shared pages shared out fairly among its processes."""

import time
from collections.abc import Callable
from pathlib import Path

from bench.family import family
from bench.ground import Ground
from bench.pairs import PAIRS, start
from bench.plan import Plan
from bench.projection import counted
from bench.rows import Row, Section
from bench.wrk import load
from readmodel.database import open_database

_SETTLE_S = 3.0
_LOOK_EVERY = 0.1
_COUNTED_WITHIN = 120.0
_MIB = 1024.0


def measure(ground: Ground, plan: Plan, say: Callable[[str], None]) -> Section:
    """MiB of all processes of `puas up` together: when ready, and when everything of a full load is counted."""
    names = [(f"{log} → {database}", log, database) for log, database in PAIRS]
    idle: dict[str, list[float]] = {name: [] for name, _, _ in names}
    loaded: dict[str, list[float]] = {name: [] for name, _, _ in names}
    for number in range(plan.rounds):
        for name, log, database in names:
            say(f"memory, round {number + 1}: {name}")
            before, after = _measured(ground, plan, log, database)
            idle[name].append(before)
            loaded[name].append(after)
    rows: list[Row] = []
    for name in idle:
        rows.append(Row(what=f"{name}, idle", unit="MiB", values=idle[name]))
        rows.append(Row(what=f"{name}, after load", unit="MiB", values=loaded[name]))
    return Section("Memory of `puas up` (PSS of the whole process tree)", "", rows)


def resident(pid: int) -> float:
    """MiB of a process and its descendants: each shared page is divided by how many processes share it."""
    lines = (line for each in family(pid) for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / _MIB


def _measured(ground: Ground, plan: Plan, log: str, database: str) -> tuple[float, float]:
    running = start(ground, plan, ground.event_log(log), ground.database(database))
    time.sleep(_SETTLE_S)
    idle = resident(running.program.pid)
    sent = load(running.port, plan.connections, plan.seconds).requests
    engine = open_database(running.database)
    deadline = time.monotonic() + _COUNTED_WITHIN
    while counted(engine) < sent:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{counted(engine)} of {sent} feedbacks were counted in {_COUNTED_WITHIN:.0f} s")
        time.sleep(_LOOK_EVERY)
    engine.dispose()
    loaded = resident(running.program.pid)
    running.program.stop()
    return idle, loaded
