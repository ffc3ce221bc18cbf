"""The pairs of log and database that every promise is held against."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from eventlog import open_log
from readmodel.database import open_database
from tests.consumers.pairs import Pair

KAFKA_OPTIONS = {"partitions": "3", "session_timeout_ms": "6000"}

Opening = Callable[[str, str, dict[str, str]], Pair]


@pytest.fixture
def opening() -> Iterator[Opening]:
    """Opens pairs that are closed after the test."""
    with ExitStack() as opened:

        def open_pair(log_url: str, database_url: str, options: dict[str, str]) -> Pair:
            log, engine = open_log(log_url, options), open_database(database_url, timeout_s=3.0)
            opened.callback(log.close)
            opened.callback(engine.dispose)
            return Pair(log_url, database_url, log, engine, options)

        yield open_pair


@pytest.fixture
def embedded(opening: Opening, tmp_path: Path) -> Pair:
    """The embedded log and database, ready to count."""
    pair = opening(f"sqlite:///{tmp_path}/log.db", f"sqlite:///{tmp_path}/puas.db", {})
    pair.prepare()
    return pair


@pytest.fixture(params=["sqlite", "kafka and postgresql"])
def pair(request: pytest.FixtureRequest, opening: Opening) -> Pair:
    """Each pair in turn, ready to count."""
    if request.param == "sqlite":
        found: Pair = request.getfixturevalue("embedded")
        return found
    broker, server = request.getfixturevalue("kafka_broker"), request.getfixturevalue("postgres_server")
    url = f"kafka://{broker.address}/consumers-{uuid.uuid4().hex}"
    pair = opening(url, server.create_database(), KAFKA_OPTIONS)
    pair.prepare()
    return pair
