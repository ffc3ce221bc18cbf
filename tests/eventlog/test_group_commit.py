"""The queue in front of the disk: bounded, and fair to who gives up."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eventlog import LogUnavailable
from eventlog.group_commit import Append, GroupCommit
from eventlog.sqlite_file import SqliteFile
from tests.eventlog.logs import until


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    """A file with one table for one number."""
    file = SqliteFile(tmp_path / "numbers.db", "CREATE TABLE numbers (n INTEGER NOT NULL)")
    file.query("SELECT 1")
    yield file
    file.close()


@pytest.fixture
def blocker(file: SqliteFile) -> Iterator[sqlite3.Connection]:
    """Somebody else who is writing until it says ROLLBACK."""
    connection = sqlite3.connect(file.path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def insert(connection: sqlite3.Connection, appends: Sequence[Append]) -> None:
    """What a log does, with numbers."""
    connection.executemany("INSERT INTO numbers VALUES (?)", [row for append in appends for row in append.rows])


def numbers(file: SqliteFile) -> list[object]:
    """What is in the file."""
    return [number for (number,) in file.query("SELECT n FROM numbers ORDER BY n")]


def writing_threads() -> list[threading.Thread]:
    """Those of a group commit that run."""
    return [thread for thread in threading.enumerate() if thread.name == "append numbers.db"]


def test_what_waits_in_memory_is_bounded(file: SqliteFile, blocker: sqlite3.Connection) -> None:
    """While the disk is stuck, who comes too many is turned away after its timeout."""
    group = GroupCommit(file, insert, max_waiting_bytes=1000)
    waiting = [threading.Thread(target=group.append, args=([(n,)], 500, 30.0)) for n in (1, 2)]
    for thread in waiting:
        thread.start()
    assert until(lambda: group.waiting_bytes == 1000, lambda: time.sleep(0.001))
    started = time.monotonic()
    with pytest.raises(LogUnavailable, match="too much waits"):
        group.append([(3,)], 1, 0.2)
    assert 0.2 <= time.monotonic() - started < 1.0
    blocker.execute("ROLLBACK")
    group.append([(4,)], 1, 5.0)
    for thread in waiting:
        thread.join()
    assert numbers(file) == [1, 2, 4]
    group.close()


def test_an_append_larger_than_the_bound_is_written_alone(file: SqliteFile) -> None:
    """Rather than never."""
    group = GroupCommit(file, insert, max_waiting_bytes=10)
    group.append([(1,)], 11, 5.0)
    group.close()
    assert numbers(file) == [1]


def test_who_gave_up_before_the_disk_was_free_is_not_written(file: SqliteFile, blocker: sqlite3.Connection) -> None:
    """It has kept its records elsewhere by now."""
    group = GroupCommit(file, insert)
    with pytest.raises(LogUnavailable, match=r"not confirmed within 0\.1 s"):
        group.append([(1,)], 1, 0.1)
    assert group.waiting_bytes == 0
    blocker.execute("ROLLBACK")
    group.append([(2,)], 1, 5.0)
    group.close()
    assert numbers(file) == [2]


def test_closing_writes_what_waits_and_ends_the_thread(file: SqliteFile, blocker: sqlite3.Connection) -> None:
    """A process that ends in order keeps its promises."""
    group = GroupCommit(file, insert)
    appending = threading.Thread(target=group.append, args=([(1,)], 1, 30.0))
    appending.start()
    assert until(lambda: group.waiting_bytes == 1, lambda: time.sleep(0.001))
    closing = threading.Thread(target=group.close)
    closing.start()
    blocker.execute("ROLLBACK")
    appending.join(10)
    closing.join(10)
    assert numbers(file) == [1]
    assert not writing_threads()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_of_ours_is_told_to_who_waits_and_the_next_append_starts_afresh(file: SqliteFile) -> None:
    """Nothing hangs, nothing of it is written, and the traceback is seen."""
    turns = iter(range(10))

    def fail_first(connection: sqlite3.Connection, appends: Sequence[Append]) -> None:
        insert(connection, appends)
        1 / next(turns)

    group = GroupCommit(file, fail_first)
    with pytest.raises(LogUnavailable, match="broke down"):
        group.append([(1,)], 1, 5.0)
    for thread in writing_threads():
        thread.join()
    group.append([(2,)], 1, 5.0)
    group.close()
    assert numbers(file) == [2]
