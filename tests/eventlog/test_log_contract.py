"""What every log promises, whichever keeps the records."""

import multiprocessing
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Protocol

import pytest

from eventlog import Entry, EventLog, LogUnavailable, Record, RecordRefused
from tests.eventlog.logs import Logs, from_first, read, reading, records, until, values_in


@pytest.fixture
def log(logs: Logs) -> EventLog:
    """A new, empty log."""
    return logs.open(logs.new_url())


class Appending(Protocol):
    """Starts another process that appends to a log and prints what was acknowledged."""

    def __call__(self, url: str, prefix: str, *count: str) -> "subprocess.Popen[str]": ...


@pytest.fixture
def appending() -> Iterator[Appending]:
    """None of its processes outlives the test."""
    with ExitStack() as processes:

        def start(url: str, prefix: str, *count: str) -> "subprocess.Popen[str]":
            command = [sys.executable, "-m", "tests.eventlog.appending", url, prefix, *count]
            process = processes.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            processes.callback(process.kill)
            return process

        yield start


def test_what_was_appended_is_read_back_byte_for_byte(log: EventLog) -> None:
    """Keys, values and headers are bytes; neither encoding nor length matters."""
    every_byte = bytes(range(256))
    headers = (("content-type", b"application/json"), ("trace", every_byte), ("trace", b""), ("h\u00e9ader", b"\xff"))
    written = [
        Record(every_byte, every_byte * 100, headers),
        Record(b"k", b""),
        Record(b"k", "puas \U0001f600".encode()),
    ]
    before = time.time_ns() // 1_000_000
    log.append(written, 30.0)
    with reading(log) as reader:
        entries = read(reader, 3)
    assert {(e.key, e.value, e.headers) for e in entries} == {(r.key, r.value, r.headers) for r in written}
    assert all(before <= entry.timestamp_ms <= time.time_ns() // 1_000_000 for entry in entries)


def test_records_of_one_key_keep_their_order(log: EventLog) -> None:
    """Within an append as well as from one append to the next."""
    for turn in range(10):
        log.append([Record(f"key-{i % 4}".encode(), f"{turn:02}-{i:02}".encode()) for i in range(20)], 30.0)
    of_key: dict[bytes | None, list[bytes | None]] = defaultdict(list)
    with reading(log) as reader:
        for entry in read(reader, 200):
            of_key[entry.key].append(entry.value)
    assert len(of_key) == 4
    for values in of_key.values():
        assert len(values) == 50
        assert values == sorted(values, key=bytes)  # type: ignore[arg-type]


def test_positions_start_at_zero_grow_by_one_and_ends_names_the_next(log: EventLog) -> None:
    """In each partition on its own."""
    assert set(log.ends().values()) == {0}
    log.append([Record(f"key-{i}".encode(), b"x") for i in range(30)], 30.0)
    log.append(records("last"), 30.0)
    positions: dict[int, list[int]] = defaultdict(list)
    with reading(log) as reader:
        for entry in read(reader, 31):
            positions[entry.partition].append(entry.position)
    assert sum(len(seen) for seen in positions.values()) == 31
    for partition, end in log.ends().items():
        assert positions[partition] == list(range(end))


def test_a_reader_begins_where_start_says_and_elsewhere_at_the_first_entry(log: EventLog) -> None:
    """`start` is asked once, from within poll, about the partitions assigned."""
    log.append([Record(f"key-{i}".encode(), b"x") for i in range(60)], 30.0)
    ends = log.ends()
    begin = {0: ends[0] - 1}
    asked: list[list[int]] = []
    reader = log.reader(lambda partitions: asked.append(sorted(partitions)) or begin, None)  # type: ignore[func-returns-value]
    assert not asked
    expected = 60 - begin[0]
    seen = read(reader, expected)
    assert reader.poll(1, 0.2) == []
    reader.close()
    assert len(seen) == expected
    assert [entry.position for entry in seen if entry.partition == 0] == [begin[0]]
    assert asked == [sorted(ends)]


def test_a_reader_finds_what_is_appended_while_it_waits(log: EventLog) -> None:
    """A consumer needs no restart to go on."""
    with reading(log) as reader:
        assert reader.poll(10, 0.2) == []
        threading.Timer(0.3, log.append, (records("late"), 30.0)).start()
        assert [entry.value for entry in read(reader, 1)] == [b"late"]


def test_seek_goes_back_and_passes_over_partitions_of_others(log: EventLog) -> None:
    """A batch that could not be stored is read again."""
    log.append(records("a", "b", "c"), 30.0)
    with reading(log) as reader:
        (first, *_) = read(reader, 3)
        reader.seek({first.partition: first.position + 1, 999: 5})
        assert [entry.value for entry in read(reader, 2)] == [b"b", b"c"]


def test_poll_gives_no_more_than_asked_for_and_misses_nothing(log: EventLog) -> None:
    """The rest comes with the next poll."""
    log.append(records(*"abcdefg"), 30.0)
    with reading(log) as reader:
        batches: list[list[Entry]] = []
        assert until(lambda: sum(map(len, batches)) == 7, lambda: batches.append(reader.poll(3, 0.5)))
    assert max(map(len, batches)) <= 3
    assert b"".join(entry.value or b"" for batch in batches for entry in batch) == b"abcdefg"


def test_poll_of_an_empty_log_gives_nothing_after_its_timeout(log: EventLog) -> None:
    """Neither sooner, which would be a busy loop, nor much later, nor with a processor kept busy."""
    with reading(log) as reader:
        assert until(lambda: bool(reader.assigned()), lambda: reader.poll(1, 0.2))
        started, worked = time.monotonic(), time.process_time()
        assert reader.poll(10, 1.0) == []
        assert 0.9 <= time.monotonic() - started < 3.0
        assert time.process_time() - worked < 0.2


def test_a_reader_without_a_group_has_every_partition_until_it_closes(log: EventLog) -> None:
    """A replay reads all of it, whoever else reads."""
    log.append(records("a"), 30.0)
    with reading(log) as one, reading(log) as other:
        assert one.assigned() == frozenset()
        assert len(read(one, 1)) == len(read(other, 1)) == 1
        assert one.assigned() == other.assigned() == frozenset(log.ends())
        one.stored(dict.fromkeys(one.assigned(), 1))


def test_readers_of_a_group_share_the_partitions_and_take_over_from_who_leaves(log: EventLog) -> None:
    """Never two for one partition, and none without."""
    everything = frozenset(log.ends())
    with reading(log, group="projection") as stays, reading(log, group="projection") as leaves:
        readers = (stays, leaves)

        def shared() -> bool:
            return stays.assigned() | leaves.assigned() == everything

        assert until(shared, lambda: [reader.poll(1, 0.2) for reader in readers])
        assert not stays.assigned() & leaves.assigned()
        leaves.close()
        assert until(lambda: stays.assigned() == everything, lambda: stays.poll(1, 0.2))


def test_two_processes_append_at_once_and_lose_nothing(logs: Logs, appending: Appending) -> None:
    """As the API's workers do."""
    url = logs.new_url()
    log = logs.open(url)
    log.identity()
    processes = [appending(url, prefix, "100") for prefix in ("one", "two")]
    outputs = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [len(output) for output in outputs] == [100, 100]
    assert sorted(map(str.encode, outputs[0] + outputs[1])) == sorted(filter(None, values_in(log)))


def test_sixteen_threads_append_at_once_and_lose_nothing(log: EventLog) -> None:
    """As the threads of one worker do."""
    written = [[f"{thread}-{number}" for number in range(25)] for thread in range(16)]

    def append(values: list[str]) -> None:
        for value in values:
            log.append(records(value, key=value), 30.0)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(append, written))
    assert sorted(filter(None, values_in(log))) == sorted(value.encode() for values in written for value in values)


