"""Servers that many tests share; a test that harms its server starts one of its own."""

from collections.abc import Iterator

import pytest

from tests.servers.kafka import KafkaBroker


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """One running broker; a test takes a topic of its own in it."""
    broker = KafkaBroker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()
