"""What can happen to the servers below: stopped, frozen, killed; and a foreign producer."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from kafka import KafkaProducer

from tests.servers.kafka import KafkaBroker
from tests.servers.postgres import PostgresServer

# Short enough that a test can outlast it, long enough that a noisy machine does not.
DELIVERY_TIMEOUT_MS = 6000


class Servers(Protocol):
    """One pair of event log and database, as URLs and as something that fails."""

    event_log: str
    database: str
    variables: dict[str, str]
    shares: bool
    """Whether several consumers read the log at once."""

    def log_crashes(self) -> contextlib.AbstractContextManager[None]:
        """Inside the block the log takes nothing, a broker because it was killed; then it has what it had promised."""
        ...

    def log_freezes(self) -> contextlib.AbstractContextManager[None]:
        """Inside the block the log answers nothing, though it is there."""
        ...

    def database_stops(self) -> contextlib.AbstractContextManager[None]:
        """Inside the block the database is out of reach."""
        ...

    def put_foreign(self, values: list[bytes]) -> None:
        """Append records as a program that knows nothing of Puas would."""
        ...


class EmbeddedServers:
    """SQLite files; another process that holds their lock is the outage they can have."""

    def __init__(self, data: Path) -> None:
        self.event_log = "sqlite:///{data}/log.db"
        self.database = "sqlite:///{data}/puas.db"
        self.variables: dict[str, str] = {}
        self.shares = False
        self._data = data

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with contextlib.closing(sqlite3.connect(self._data / name, timeout=60, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            yield
            holder.execute("ROLLBACK")

    def log_crashes(self) -> contextlib.AbstractContextManager[None]:
        return self._locked("log.db")

    def log_freezes(self) -> contextlib.AbstractContextManager[None]:
        return self._locked("log.db")

    def database_stops(self) -> contextlib.AbstractContextManager[None]:
        return self._locked("puas.db")

    def put_foreign(self, values: list[bytes]) -> None:
        now = int(time.time() * 1000)
        with contextlib.closing(sqlite3.connect(self._data / "log.db", timeout=60)) as log, log:
            log.executemany(
                "INSERT INTO records (timestamp_ms, key, value) VALUES (?, ?, ?)",
                [(now, b"foreign", value) for value in values],
            )


class KafkaAndPostgres:
    """A topic of a broker and a database of a server, both of which may be harmed."""

    def __init__(self, broker: KafkaBroker, topic: str, postgres: PostgresServer, database: str) -> None:
        self.event_log = f"kafka://{broker.address}/{topic}"
        self.database = database
        self.variables = {
            "PUAS_KAFKA_DELIVERY_TIMEOUT_MS": str(DELIVERY_TIMEOUT_MS),
            "PUAS_KAFKA_REQUEST_TIMEOUT_MS": str(DELIVERY_TIMEOUT_MS // 2),
        }
        self.shares = True
        self._broker = broker
        self._topic = topic
        self._postgres = postgres

    @contextlib.contextmanager
    def log_crashes(self) -> Iterator[None]:
        self._broker.kill()
        yield
        self._broker.start()

    @contextlib.contextmanager
    def log_freezes(self) -> Iterator[None]:
        self._broker.pause()
        yield
        self._broker.resume()

    @contextlib.contextmanager
    def database_stops(self) -> Iterator[None]:
        self._postgres.stop()
        yield
        self._postgres.start()

    def put_foreign(self, values: list[bytes]) -> None:
        producer = KafkaProducer(bootstrap_servers=self._broker.address, acks="all")
        for sent in [producer.send(self._topic, value, key=b"foreign") for value in values]:
            sent.get(30)
        producer.close(10)
