"""Several consumers at once, and one killed at its work."""

import multiprocessing
import os
import random
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import Connection as Pipe
from threading import Event

import pytest
from sqlalchemy import Engine, func, select

from readmodel.database import DatabaseAway, open_database, reading, writing
from readmodel.projection import (
    StoredResponse,
    add_tallies,
    claim,
    fingerprint,
    insert_responses,
    rebuild_tallies,
    store_positions,
)
from readmodel.queries import next_positions
from readmodel.tables import TALLY_TABLES, cells, positions, responses
from tests.readmodel.samples import HOUR_MS, START_MS, project, response

_PARTITIONS = 3
_LENGTH = 120


def _record(partition: int, position: int) -> StoredResponse:
    """Every fourth record repeats one of the partition before."""
    number = partition * 1_000 + position
    if partition and position % 4 == 0:
        number -= 1_000
    return response(number, partition=partition, position=position)


def _consume(url: str, seed: int) -> int:
    """Project every partition to its end, together with others who do the same; returns how many were new to it."""
    chance = random.Random(seed)
    engine = open_database(url)
    new, left = 0, set(range(_PARTITIONS))
    while left:
        try:
            with writing(engine) as conn:
                chosen = chance.sample(sorted(left), chance.randint(1, len(left)))
                starts = claim(conn, "log", chosen)
                ends = {number: min(_LENGTH, starts.get(number, 0) + chance.randint(1, 30)) for number in chosen}
                batch = [_record(n, at) for n in chosen for at in range(starts.get(n, 0), ends[n])]
                kept = insert_responses(conn, batch)
                add_tallies(conn, kept)
                store_positions(conn, "log", ends, now_ms=START_MS)
        except DatabaseAway:
            continue
        new += len(kept)
        left -= {number for number, end in ends.items() if end == _LENGTH}
    engine.dispose()
    return new


def _tallies(engine: Engine) -> dict[str, str]:
    with reading(engine) as conn:
        prints = fingerprint(conn)
    return {table.name: prints[table.name] for table in (*TALLY_TABLES, positions)}


def test_processes_that_share_partitions_count_every_response_once(empty_url: str, database: Engine) -> None:
    alone = _consume(empty_url, 0)
    expected = _tallies(database)
    with writing(database) as conn:
        for table in (responses, positions, *TALLY_TABLES):
            conn.execute(table.delete())
    with ProcessPoolExecutor(max_workers=3, mp_context=multiprocessing.get_context("spawn")) as processes:
        counted = list(processes.map(_consume, [empty_url] * 3, (1, 2, 3)))
    assert sum(counted) == alone
    assert _tallies(database) == expected


def test_batches_that_overlap_are_counted_once_without_any_claim(database: Engine) -> None:
    """Two partitions may hold one event_id; nobody need fail for that, and no tally counts it twice."""
    batches = [[response(number) for number in range(at, at + 200)] for at in range(0, 1_000, 100)]

    def count(batch: list[StoredResponse]) -> int:
        with writing(database) as conn:
            new = insert_responses(conn, batch)
            add_tallies(conn, new)
        return len(new)

    shuffled = [random.Random(1).sample(batch, len(batch)) for batch in batches]
    with ThreadPoolExecutor(4) as threads:
        counted = list(threads.map(count, shuffled))
    assert sum(counted) == 1_100
    before = _tallies(database)
    with writing(database) as conn:
        for table in (responses, *TALLY_TABLES):
            conn.execute(table.delete())
    project(database, [response(number) for number in range(1_100)])
    assert _tallies(database) == before


@pytest.mark.parametrize("before", [{}, {0: 7}], ids=["nothing stored yet", "stored before"])
def test_a_partition_is_claimed_by_one_at_a_time(database: Engine, before: dict[int, int]) -> None:
    """Even where there is no row to lock yet the second consumer waits, and then sees what the first stored."""
    with writing(database) as conn:
        store_positions(conn, "log", before, now_ms=1)
    claimed, may_go_on = Event(), Event()

    def first() -> None:
        with writing(database) as conn:
            claim(conn, "log", [0])
            claimed.set()
            may_go_on.wait(10)
            store_positions(conn, "log", {0: 42}, now_ms=1)

    def second() -> dict[int, int]:
        claimed.wait(10)
        with writing(database) as conn:
            return claim(conn, "log", [0, 1])

    with ThreadPoolExecutor(2) as threads:
        done, waiting = threads.submit(first), threads.submit(second)
        assert claimed.wait(10)
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        may_go_on.set()
        done.result(10)
        assert waiting.result(10) == {0: 42}


