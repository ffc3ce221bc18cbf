"""What kafka-python's producer does to a server that uses it plainly, and that KafkaLog does not.

Each test shows the trap on a real broker first: when it is gone in a newer release, the test says so, and what
was built around it may go too.
"""

import gc
import multiprocessing
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import kafka.producer.kafka
import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaConfigurationError, KafkaError, KafkaTimeoutError

from eventlog import LogUnavailable, Record
from eventlog.kafka import KafkaLog
from eventlog.kafka.producer import _Producer
from tests.eventlog.logs import records, until, values_in
from tests.servers.kafka import KafkaBroker
from tests.servers.ports import free_port

SHORT = {"partitions": "3", "request_timeout_ms": "1000", "delivery_timeout_ms": "2000"}


@pytest.fixture
def broker(breakable_broker: KafkaBroker) -> KafkaBroker:
    """The broker that tests may freeze."""
    return breakable_broker


@pytest.fixture
def frozen(broker: KafkaBroker) -> Iterator[Callable[[], None]]:
    """Freezes the broker until the test ends."""
    yield broker.pause
    broker.resume()


@pytest.fixture
def topic(broker: KafkaBroker) -> str:
    """A new topic of three partitions."""
    name = f"traps-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.create_topics({name: {"num_partitions": 3, "replication_factor": 1}}, wait_for_metadata=True)
    admin.close()
    return name


@pytest.fixture
def log(broker: KafkaBroker, topic: str) -> Iterator[KafkaLog]:
    """KafkaLog with short timeouts, already in use."""
    opened = KafkaLog([broker.address], topic, SHORT)
    assert not fails_for(30.0, lambda: opened.append(records("first"), 2.0), LogUnavailable)
    yield opened
    opened.close()


@pytest.fixture
def bare(broker: KafkaBroker, topic: str) -> Iterator[Callable[..., KafkaProducer]]:
    """Makes producers of kafka-python with the same short timeouts, already in use."""
    logger = kafka.producer.kafka.log
    made: list[KafkaProducer] = []

    def make(**configs: object) -> KafkaProducer:
        times = {"request_timeout_ms": 1000, "delivery_timeout_ms": 2000}
        producer = KafkaProducer(bootstrap_servers=broker.address, **{**times, **configs})
        made.append(producer)
        producer.send(topic, b"bare-first").get(10)
        return producer

    yield make
    broker.resume()
    for producer in made:
        end(producer)
    made.clear()
    gc.collect()
    kafka.producer.kafka.log = logger


def end(producer: KafkaProducer) -> None:
    """Close it although its own close may not."""
    producer._sender.force_close()
    producer._sender.join(10)
    producer._closed = True


def fails_for(seconds: float, send: Callable[[], object], error: type[Exception]) -> bool:
    """Whether sending does nothing but fail for so long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            send()
        except error:
            continue
        return False
    return True


def test_a_producer_goes_on_after_a_record_outlived_its_delivery_timeout(
    broker: KafkaBroker, topic: str, log: KafkaLog, bare: Callable[..., KafkaProducer]
) -> None:
    """Trap: the idempotent producer, which is the default, may not send again until the process is restarted."""
    stuck = bare()
    broker.pause()
    late = stuck.send(topic, b"late")
    with pytest.raises(LogUnavailable):
        log.append(records("late"), 0.5)
    with pytest.raises(KafkaError):
        late.get(10)
    broker.resume()
    assert not fails_for(10.0, lambda: log.append(records("after"), 1.0), LogUnavailable)
    assert fails_for(5.0, lambda: stuck.send(topic, b"after").get(1), KafkaError)


def test_what_waits_for_a_silent_broker_is_bounded(
    frozen: Callable[[], None], broker: KafkaBroker, topic: str, bare: Callable[..., KafkaProducer]
) -> None:
    """Trap: the producer keeps whatever it is given; `buffer_memory` is no option any more."""
    with pytest.raises((KafkaConfigurationError, ValueError)):
        KafkaProducer(bootstrap_servers=broker.address, api_version=(2, 8), buffer_memory=1_000_000)
    unbounded = bare(max_block_ms=500)
    log = KafkaLog([broker.address], topic, {**SHORT, "max_in_flight_bytes": "100000"})
    assert not fails_for(30.0, lambda: log.append(records("first"), 2.0), LogUnavailable)
    frozen()
    kept = [unbounded.send(topic, bytes(500_000)) for _ in range(100)]
    assert not any(future.is_done for future in kept)

    waiting = threading.Thread(target=pytest.raises, args=(LogUnavailable, log.append, [big()], 5.0))
    waiting.start()
    started = time.monotonic()
    with pytest.raises(LogUnavailable, match="wait for Kafka already"):
        until(lambda: False, lambda: log.append([big()], 0.01))
    assert time.monotonic() - started < 2.0
    waiting.join()
    log.close()


def big() -> Record:
    """A record of which two are too much."""
    return Record(b"k", bytes(80_000))


def test_a_log_used_before_a_fork_works_after_it(topic: str, log: KafkaLog, bare: Callable[..., KafkaProducer]) -> None:
    """Trap: in a child, a producer made before takes records and delivers none: its thread stayed behind."""
    producer = bare()

    def child() -> None:
        with pytest.raises(KafkaTimeoutError):
            producer.send(topic, b"lost").get(2)
        assert not fails_for(20.0, lambda: log.append(records("from the child"), 2.0), LogUnavailable)
        log.close()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode == 0
    log.append(records("from the parent"), 10.0)
    assert {b"from the child", b"from the parent"} <= set(values_in(log))
    assert b"lost" not in values_in(log)


def test_opening_a_log_waits_for_no_broker() -> None:
    """Trap: the constructor asks the broker for its version, for 30 seconds by default."""
    nobody = f"127.0.0.1:{free_port()}"
    assert KafkaProducer.DEFAULT_CONFIG["bootstrap_timeout_ms"] == 30_000
    started = time.monotonic()
    with pytest.raises(KafkaTimeoutError):
        KafkaProducer(bootstrap_servers=nobody, bootstrap_timeout_ms=1000)
    assert time.monotonic() - started >= 0.9

    started = time.monotonic()
    log = KafkaLog([nobody], "topic", SHORT)
    log.reader(lambda _: {}, "group").close()
    assert time.monotonic() - started < 0.5
    log.close()


def test_append_keeps_to_its_timeout_whatever_it_lacks() -> None:
    """Trap: the first send waits for the topic's partitions, a minute by default, before it returns a future."""
    nobody = f"127.0.0.1:{free_port()}"
    assert KafkaProducer.DEFAULT_CONFIG["max_block_ms"] == 60_000
    producer = KafkaProducer(bootstrap_servers=nobody, api_version=(2, 8), max_block_ms=1000)
    started = time.monotonic()
    with pytest.raises(KafkaTimeoutError):
        producer.send("topic", b"value")
    assert time.monotonic() - started >= 0.9
    end(producer)

    log = KafkaLog([nobody], "topic", SHORT)
    started = time.monotonic()
    with pytest.raises(LogUnavailable):
        log.append(records("a"), 0.2)
    assert 0.2 <= time.monotonic() - started < 0.7
    log.close()


