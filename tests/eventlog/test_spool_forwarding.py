"""How records get from the spool into the log, whatever ends the forwarder."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from eventlog import EventLog, LogUnavailable, Record, SpoolDepth
from eventlog.sqlite import SqliteLog
from tests.eventlog.logs import OpenSpool, SqliteLogs, never, read, reading, records, values_in

Forwarding = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def log(sqlite_logs: SqliteLogs) -> EventLog:
    """A new, empty log."""
    return sqlite_logs.open(sqlite_logs.new_url())


@pytest.fixture
def forwarding(tmp_path: Path) -> Iterator[Forwarding]:
    """Another process that forwards the spool; none outlives the test."""
    with ExitStack() as processes:

        def start(url: str, *options: str) -> "subprocess.Popen[str]":
            spool = str(tmp_path / "spool" / "spool.db")
            command = [sys.executable, "-m", "tests.eventlog.forwarding", spool, url, *options]
            process = processes.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            processes.callback(process.kill)
            return process

        yield start


def numbered(count: int) -> list[Record]:
    """Records whose values sort as they were made."""
    return records(*(f"{number:06}" for number in range(count)))


def test_everything_spooled_reaches_the_log_in_its_order(open_spool: OpenSpool, log: EventLog) -> None:
    """With its key and headers, however many batches it takes, and leaves the spool."""
    spool = open_spool()
    written = [Record(b"\x00k\xff", b"%d" % number, (("trace", b"\x00\xff"),)) for number in range(1234)]
    for first in range(0, len(written), 100):
        spool.append(written[first : first + 100], 5.0)
    assert spool.forward(log, never) == 1234
    with reading(log) as reader:
        entries = read(reader, 1234)
    assert [Record(e.key or b"", e.value or b"", e.headers) for e in entries] == written
    assert spool.depth() == SpoolDepth(0, 0, 0.0)
    assert spool.forward(log, never) == 0


def test_while_the_log_is_away_nothing_leaves_the_spool(
    open_spool: OpenSpool, sqlite_logs: SqliteLogs, log: EventLog
) -> None:
    """The caller is told, and its next try moves everything."""
    spool = open_spool()
    spool.append(records("a", "b"), 5.0)
    with pytest.raises(LogUnavailable):
        spool.forward(sqlite_logs.out_of_reach(), never, timeout=0.2)
    assert spool.depth().records == 2
    assert spool.forward(log, never) == 2
    assert values_in(log) == [b"a", b"b"]


def test_a_record_the_log_refuses_is_set_aside_and_holds_up_no_other(open_spool: OpenSpool, tmp_path: Path) -> None:
    """It is kept with the reason, apart from what waits."""
    spool = open_spool()
    spool.append(records("a", "b" * 50, "c", "d" * 50, "e"), 5.0)
    small_log = SqliteLog(tmp_path / "small.db", max_record_bytes=20)
    assert spool.forward(small_log, never) == 5
    assert values_in(small_log) == [b"a", b"c", b"e"]
    small_log.close()
    assert spool.depth() == SpoolDepth(0, 0, 0.0)
    assert spool.refused() == 2
    kept = sqlite3.connect(tmp_path / "spool" / "spool.db")
    rows = kept.execute("SELECT key, value, reason FROM refused ORDER BY id").fetchall()
    kept.close()
    assert [(key, value) for key, value, _ in rows] == [(b"ktp", b"b" * 50), (b"ktp", b"d" * 50)]
    assert "53 bytes" in rows[0][2]


def test_forwarding_stops_between_batches_when_asked_to(open_spool: OpenSpool, log: EventLog) -> None:
    """A process that ends does not wait for a long spool."""
    spool = open_spool()
    spool.append(numbered(2000), 5.0)
    answers = iter([False, True])
    moved = spool.forward(log, lambda: next(answers))
    assert 0 < moved < 2000
    assert spool.depth().records == 2000 - moved
    assert log.ends() == {0: moved}


def test_large_records_are_moved_a_few_at_a_time(open_spool: OpenSpool, log: EventLog) -> None:
    """So that a full spool is no full memory."""
    spool = open_spool()
    for _ in range(20):
        spool.append([Record(b"", bytes(900_000))], 5.0)
    answers = iter([False, True])
    assert spool.forward(log, lambda: next(answers)) == 5
    assert spool.forward(log, never) == 15


def test_records_spooled_while_it_is_forwarded_are_forwarded_too(open_spool: OpenSpool, log: EventLog) -> None:
    """Forwarding ends when the spool is empty, and holds up nobody who spools."""
    spool = open_spool()
    spool.append(numbered(10), 5.0)
    late = iter([records("late")])

    def spool_more() -> bool:
        for batch in late:
            spool.append(batch, 5.0)
        return False

    assert spool.forward(log, spool_more) == 11
    assert values_in(log)[-1] == b"late"


def test_two_processes_never_forward_at_once(
    open_spool: OpenSpool, sqlite_logs: SqliteLogs, forwarding: Forwarding
) -> None:
    """The second sees that there is nothing for it to do; when the first is killed, the second can."""
    spool = open_spool()
    spool.append(numbered(10), 5.0)
    stuck, good = sqlite_logs.out_of_reach_url(), sqlite_logs.open(sqlite_logs.new_url())
    process = forwarding(stuck)
    assert process.stdout is not None
    assert process.stdout.readline() == "batch\n"
    assert spool.forward(good, never) == 0
    assert good.ends() == {0: 0}
    process.kill()
    process.wait()
    assert spool.forward(good, never) == 10


def test_two_threads_of_a_process_never_forward_at_once(open_spool: OpenSpool, log: EventLog) -> None:
    """Nor two turns of one thread."""
    spool = open_spool()
    spool.append(numbered(10), 5.0)
    inner: list[int] = []

    def meanwhile() -> bool:
        inner.append(spool.forward(log, never))
        return False

    assert spool.forward(log, meanwhile) == 10
    assert set(inner) == {0}


def test_a_forwarder_killed_at_any_moment_loses_nothing(
    open_spool: OpenSpool, sqlite_logs: SqliteLogs, forwarding: Forwarding
) -> None:
    """The next one goes on; what comes twice is at most the batch on its way."""
    url = sqlite_logs.new_url()
    log, spool = sqlite_logs.open(url), open_spool()
    spool.append(numbered(6000), 5.0)
    for batches in (2, 1, 3):
        process = forwarding(url)
        assert process.stdout is not None
        for _ in range(batches):
            process.stdout.readline()
        process.kill()
        process.wait()
    spool.forward(log, never)
    values = [value for value in values_in(log) if value is not None]
    assert sorted(set(values)) == [record.value for record in numbered(6000)]
    assert len(values) <= 6000 + 3 * 500
    assert spool.depth().records == 0


def test_a_forwarder_killed_between_append_and_delete_leaves_duplicates_only(
    open_spool: OpenSpool, sqlite_logs: SqliteLogs, forwarding: Forwarding
) -> None:
    """The log has them, the spool still too: readers count an event once."""
    url = sqlite_logs.new_url()
    spool = open_spool()
    spool.append(numbered(700), 5.0)
    process = forwarding(url, "die")
    process.wait(30)
    log = sqlite_logs.open(url)
    (taken,) = log.ends().values()
    assert 0 < taken < 700
    assert spool.depth().records == 700
    assert spool.forward(log, never) == 700
    written = [record.value for record in numbered(700)]
    assert values_in(log) == written[:taken] + written


def test_the_space_of_forwarded_records_is_given_back(open_spool: OpenSpool, log: EventLog, tmp_path: Path) -> None:
    """An outage last year is no reason for a full disk."""
    spool = open_spool()
    for _ in range(20):
        spool.append([Record(b"", bytes(300_000))] * 5, 5.0)
    assert spool.forward(log, never) == 100
    spool.close()
    assert sum(file.stat().st_size for file in (tmp_path / "spool").iterdir()) < 1_000_000
