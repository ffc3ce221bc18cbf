"""Servers that many tests share; a test that harms its server starts one of its own."""

from collections.abc import Iterator

import pytest

from tests.servers.kafka import KafkaBroker
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """One running broker; a test takes a topic of its own in it."""
    broker = KafkaBroker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def breakable_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A broker that a test may freeze or kill, if it leaves it running."""
    broker = KafkaBroker(tmp_path_factory.mktemp("breakable-kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One running PostgreSQL server; a test takes a database of its own in it."""
    server = PostgresServer(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()