def test_while_kafka_is_known_to_be_away_append_says_so_at_once() -> None:
    """Requests would otherwise queue up behind each other's timeouts."""
    log = KafkaLog([f"127.0.0.1:{free_port()}"], "topic", SHORT)
    with pytest.raises(LogUnavailable):
        log.append(records("a"), 5.0)
    started = time.monotonic()
    with pytest.raises(LogUnavailable):
        log.append(records("a"), 5.0)
    assert time.monotonic() - started < 0.2
    log.close()


def test_close_does_not_raise_and_leaves_no_thread(
    frozen: Callable[[], None], topic: str, log: KafkaLog, bare: Callable[..., KafkaProducer]
) -> None:
    """Trap: with a record under way, close(timeout) raises and its thread goes on."""
    producer = bare(delivery_timeout_ms=30_000)
    frozen()
    producer.send(topic, b"pending")
    with pytest.raises(KafkaTimeoutError):
        producer.close(0.5)
    assert producer._sender.is_alive()

    with pytest.raises(LogUnavailable):
        log.append(records("pending"), 0.1)
    others = set(threading.enumerate()) - threads_of("puas")
    started = time.monotonic()
    log.close()
    assert time.monotonic() - started < 4.0
    assert set(threading.enumerate()) <= others


def threads_of(client: str) -> set[threading.Thread]:
    """The threads that serve a client of this name."""
    return {thread for thread in threading.enumerate() if client in thread.name}


def use_and_drop(log: KafkaLog) -> None:
    """From opening to the last reference."""
    assert not fails_for(30.0, lambda: log.append(records("a"), 2.0), LogUnavailable)
    log.close()


def test_neither_a_failed_nor_a_closed_producer_silences_the_library(
    broker: KafkaBroker, topic: str, bare: Callable[..., KafkaProducer]
) -> None:
    """Trap: the finaliser replaces the library's logger by one that drops everything."""
    logger = kafka.producer.kafka.log
    with pytest.raises(ValueError, match="codec"):
        _Producer(bootstrap_servers=broker.address, api_version=(2, 8), compression_type="no such codec")
    use_and_drop(KafkaLog([broker.address], topic, SHORT))
    gc.collect()
    assert kafka.producer.kafka.log is logger

    with pytest.raises(ValueError, match="codec"):
        KafkaProducer(bootstrap_servers=broker.address, api_version=(2, 8), compression_type="no such codec")
    gc.collect()
    assert kafka.producer.kafka.log is not logger
    assert bare is not None  # its end puts the logger back


def test_waiting_for_a_silent_broker_costs_no_processor(
    frozen: Callable[[], None], topic: str, log: KafkaLog, bare: Callable[..., KafkaProducer]
) -> None:
    """Trap: with more to send than the broker takes, the sender's thread asks for ever whether it may."""
    producer = bare(max_in_flight_requests_per_connection=1, delivery_timeout_ms=30_000, request_timeout_ms=20_000)
    log.append([Record(bytes([key]), b"x") for key in range(30)], 10.0)
    frozen()

    def busy_while(send: Callable[[int], object]) -> float:
        send(0)
        time.sleep(0.1)  # the first request is on its way; the others find the broker busy
        for key in range(1, 30):
            send(key)
        worked = time.process_time()
        time.sleep(0.5)  # what is measured is a time of waiting
        return time.process_time() - worked

    appends: list[threading.Thread] = []

    def append(key: int) -> None:
        thread = threading.Thread(
            target=pytest.raises, args=(LogUnavailable, log.append, [Record(bytes([key]), b"x")], 1.0)
        )
        thread.start()
        appends.append(thread)

    ours = busy_while(append)
    theirs = busy_while(lambda key: producer.send(topic, b"x", bytes([key])))
    for thread in appends:
        thread.join()
    assert theirs > 3 * ours + 0.03