def test_other_partitions_are_not_held_up_on_postgresql(database: Engine, connect: Callable[[float], Engine]) -> None:
    impatient = connect(2.0)
    with writing(database) as conn:
        claim(conn, "log", [0])
        if database.dialect.name == "postgresql":
            project(impatient, [response(1)], {1: 1})
        else:  # SQLite has one writer at a time, whatever it writes
            with pytest.raises(DatabaseAway):
                project(impatient, [response(1)], {1: 1})


def test_tallies_of_the_same_cells_are_added_without_deadlock(database: Engine) -> None:
    """Whatever order two consumers met the cells in."""
    rows = [response(number, hour_ms=START_MS + number % 300 * HOUR_MS) for number in range(600)]

    def add(batch: list[StoredResponse]) -> None:
        for _ in range(8):
            with writing(database) as conn:
                add_tallies(conn, batch)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add, (rows, rows[::-1])))
    with reading(database) as conn:
        total = conn.execute(select(func.sum(cells.c.n)).where(cells.c.cut == "", cells.c.grain == "hour")).scalar_one()
    assert int(total) == 2 * 8 * 600


def test_consumers_wait_for_a_rebuild_and_lose_nothing_to_it(database: Engine) -> None:
    project(database, [response(number) for number in range(100)], {0: 50, 1: 50})
    rebuilt, may_commit = Event(), Event()

    def rebuild() -> None:
        with writing(database) as conn:
            rebuild_tallies(conn, lambda _done, _total: None)
            rebuilt.set()
            may_commit.wait(10)

    def consume() -> None:
        rebuilt.wait(10)
        project(database, [response(number) for number in range(90, 200)], {0: 100, 1: 100})

    with ThreadPoolExecutor(2) as threads:
        rebuilding, consuming = threads.submit(rebuild), threads.submit(consume)
        assert rebuilt.wait(10)
        with pytest.raises(TimeoutError):
            consuming.result(0.3)
        may_commit.set()
        rebuilding.result(10)
        consuming.result(10)
    before = _tallies(database)
    with writing(database) as conn:
        rebuild_tallies(conn, lambda _done, _total: None)
    assert _tallies(database) == before


def test_a_rebuild_waits_for_the_projection_under_way(database: Engine) -> None:
    """Or it would count again the responses whose new tallies it could not see to delete."""
    emptied, committed = Event(), Event()

    def progress(done: int, _total: int) -> None:
        if done == 0:
            emptied.set()
            committed.wait(10)

    def rebuild() -> None:
        with writing(database) as conn:
            rebuild_tallies(conn, progress)

    with ThreadPoolExecutor(1) as threads:
        with writing(database) as conn:
            claim(conn, "log", [0])
            add_tallies(conn, insert_responses(conn, [response(number) for number in range(50)]))
            rebuilding = threads.submit(rebuild)
            assert not emptied.wait(0.5)
        committed.set()
        rebuilding.result(10)
    before = _tallies(database)
    with writing(database) as conn:
        rebuild_tallies(conn, lambda _done, _total: None)
    assert _tallies(database) == before


def _begin_and_wait_to_be_killed(url: str, ready: Pipe) -> None:
    with writing(open_database(url)) as conn:
        claim(conn, "log", [0, 1])
        new = insert_responses(conn, [response(number) for number in range(100, 400)])
        add_tallies(conn, new)
        store_positions(conn, "log", {0: 200, 1: 200}, now_ms=START_MS)
        ready.send("all but committed")
        ready.recv()


def test_a_consumer_killed_in_mid_transaction_leaves_nothing(empty_url: str, database: Engine) -> None:
    project(database, [response(number) for number in range(150)], {0: 75, 1: 75})
    with reading(database) as conn:
        before = fingerprint(conn)
    ours, theirs = multiprocessing.Pipe()
    victim = multiprocessing.get_context("spawn").Process(
        target=_begin_and_wait_to_be_killed, args=(empty_url, theirs), daemon=True
    )
    victim.start()
    assert ours.poll(30)
    os.kill(victim.pid or 0, signal.SIGKILL)
    victim.join(10)
    with writing(database) as conn:
        assert claim(conn, "log", [0, 1]) == {0: 75, 1: 75}
    with reading(database) as conn:
        assert fingerprint(conn) == before
        assert next_positions(conn, "log") == {0: 75, 1: 75}
        assert conn.execute(select(func.count()).select_from(responses)).scalar_one() == 150
