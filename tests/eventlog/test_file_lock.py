"""One holder per host, for as long as it lives."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from eventlog import LogUnavailable
from eventlog.file_lock import FileLock

HOLDING = """
import sys
from pathlib import Path
from eventlog.file_lock import FileLock
print(FileLock(Path(sys.argv[1])).try_acquire(), flush=True)
sys.stdin.read()
"""


def test_one_holder_at_a_time_also_within_a_process(tmp_path: Path) -> None:
    """Whoever releases it lets the next in; releasing what one does not hold does nothing."""
    one, other = FileLock(tmp_path / "new" / "lock"), FileLock(tmp_path / "new" / "lock")
    assert one.try_acquire()
    assert not one.try_acquire()
    other.release()
    assert not other.try_acquire()
    one.release()
    assert other.try_acquire()
    other.release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """Whatever it was doing."""
    lock = FileLock(tmp_path / "lock")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        held = process.stdout.readline()
        refused = not lock.try_acquire()
        process.kill()
    assert (held, refused) == (b"True\n", True)
    assert lock.try_acquire()
    lock.release()


def test_a_forked_child_neither_holds_nor_ends_what_its_parent_holds(tmp_path: Path) -> None:
    """No lock stays behind in it when the parent lets go, and its end is not its parent's."""
    lock, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert lock.try_acquire()
    fork = multiprocessing.get_context("fork")
    leave = fork.Event()
    child = fork.Process(target=leave.wait, args=(30.0,))
    child.start()
    assert not other.try_acquire()
    lock.release()
    assert other.try_acquire()
    leave.set()
    child.join()
    assert not lock.try_acquire()
    ended = fork.Process(target=other.release)
    ended.start()
    ended.join()
    assert not lock.try_acquire()
    other.release()


def test_a_lock_that_can_not_be_made_is_unavailable(tmp_path: Path) -> None:
    """As the log beside it is."""
    (tmp_path / "file").touch()
    with pytest.raises(LogUnavailable, match="file"):
        FileLock(tmp_path / "file" / "lock").try_acquire()
