"""Reading in Kafka while readers come, go and die, and while the broker does."""

import logging
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Collection, Iterator

import pytest
from kafka import KafkaAdminClient, TopicPartition

from eventlog import LogReader, LogUnavailable, Positions, Record
from eventlog.kafka import KafkaLog
from tests.eventlog.logs import from_first, read, reading, records, until
from tests.servers.kafka import KafkaBroker

SHORT = {"partitions": "4", "request_timeout_ms": "2000", "delivery_timeout_ms": "3000"}


@pytest.fixture
def log(kafka_broker: KafkaBroker) -> Iterator[KafkaLog]:
    """A new, empty topic."""
    opened = KafkaLog([kafka_broker.address], f"reader-{uuid.uuid4().hex}", SHORT)
    yield opened
    opened.close()


class Projection:
    """Stands for the read model: keeps what it was given and where to go on."""

    def __init__(self) -> None:
        self.given: Counter[tuple[int, int]] = Counter()
        self.out_of_turn: list[tuple[int, int]] = []
        self._next: dict[int, int] = {}
        self._lock = threading.Lock()

    def start(self, partitions: Collection[int]) -> Positions:
        """Where to go on, for those partitions of which anything was stored."""
        with self._lock:
            return {partition: self._next[partition] for partition in partitions if partition in self._next}

    def read_until(self, stopping: threading.Event, reader: LogReader) -> None:
        """A consumer's loop."""
        while not stopping.is_set():
            entries = reader.poll(50, 0.1)
            with self._lock:
                for entry in entries:
                    where = (entry.partition, entry.position)
                    if self._next.get(entry.partition, 0) != entry.position:
                        self.out_of_turn.append(where)
                    self.given[where] += 1
                    self._next[entry.partition] = entry.position + 1
        reader.close()


class Member:
    """A consumer in a thread of its own."""

    def __init__(self, log: KafkaLog, projection: Projection) -> None:
        self.reader = log.reader(projection.start, "projection")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=projection.read_until, args=(self._stopping, self.reader))
        self._thread.start()

    def leave(self) -> None:
        """As at the end of a deployment."""
        self._stopping.set()
        self._thread.join()


def test_consumers_that_come_and_go_get_every_entry_once_and_in_turn(log: KafkaLog) -> None:
    """While entries are appended: none is lost, none given again that had been stored."""
    projection = Projection()
    partitions = log.ends().keys()
    appended, stopping = 0, threading.Event()

    def append() -> None:
        nonlocal appended
        while not stopping.is_set():
            log.append([Record(b"%d" % (appended + i), b"x") for i in range(10)], 10.0)
            appended += 10

    appender = threading.Thread(target=append)
    appender.start()
    members = [Member(log, projection)]
    for turn in range(6):
        if turn % 2 == 0:
            members.append(Member(log, projection))
        else:
            members.pop(0).leave()
        shares = [member.reader for member in members]

        def settled(shares: list[LogReader] = shares) -> bool:
            held = [reader.assigned() for reader in shares]
            return sum(map(len, held)) == len(partitions) and all(held)

        assert until(settled, lambda: time.sleep(0.02))
        before = projection.given.total()
        assert until(lambda before=before: projection.given.total() > before + 100, lambda: time.sleep(0.02))  # type: ignore[misc]
    stopping.set()
    appender.join()
    assert until(lambda: projection.given.total() >= appended, lambda: time.sleep(0.05))
    for member in members:
        member.leave()
    assert projection.given == Counter({(p, i): 1 for p, end in log.ends().items() for i in range(end)})
    assert projection.out_of_turn == []