def test_a_log_in_use_before_a_fork_appends_in_parent_and_child(log: EventLog) -> None:
    """A server may have opened the log, and even used it, before it makes its workers."""
    log.append(records("before"), 30.0)

    def append_in_parent() -> None:
        for number in range(50):
            log.append(records(f"parent-{number}"), 30.0)

    busy = threading.Thread(target=append_in_parent)
    busy.start()
    children = [
        multiprocessing.get_context("fork").Process(target=log.append, args=(records(f"child-{i}"), 30.0))
        for i in range(4)
    ]
    for child in children:
        child.start()
    busy.join()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 4
    expected = [b"before", *(b"parent-%d" % i for i in range(50)), *(b"child-%d" % i for i in range(4))]
    assert sorted(filter(None, values_in(log))) == sorted(expected)


def test_what_was_acknowledged_survives_the_kill_of_the_appender(logs: Logs, appending: Appending) -> None:
    """kill -9 in the middle of appending loses nothing acknowledged and leaves no lock to the next."""
    url = logs.new_url()
    log = logs.open(url)
    log.identity()
    process = appending(url, "victim")
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(20)]
    process.kill()
    acknowledged += process.communicate()[0].split("\n")[:-1]  # the last line may be cut
    log.append(records("after"), 30.0)
    assert {value.encode() for value in [*acknowledged, "after"]} <= set(values_in(log))


def test_the_identity_stays_over_reopening_and_differs_for_another_log(logs: Logs) -> None:
    """Positions stored for one log must not be used with another."""
    url = logs.new_url()
    first = logs.open(url)
    identity = first.identity()
    first.append(records("a"), 30.0)
    first.close()
    assert identity
    assert logs.open(url).identity() == identity
    assert logs.open(logs.new_url()).identity() != identity


def test_a_record_the_log_will_never_take_is_refused(log: EventLog) -> None:
    """And does not harm what comes after it."""
    with pytest.raises(RecordRefused):
        log.append([Record(b"key", bytes(3_000_000))], 30.0)
    log.append(records("good"), 30.0)
    assert values_in(log) == [b"good"]


def test_appending_to_a_log_out_of_reach_fails_within_its_bound(logs: Logs) -> None:
    """A visitor's request must not hang."""
    log = logs.out_of_reach()
    started = time.monotonic()
    with pytest.raises(LogUnavailable):
        log.append(records("a"), 1.0)
    assert 0.0 < time.monotonic() - started < 3.0


def test_a_log_out_of_reach_says_so_to_who_asks_or_reads(logs: Logs) -> None:
    """Opening it touches nothing, so this is where it shows."""
    log = logs.out_of_reach()
    with pytest.raises(LogUnavailable):
        log.identity()
    with pytest.raises(LogUnavailable):
        log.ends()
    reader = log.reader(from_first, None)
    with pytest.raises(LogUnavailable):
        until(lambda: False, lambda: reader.poll(1, 0.5))
    reader.close()


def test_appending_nothing_is_done_at_once(logs: Logs) -> None:
    """Even to a log out of reach."""
    logs.out_of_reach().append([], 1.0)


def test_a_closed_log_takes_nothing_more(log: EventLog) -> None:
    """Late requests of a process that ends are told so, not left hanging."""
    log.append(records("a"), 30.0)
    log.close()
    with pytest.raises(LogUnavailable):
        log.append(records("b"), 1.0)
