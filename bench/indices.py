"""Indices: how long a year's IKM of a unit takes, and whether ten times the responses make it longer."""

import time
from collections.abc import Callable
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bench.cells import UNIT, YEAR, fill
from bench.ground import Ground
from bench.plan import Plan
from bench.rows import Row, Section
from readmodel.database import migrate, open_database, reading
from readmodel.queries import Scope, Span, tallies
from satisfaction.index import Measure, measure
from satisfaction.instruments import Instrument, instrument
from satisfaction.periods import parse_period

_INSTRUMENT = "skm-2017@1"
_ZONE = ZoneInfo("Asia/Makassar")
_QUERIES = 200
_WARM_UP = 20
TIMES = (1, 10)
"""Tens of millions of responses."""


def measure_year(ground: Ground, plan: Plan, say: Callable[[str], None]) -> Section:
    """A year's IKM with its interval, of 10 million responses and of 100 million, asked for in turns."""
    asked = instrument(_INSTRUMENT)
    rows: list[Row] = []
    for kind in ("PostgreSQL", "SQLite"):
        engines = {}
        for times in TIMES:
            say(f"indices: {times * 10} million responses' cells in {kind}")
            engines[times] = open_database(ground.database(kind))
            migrate(engines[times])
            fill(engines[times], asked, times)
        say(f"indices: asking {kind}")
        rows += _compared(kind, engines, asked, plan.rounds)
        for engine in engines.values():
            engine.dispose()
    return Section("A year's IKM of a unit with 100 services", "ten million", rows)


def _compared(kind: str, engines: dict[int, Engine], asked: Instrument, rounds: int) -> list[Row]:
    for engine in engines.values():
        for _ in range(_WARM_UP):
            year_of(engine, asked)
    taken = [_round(engines, asked) for _ in range(rounds)]
    middles = {times: [median(wall for wall, _cpu in each[times]) for each in taken] for times in TIMES}
    return [
        Row(
            what=f"{kind}, {times * 10} million responses",
            unit="ms",
            values=middles[times],
            ratios=[own / first for own, first in zip(middles[times], middles[TIMES[0]], strict=True)],
            cpu_us=[median(cpu for _wall, cpu in each[times]) * 1000 for each in taken],
            p50_ms=middles[times],
            p99_ms=[quantiles((wall for wall, _cpu in each[times]), n=100)[98] for each in taken],
        )
        for times in TIMES
    ]


def _round(engines: dict[int, Engine], asked: Instrument) -> dict[int, list[tuple[float, float]]]:
    """Milliseconds by the clock and of this process's processor time, of every question to each database in turns."""
    taken: dict[int, list[tuple[float, float]]] = {times: [] for times in engines}
    for _ in range(_QUERIES):
        for times, engine in engines.items():
            wall, cpu = time.perf_counter(), time.process_time()
            year_of(engine, asked)
            taken[times].append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
    return taken


def year_of(engine: Engine, asked: Instrument) -> Measure:
    """The year's figures of the unit, read in a transaction of their own as for one request."""
    span = Span.of("year", parse_period(str(YEAR), _ZONE), _ZONE)
    with reading(engine) as conn:
        (group,) = tallies(conn, [span], Scope(unit=[UNIT], instrument=[asked.id]), ())
    return measure(asked, group.tally)
