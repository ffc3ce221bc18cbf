"""What only the embedded log promises: one file, shared by the processes of a host."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eventlog import LogMisconfigured, LogUnavailable, Record
from eventlog.sqlite import SqliteLog
from tests.eventlog.logs import read, reading, records, values_in

FILLING_A_SMALL_DISK = """
import resource, sys
from pathlib import Path
from eventlog import LogUnavailable, Record
from eventlog.sqlite import SqliteLog
log = SqliteLog(Path(sys.argv[1]))
log.append([Record(b"k", b"before")], 5.0)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
kept = 1
try:
    for kept in range(1, 1000):
        log.append([Record(b"k", bytes(100_000))], 5.0)
except LogUnavailable as error:
    print(kept, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.append([Record(b"k", b"after")], 5.0)
log.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the log will be."""
    return tmp_path / "log.db"


@pytest.fixture
def log(path: Path) -> Iterator[SqliteLog]:
    """A new, empty log."""
    log = SqliteLog(path)
    yield log
    log.close()


def test_appends_at_the_same_time_share_a_commit(log: SqliteLog) -> None:
    """Every commit waits for the disk, so sixteen threads must not need sixteen."""
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda number: log.append(records(str(number)), 5.0), range(800)))
    assert log.ends() == {0: 800}
    assert log.commits < 400


def test_what_is_committed_is_synced(log: SqliteLog, path: Path) -> None:
    """The write-ahead log goes to disk with every commit, which the file itself can't tell: look at the connection."""
    log.append(records("a"), 5.0)
    with log._group._file.use() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert path.with_name("log.db-wal").stat().st_size > 0


def test_a_position_is_never_given_twice(log: SqliteLog, path: Path) -> None:
    """Also when the last records are deleted: a consumer would pass over what comes instead of them."""
    log.append(records("a", "b", "c"), 5.0)
    keeper = sqlite3.connect(path)
    with keeper:
        keeper.execute("DELETE FROM records")
    keeper.close()
    assert log.ends() == {0: 3}
    log.append(records("d"), 5.0)
    with reading(log) as reader:
        assert [(entry.position, entry.value) for entry in read(reader, 1)] == [(3, b"d")]


def test_a_reader_in_the_middle_of_its_work_holds_up_no_appender(log: SqliteLog, path: Path) -> None:
    """A replay takes hours; visitors don't wait for it."""
    log.append(records("a"), 5.0)
    slow = sqlite3.connect(path, isolation_level=None)
    slow.execute("BEGIN")
    assert slow.execute("SELECT count(*) FROM records").fetchone() == (1,)
    log.append(records("b"), 1.0)
    assert slow.execute("SELECT count(*) FROM records").fetchone() == (1,)
    slow.close()
    assert values_in(log) == [b"a", b"b"]


def test_an_appender_in_the_middle_of_its_work_holds_up_no_reader(log: SqliteLog, path: Path) -> None:
    """What is not committed is not seen."""
    log.append(records("a"), 5.0)
    slow = sqlite3.connect(path, isolation_level=None)
    slow.execute("BEGIN IMMEDIATE")
    slow.execute("INSERT INTO records (timestamp_ms, key, value) VALUES (0, x'00', x'00')")
    with reading(log) as reader:
        assert [entry.value for entry in reader.poll(10, 1.0)] == [b"a"]
    assert log.ends() == {0: 1}
    slow.close()


def test_a_child_forked_from_an_appender_keeps_the_file_when_its_parent_leaves(log: SqliteLog) -> None:
    """With what SQLite remembers of the parent's locks, it would write on into a file the parent has deleted."""
    log.append(records("parent"), 5.0)
    fork = multiprocessing.get_context("fork")
    appended, left = fork.Event(), fork.Event()

    def live() -> None:
        log.append(records("first"), 5.0)
        appended.set()
        left.wait(30.0)
        log.append(records("second"), 5.0)
        os._exit(0)

    child = fork.Process(target=live)
    child.start()
    assert appended.wait(30.0)
    log.close()
    left.set()
    child.join(30.0)
    assert child.exitcode == 0
    assert values_in(log) == [b"parent", b"first", b"second"]


def test_a_full_disk_is_unavailable_and_loses_nothing_acknowledged(path: Path) -> None:
    """And the same process goes on once there is room."""
    process = subprocess.run(
        [sys.executable, "-c", FILLING_A_SMALL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    kept, complaint = process.stdout.split(" ", 1)
    assert "full" in complaint or "I/O" in complaint
    log = SqliteLog(path)
    values = values_in(log)
    log.close()
    assert (values[0], values[-1]) == (b"before", b"after")
    assert len(values) - 2 >= int(kept) - 1


def test_a_database_of_another_program_is_refused_and_left_alone(log: SqliteLog, path: Path) -> None:
    """A slip in the configuration must not write into somebody's data."""
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(LogMisconfigured, match="something else"):
        log.append(records("a"), 1.0)
    with pytest.raises(LogMisconfigured, match="something else"):
        log.ends()


def test_a_file_that_is_no_database_is_refused_and_left_alone(log: SqliteLog, path: Path) -> None:
    """The operator has to look at it; to try again helps nobody."""
    path.write_text("a diary, not a database " * 100)
    with pytest.raises(LogMisconfigured, match="not a database"):
        log.append(records("a"), 1.0)
    assert path.read_text().startswith("a diary")


def test_a_directory_that_can_not_be_made_is_unavailable(path: Path) -> None:
    """A volume that is not mounted yet may be later."""
    path.write_text("in the way")
    log = SqliteLog(path / "var" / "log.db")
    with pytest.raises(LogUnavailable, match="var"):
        log.append(records("a"), 1.0)
    log.close()


def test_a_log_deleted_under_its_appender_is_made_anew(log: SqliteLog, path: Path) -> None:
    """Or it would go on, acknowledging into a file that no reader will ever open."""
    log.append(records("a"), 5.0)
    identity = log.identity()
    for file in path.parent.iterdir():
        file.unlink()
    log.append(records("b"), 5.0)
    assert log.identity() != identity
    assert values_in(log) == [b"b"]


def test_a_reader_stops_when_its_log_was_replaced(log: SqliteLog, path: Path) -> None:
    """Its position means nothing in the new log: reading on would miss records."""
    log.append(records("a"), 5.0)
    with reading(log) as reader:
        assert len(read(reader, 1)) == 1
        for file in path.parent.iterdir():
            file.unlink()
        log.append([Record(b"k", b"b")], 5.0)
        with pytest.raises(LogMisconfigured, match="replaced"):
            reader.poll(1, 1.0)
