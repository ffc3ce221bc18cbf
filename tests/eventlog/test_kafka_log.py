"""The log in Kafka through what happens to brokers and topics."""

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from kafka import KafkaAdminClient

from eventlog import LogMisconfigured, LogReader, LogUnavailable, Record, RecordRefused
from eventlog.kafka import KafkaLog
from tests.eventlog.logs import reading, records, until, values_in
from tests.servers.kafka import KafkaBroker

SHORT = {"partitions": "3", "request_timeout_ms": "2000", "delivery_timeout_ms": "3000"}
OpenLog = Callable[..., KafkaLog]


@pytest.fixture
def open_log(kafka_broker: KafkaBroker) -> Iterator[OpenLog]:
    """Opens topics of the shared broker, new ones unless named."""
    opened: list[KafkaLog] = []

    def start(topic: str | None = None, **options: str) -> KafkaLog:
        log = KafkaLog([kafka_broker.address], topic or f"log-{uuid.uuid4().hex}", {**SHORT, **options})
        opened.append(log)
        return log

    yield start
    for log in opened:
        log.close()


@pytest.fixture
def admin(kafka_broker: KafkaBroker) -> Iterator[KafkaAdminClient]:
    """What an operator uses."""
    client = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
    yield client
    client.close()


def make_topic(admin: KafkaAdminClient, name: str, partitions: int, configs: Mapping[str, str] | None = None) -> None:
    """As an operator does it."""
    shape = {"num_partitions": partitions, "replication_factor": 1, "configs": dict(configs or {})}
    admin.create_topics({name: shape}, wait_for_metadata=True)


def test_a_missing_topic_is_made_with_as_many_partitions_as_asked_for(open_log: OpenLog) -> None:
    """Twelve, unless the option says otherwise; many processes may do it at once."""
    topic = f"log-{uuid.uuid4().hex}"
    logs = [open_log(topic, partitions="12") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda log: log.append(records("a"), 10.0), logs))
    assert len(open_log(topic).ends()) == 12


def test_a_topic_that_is_there_is_used_as_it_is(open_log: OpenLog, admin: KafkaAdminClient) -> None:
    """With fewer partitions than we would make."""
    topic = f"log-{uuid.uuid4().hex}"
    make_topic(admin, topic, 2)
    log = open_log(topic, create_topic="false")
    log.append(records("a"), 10.0)
    assert len(log.ends()) == 2


def test_a_missing_topic_that_may_not_be_made_is_told_until_it_is_there(
    open_log: OpenLog, admin: KafkaAdminClient
) -> None:
    """The operator makes it, and no restart is needed."""
    topic = f"log-{uuid.uuid4().hex}"
    log = open_log(topic, create_topic="false")
    for use in (lambda: log.append(records("a"), 5.0), log.identity, log.ends):
        with pytest.raises(LogMisconfigured, match=f"no topic '{topic}' and PUAS_KAFKA_CREATE_TOPIC"):
            use()
    with pytest.raises(LogMisconfigured), reading(log, group="any") as reader:
        reader.poll(1, 0.1)
    make_topic(admin, topic, 1)
    append_when_possible(log, "a")
    assert values_in(log) == [b"a"]


def append_when_possible(log: KafkaLog, value: str) -> None:
    """As the spool does: again and again."""

    def appended() -> bool:
        try:
            log.append(records(value), 1.0)
        except (LogUnavailable, LogMisconfigured):
            return False
        return True

    assert until(appended, lambda: threading.Event().wait(0.05))


def test_a_topic_made_anew_is_another_log(open_log: OpenLog, admin: KafkaAdminClient) -> None:
    """Positions of the old one mean nothing in it; a log in use goes on in the new one."""
    topic = f"log-{uuid.uuid4().hex}"
    log = open_log(topic)
    log.append(records("old"), 10.0)
    identity = log.identity()
    admin.delete_topics([topic])
    assert until(lambda: topic not in admin.list_topics(), lambda: threading.Event().wait(0.05))
    append_when_possible(log, "new")
    assert log.identity() != identity
    assert b"new" in values_in(log)


def test_a_record_too_large_for_the_topic_is_refused_and_no_other(open_log: OpenLog, admin: KafkaAdminClient) -> None:
    """Only the broker knows; those appended with it are stored."""
    topic = f"log-{uuid.uuid4().hex}"
    make_topic(admin, topic, 1, {"max.message.bytes": "2000"})
    log = open_log(topic)
    with pytest.raises(RecordRefused):
        log.append([*records("a"), Record(b"k", bytes(3000)), *records("b")], 10.0)
    assert sorted(filter(None, values_in(log))) == [b"a", b"b"]


def test_a_topic_name_kafka_forbids_is_misconfigured(open_log: OpenLog) -> None:
    """Not something to wait for."""
    with pytest.raises(LogMisconfigured):
        open_log("no/topic").identity()


def test_what_was_acknowledged_survives_the_kill_of_the_broker(breakable_broker: KafkaBroker) -> None:
    """And the same process goes on with the broker's next start: writing and reading."""
    log = KafkaLog([breakable_broker.address], f"log-{uuid.uuid4().hex}", SHORT)
    acknowledged: list[bytes | None] = []
    seen: set[bytes | None] = set()
    stopping = threading.Event()

    def append() -> None:
        for number in itertools.count():
            try:
                log.append(records(f"{number}", key=f"{number % 7}"), 1.0)
                acknowledged.append(b"%d" % number)
            except LogUnavailable:
                stopping.wait(0.05)
            if stopping.is_set():
                return

    def poll(reader: LogReader) -> bool:
        try:
            seen.update(entry.value for entry in reader.poll(500, 0.2))
        except LogUnavailable:
            return False
        return True

    appender = threading.Thread(target=append)
    appender.start()
    with reading(log, group="g") as reader:
        assert until(lambda: len(seen) > 50, lambda: poll(reader))
        breakable_broker.kill()
        assert until(lambda: not poll(reader), lambda: None)
        breakable_broker.start()
        before = len(acknowledged)
        assert until(lambda: len(acknowledged) > before + 50, lambda: poll(reader))
        stopping.set()
        appender.join()
        assert until(lambda: seen.issuperset(acknowledged), lambda: poll(reader))
    log.close()
