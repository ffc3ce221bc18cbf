"""What the consumer says about itself: alive, ready, how far behind."""

import threading
from collections.abc import Mapping

from consumers.probe import Probe
from consumers.progress import Progress
from eventlog import Entry, LogUnavailable
from tests.consumers.pairs import eventually


class Clocks:
    """A monotonic clock and a wall clock that stand still until moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        """Seconds."""
        return self.now


def answered(ends: Mapping[int, int]) -> "Probe[Mapping[int, int]]":
    """A probe that has just got this answer."""
    probe = Probe("event log", lambda: ends, (LogUnavailable,), every=3600)
    probe.start(threading.Event())
    eventually(lambda: probe.trouble() is None)
    return probe


def entry(timestamp_s: float) -> Entry:
    """A record appended then."""
    return Entry(0, 5, int(timestamp_s * 1000), b"", b"")


def running(ends: Mapping[int, int]) -> tuple[Progress, Clocks]:
    """The progress of a loop that has partitions 0 and 1 and no trouble."""
    clocks = Clocks()
    progress = Progress(answered(ends), (), clocks.read, clocks.read)
    progress.trouble = None
    progress.assigned({0, 1})
    return progress, clocks


def test_a_loop_that_stands_still_for_a_minute_is_not_alive() -> None:
    """Presence is not progress."""
    progress, clocks = running({})
    clocks.now += 3600
    assert progress.not_alive() is None, "it has not begun"
    progress.beat()
    clocks.now += 60
    assert progress.not_alive() is None
    clocks.now += 1
    assert progress.not_alive() == "no progress for 61 s"
    progress.beat()
    assert progress.not_alive() is None


def test_a_loop_that_waits_out_an_outage_is_alive_and_not_ready() -> None:
    """Restarting it would bring nothing back."""
    progress, clocks = running({})
    progress.trouble = "DatabaseAway: connection refused"
    clocks.now += 50
    progress.beat()
    clocks.now += 50
    assert progress.not_alive() is None
    assert progress.not_ready() == "DatabaseAway: connection refused"


def test_it_is_ready_once_partitions_are_assigned_and_everything_answers() -> None:
    """Before, it says what is missing."""
    progress, _ = running({0: 1})
    assert progress.not_ready() is None
    progress.assigned(())
    assert progress.not_ready() == "no partitions assigned yet"


def test_lag_is_what_the_log_has_beyond_what_is_stored_of_the_own_partitions() -> None:
    """Others tell about theirs."""
    progress, _ = running({0: 10, 1: 7, 2: 99})
    assert progress.lag_records() == {0: 10, 1: 7}
    progress.stored({0: 4, 1: 9})
    assert progress.lag_records() == {0: 6, 1: 0}


def test_lag_in_seconds_is_the_age_of_the_oldest_record_held() -> None:
    """It grows for as long as the batch can't be stored, and ends with it."""
    progress, clocks = running({0: 6, 1: 0})
    progress.stored({0: 5})
    progress.holds([entry(990), entry(980)])
    assert progress.lag_seconds() == 20
    clocks.now += 5
    assert progress.lag_seconds() == 25
    progress.stored({0: 6})
    assert progress.lag_seconds() == 0


def test_lag_in_seconds_of_what_has_not_been_read_counts_from_when_there_was_no_lag() -> None:
    """A log that can't be read must not look like one with nothing in it."""
    ends = {0: 6, 1: 0}
    progress, clocks = running(ends)
    progress.stored({0: 6})
    clocks.now += 1000
    progress.beat()
    assert progress.lag_seconds() == 0
    ends[0] = 7
    clocks.now += 30
    progress.beat()
    assert progress.lag_seconds() == 30


def test_a_probe_says_why_there_is_no_answer_and_when_it_is_back() -> None:
    """The last answer stays known meanwhile."""
    away = threading.Event()

    def ask() -> int:
        if away.is_set():
            raise LogUnavailable("connection refused")
        return 7

    stop = threading.Event()
    probe = Probe("event log", ask, (LogUnavailable,), every=0.01)
    assert probe.trouble() == "event log: no answer"
    probe.start(stop)
    eventually(lambda: probe.trouble() is None)
    away.set()
    eventually(lambda: probe.trouble() == "event log: connection refused")
    assert probe.answer == 7
    away.clear()
    eventually(lambda: probe.trouble() is None)
    stop.set()


def test_an_answer_that_never_comes_shows_as_none_and_blocks_nobody() -> None:
    """A hung broker does not even refuse."""
    hangs, stop = threading.Event(), threading.Event()
    probe = Probe("event log", lambda: hangs.wait(60), (LogUnavailable,), every=0.01, too_old=0.05)
    probe.start(stop)
    eventually(lambda: probe.trouble() == "event log: no answer")
    hangs.set()
    stop.set()
