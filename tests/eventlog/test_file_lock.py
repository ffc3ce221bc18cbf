"""One holder per host, for as long as it lives."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from eventlog import LogUnavailable
from eventlog.file_lock import FileLock
from tests.eventlog.logs import until

HOLDING = """
import sys
from pathlib import Path
from eventlog.file_lock import FileLock
print(FileLock(Path(sys.argv[1])).try_acquire(), flush=True)
sys.stdin.read()
"""


WAITING_IN_A_THREAD_WHILE_FORKING = """
import multiprocessing, sys, threading, time
from pathlib import Path
from eventlog.file_lock import FileLock

def hold():
    with FileLock(Path(sys.argv[1])):
        print("held", flush=True)
        time.sleep(60)

threading.Thread(target=hold).start()
inode = f":{Path(sys.argv[1]).stat().st_ino} "
while not any("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines()):
    time.sleep(0.001)
child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
child.start()
print(child.pid, flush=True)
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


def test_who_waits_is_next_when_the_holder_lets_go(tmp_path: Path) -> None:
    """And nobody else before."""
    lock, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    got_it = threading.Event()

    def wait() -> None:
        with other:
            got_it.set()

    assert lock.try_acquire()
    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not got_it.wait(0.1)
    lock.release()
    assert got_it.wait(10.0)
    waiting.join()
    assert lock.try_acquire()
    lock.release()


def test_a_child_forked_while_its_parent_waits_keeps_no_lock_when_the_parent_is_killed(tmp_path: Path) -> None:
    """A server forks at any moment; its death must not leave the lock to a child that knows nothing of it."""
    lock = FileLock(tmp_path / "lock")
    assert lock.try_acquire()
    command = [sys.executable, "-c", WAITING_IN_A_THREAD_WHILE_FORKING, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        lock.release()
        held = parent.stdout.readline()
        parent.kill()
        try:
            parent.wait()
            assert held == b"held\n"
            assert until(lock.try_acquire, lambda: time.sleep(0.01))  # the child may still be starting
        finally:
            os.kill(child, signal.SIGKILL)
    lock.release()