def test_a_killed_consumers_partitions_move_within_ten_seconds(kafka_broker: KafkaBroker, log: KafkaLog) -> None:
    """kill -9 tells nobody; the broker notices that its heartbeats stopped."""
    everything = frozenset(log.ends())
    topic = log.identity().split(":")[1]
    command = [sys.executable, "-m", "tests.eventlog.kafka_member", f"kafka://{kafka_broker.address}/{topic}", "g"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as victim, reading(log, group="g") as reader:
        assert victim.stdout is not None
        assert victim.stdout.readline().split() == [str(partition) for partition in sorted(everything)]
        assert until(lambda: len(reader.assigned()) == len(everything) // 2, lambda: reader.poll(1, 0.1))
        victim.kill()
        killed = time.monotonic()
        assert until(lambda: reader.assigned() == everything, lambda: reader.poll(1, 0.1))
        assert time.monotonic() - killed < 15.0  # ten, and patience with a busy machine


def test_entries_no_longer_kept_are_passed_over_with_an_error_in_the_log(
    kafka_broker: KafkaBroker, log: KafkaLog, caplog: pytest.LogCaptureFixture
) -> None:
    """A consumer that was away for longer than the topic keeps entries goes on, and says what is missing."""
    log.append(records(*"abcdef"), 10.0)
    [partition] = [partition for partition, end in log.ends().items() if end]
    place = TopicPartition(log.identity().split(":")[1], partition)
    admin = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
    admin.delete_records({place: 3})
    with reading(log, {partition: 1}) as reader:
        assert [entry.value for entry in read(reader, 3)] == [b"d", b"e", b"f"]
        assert "1 to 2 are no longer kept" in caplog.text
        admin.delete_records({place: 5})
        reader.seek({partition: 4})
        assert [entry.value for entry in read(reader, 1)] == [b"f"]
    admin.close()
    assert "4 is not there; reading on from 5" in caplog.text


def test_a_position_behind_the_end_leads_to_the_first_entry(log: KafkaLog, caplog: pytest.LogCaptureFixture) -> None:
    """The topic lost what had been read; event ids tell what is new."""
    caplog.set_level(logging.ERROR)
    log.append(records("a", "b"), 10.0)
    [partition] = [partition for partition, end in log.ends().items() if end]
    with reading(log, {partition: 100}) as reader:
        assert [entry.value for entry in read(reader, 2)] == [b"a", b"b"]
    assert "100 is not there; reading on from 0" in caplog.text


def test_start_is_asked_again_after_it_failed(log: KafkaLog) -> None:
    """The database may be away at that moment; nothing is read before it has answered."""
    log.append(records("a"), 10.0)
    asked = 0

    def start(partitions: Collection[int]) -> Positions:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise OSError(f"no database to ask about {partitions}")
        return {}

    reader = log.reader(start, None)
    with pytest.raises(OSError, match="no database"):
        reader.poll(1, 5.0)
    assert [entry.value for entry in read(reader, 1)] == [b"a"]
    assert asked == 2
    reader.close()


def test_a_silent_broker_is_noticed_and_reading_goes_on_where_it_was(breakable_broker: KafkaBroker) -> None:
    """Frozen, with connections open: a poll tells, within a bound, instead of finding nothing for ever."""
    log = KafkaLog([breakable_broker.address], f"reader-{uuid.uuid4().hex}", SHORT)
    reader = log.reader(from_first, "g")
    log.append(records("before"), 10.0)
    assert [entry.value for entry in read(reader, 1)] == [b"before"]

    def poll_within_bounds() -> None:
        started = time.monotonic()
        try:
            reader.poll(1, 0.5)
        finally:
            assert time.monotonic() - started < 5.0

    breakable_broker.pause()
    with pytest.raises(LogUnavailable):
        until(lambda: False, poll_within_bounds)
    breakable_broker.resume()
    values: list[bytes | None] = []

    def go_on() -> None:
        try:
            log.append(records("after"), 0.5)
        except LogUnavailable:
            return
        try:
            values.extend(entry.value for entry in reader.poll(10, 0.5))
        except LogUnavailable:
            return

    assert until(lambda: b"after" in values, go_on)
    assert b"before" not in values
    reader.close()
    log.close()
