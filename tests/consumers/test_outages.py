"""While the log or the database is away the consumer waits, and afterwards nothing is missing."""

import contextlib
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from eventlog import EventLog, LogReader, LogUnavailable
from tests.consumers.conftest import KAFKA_OPTIONS, Opening
from tests.consumers.pairs import Pair, consuming, eventually
from tests.consumers.visits import feedback
from tests.servers.kafka import KafkaBroker
from tests.servers.postgres import PostgresServer


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[PostgresServer]:
    """A server that the test may harm."""
    server = PostgresServer(tmp_path / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    """A broker that the test may harm."""
    broker = KafkaBroker(tmp_path / "kafka")
    broker.start()
    yield broker
    broker.stop()


@contextlib.contextmanager
def gone(go: Callable[[], None], come_back: Callable[[], None]) -> Iterator[None]:
    """Gone during the block."""
    go()
    try:
        yield
    finally:
        come_back()


@contextlib.contextmanager
def written_by_another(path: Path) -> Iterator[None]:
    """Another process that holds the database's one lock for writing."""
    writer = sqlite3.connect(path, isolation_level=None, timeout=30)
    writer.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        writer.close()


def assert_counts_through_a_database_outage(
    pair: Pair, outage: contextlib.AbstractContextManager[None], batch: int = 5
) -> None:
    """Feedback of before, during and after the outage is counted once, by one consumer that never stops."""
    sent = [feedback() for _ in range(60)]
    with consuming(pair, batch=batch) as running:
        pair.put(*sent[:20])
        eventually(lambda: pair.stored() == 20)
        with outage:
            pair.put(*sent[20:40])
            eventually(lambda: running.progress.trouble)
            assert "DatabaseAway" in (running.progress.not_ready() or "")
            assert running.progress.not_alive() is None
            assert running.progress.lag_seconds() > 0
        pair.put(*sent[40:])
        eventually(lambda: running.progress.not_ready() is None)
        eventually(lambda: pair.stored() == 60)
    pair.assert_counted_once(sent)


def test_an_sqlite_database_that_another_writes_to_is_waited_for(embedded: Pair, tmp_path: Path) -> None:
    """As while its tallies are made again."""
    assert_counts_through_a_database_outage(embedded, written_by_another(tmp_path / "puas.db"))


@pytest.mark.parametrize("how", ["stop", "kill", "pause"])
def test_a_postgresql_that_is_away_is_waited_for(
    how: str, postgres: PostgresServer, opening: Opening, tmp_path: Path
) -> None:
    """Stopped, crashed or hanging: pooled connections are dead, or worse, silent."""
    pair = opening(f"sqlite:///{tmp_path}/log.db", postgres.create_database(), {})
    pair.prepare()
    back = postgres.resume if how == "pause" else postgres.start
    assert_counts_through_a_database_outage(pair, gone(getattr(postgres, how), back))


@pytest.mark.parametrize("how", ["stop", "kill", "pause"])
def test_a_kafka_that_is_away_is_waited_for(how: str, broker: KafkaBroker, embedded: Pair, opening: Opening) -> None:
    """The reader says so, though an empty poll would look the same; and it reads on where it was."""
    pair = _on_kafka(opening, broker, embedded.database_url)
    sent = [feedback() for _ in range(40)]
    with consuming(pair) as running:
        pair.put(*sent[:20])
        eventually(lambda: pair.stored() == 20)
        with gone(getattr(broker, how), broker.resume if how == "pause" else broker.start):
            eventually(lambda: "LogUnavailable" in (running.progress.trouble or ""))
            assert running.progress.not_alive() is None
        eventually(lambda: running.progress.not_ready() is None)
        pair.put(*sent[20:])
        eventually(lambda: pair.stored() == 40)
    pair.assert_counted_once(sent)


def test_a_database_away_for_longer_than_kafka_bears_costs_the_membership_and_nothing_else(
    broker: KafkaBroker, postgres: PostgresServer, opening: Opening
) -> None:
    """Thrown out of its group with a batch in hand, the consumer stores it later, joins again and reads on."""
    pair = _on_kafka(opening, broker, postgres.create_database(), max_poll_interval_ms="6000")
    pair.prepare()
    sent = [feedback() for _ in range(60)]
    with consuming(pair) as running:
        pair.put(*sent[:20])
        eventually(lambda: pair.stored() == 20)
        with gone(postgres.stop, postgres.start):
            pair.put(*sent[20:40])
            eventually(lambda: running.progress.trouble)
            with Member(pair.log) as other:
                eventually(lambda: other.assigned == {0, 1, 2})
        pair.put(*sent[40:])
        eventually(lambda: pair.stored() == 60)
        eventually(lambda: running.progress.not_ready() is None)
    pair.assert_counted_once(sent)


def test_a_topic_made_anew_is_read_from_its_first_record(
    kafka_broker: KafkaBroker, embedded: Pair, opening: Opening, tmp_path: Path
) -> None:
    """Positions of the old topic mean nothing in the new one; the consumer sees the change by itself."""
    pair = _on_kafka(opening, kafka_broker, embedded.database_url, partitions="1")
    sent = [feedback() for _ in range(40)]
    with consuming(pair, identity_every=1.0) as running:
        pair.put(*sent[:5])
        eventually(lambda: pair.stored() == 5)
        with written_by_another(tmp_path / "puas.db"):
            pair.put(sent[5])
            eventually(lambda: running.progress.trouble)  # so it has been read, and is held
            old = pair.log.identity()
            admin = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
            admin.delete_topics([pair.log_url.rpartition("/")[2]])
            admin.close()
            eventually(lambda: _identity(pair) not in ("", old))
            pair.put(*sent[6:])
        eventually(lambda: pair.stored() == 40)
        query = "SELECT log_id, next_position FROM positions WHERE next_position IS NOT NULL"
        eventually(lambda: (pair.log.identity(), 34) in pair.rows(query))
    pair.assert_counted_once(sent)


def _identity(pair: Pair) -> str:
    try:
        return pair.log.identity()
    except LogUnavailable:
        return ""


class Member:
    """Another member of the consumers' group, which only looks at what it is given."""

    def __init__(self, log: EventLog) -> None:
        self.assigned: frozenset[int] = frozenset()
        self._reader: LogReader = log.reader(lambda _: {}, "puas")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Member":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._reader.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._reader.poll(1, 0.2)
            self.assigned = self._reader.assigned()


def _on_kafka(opening: Opening, broker: KafkaBroker, database_url: str, **options: str) -> Pair:
    return opening(f"kafka://{broker.address}/outages-{uuid.uuid4().hex}", database_url, KAFKA_OPTIONS | options)
