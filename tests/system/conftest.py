"""Both pairs of servers: SQLite and SQLite, Apache Kafka and PostgreSQL."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.kafka import KafkaBroker
from tests.servers.postgres import PostgresServer
from tests.system.installation import Installation, installed
from tests.system.outages import EmbeddedServers, KafkaAndPostgres, Servers


@pytest.fixture(scope="session")
def harmed_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A broker that tests may kill and pause; every test leaves it running."""
    broker = KafkaBroker(tmp_path_factory.mktemp("harmed-kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def harmed_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A database server that tests may stop; every test leaves it running."""
    server = PostgresServer(tmp_path_factory.mktemp("harmed-postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "kafka-postgresql"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Servers:
    """The log and the database of one pair, empty."""
    if request.param == "sqlite":
        return EmbeddedServers(tmp_path / "data")
    broker: KafkaBroker = request.getfixturevalue("harmed_broker")
    postgres: PostgresServer = request.getfixturevalue("harmed_postgres")
    return KafkaAndPostgres(broker, f"feedback-{uuid.uuid4().hex[:8]}", postgres, postgres.create_database())


@pytest.fixture
def installation(servers: Servers, tmp_path: Path) -> Iterator[Installation]:
    """Puas on that pair, with nothing started yet."""
    with installed(Installation(tmp_path, servers.event_log, servers.database, **servers.variables)) as place:
        yield place
