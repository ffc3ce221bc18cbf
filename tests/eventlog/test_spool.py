"""What the spool promises to intake, which answers "accepted" on its word."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eventlog import EventLog, LogUnavailable, Record, RecordRefused, SpoolDepth, SpoolFull
from tests.eventlog.logs import OpenSpool, SqliteLogs, never, records, until


@pytest.fixture
def log(sqlite_logs: SqliteLogs) -> EventLog:
    """A new, empty log."""
    return sqlite_logs.open(sqlite_logs.new_url())


def test_depth_tells_how_much_waits_and_for_how_long(open_spool: OpenSpool) -> None:
    """The same to every process, and after a restart."""
    assert open_spool().depth() == SpoolDepth(0, 0, 0.0)
    spool = open_spool()
    started = time.time()
    spool.append([Record(b"1234", b"123456"), Record(b"", b"1")], 5.0)
    spool.append([Record(b"12", b"3")], 5.0)
    assert until(lambda: spool.depth().oldest_seconds > 0.1, lambda: None)
    spool.close()
    depth = open_spool().depth()
    assert (depth.records, depth.bytes) == (3, 14)
    assert 0.1 < depth.oldest_seconds <= time.time() - started + 0.01


def test_a_spool_that_would_grow_over_its_cap_is_full(open_spool: OpenSpool, log: EventLog) -> None:
    """Whichever process filled it; all of an append or nothing; free again once forwarded."""
    spool = open_spool(max_bytes=1000)
    spool.append([Record(b"", bytes(600))], 5.0)
    other = open_spool(max_bytes=1000)
    with pytest.raises(SpoolFull, match="600 of 1000 bytes"):
        other.append([Record(b"", bytes(300)), Record(b"", bytes(101))], 5.0)
    assert other.depth().records == 1
    other.append([Record(b"", bytes(400))], 5.0)
    with pytest.raises(SpoolFull):
        other.append([Record(b"", b"1")], 5.0)
    assert spool.forward(log, never) == 2
    other.append([Record(b"", bytes(1000))], 5.0)


def test_a_full_spool_turns_away_only_what_does_not_fit(open_spool: OpenSpool) -> None:
    """Also among appends that share a commit."""
    spool = open_spool(max_bytes=10_000)

    def append(value: bytes) -> bool:
        try:
            spool.append([Record(b"", value)], 5.0)
        except SpoolFull:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(append, [bytes(1000)] * 50)) == 10
    assert spool.depth().bytes == 10_000


def test_a_spool_whose_oldest_record_waits_too_long_is_full(open_spool: OpenSpool, log: EventLog) -> None:
    """To go on accepting would be to promise what nobody keeps; it still forwards what it has."""
    spool = open_spool(max_age_seconds=0.2)
    spool.append(records("old"), 5.0)
    assert until(lambda: spool.depth().oldest_seconds > 0.2, lambda: None)
    with pytest.raises(SpoolFull, match="waited"):
        spool.append(records("new"), 5.0)
    assert spool.forward(log, never) == 1
    spool.append(records("new"), 5.0)


def test_a_record_too_large_for_any_log_is_not_spooled(open_spool: OpenSpool) -> None:
    """Its sender can be told now."""
    with pytest.raises(RecordRefused):
        open_spool().append([Record(b"", bytes(1_000_001))], 5.0)


def test_a_spool_that_another_program_locks_is_unavailable_within_the_bound(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    """A visitor's request does not hang, and what timed out while it waited is not written later."""
    spool = open_spool()
    spool.append(records("before"), 5.0)
    blocker = sqlite3.connect(tmp_path / "spool" / "spool.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(LogUnavailable):
        spool.append(records("refused"), 0.5)
    assert 0.4 < time.monotonic() - started < 2.0
    assert spool.depth().records == 1
    blocker.execute("ROLLBACK")
    spool.append(records("after"), 5.0)
    assert spool.depth().records == 2
    blocker.close()


def test_threads_that_append_at_once_share_commits(open_spool: OpenSpool) -> None:
    """One sync to disk for many, or a burst of visitors would wait for each other."""
    spool = open_spool()
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda number: spool.append(records(str(number)), 5.0), range(800)))
    assert spool.depth().records == 800
    assert spool.commits < 400
