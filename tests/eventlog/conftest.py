"""The backends that the port's contract is held against, and the spool in front of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from eventlog import Spool
from tests.eventlog.logs import KafkaLogs, Logs, OpenSpool, SqliteLogs


@pytest.fixture(params=["sqlite", "kafka"])
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Logs]:
    """Logs of each backend in turn."""
    backend = (
        SqliteLogs(tmp_path)
        if request.param == "sqlite"
        else KafkaLogs(request.getfixturevalue("kafka_broker").address)
    )
    yield backend
    backend.close()


@pytest.fixture
def sqlite_logs(tmp_path: Path) -> Iterator[SqliteLogs]:
    """Embedded logs only, for what has nothing to do with the backend."""
    backend = SqliteLogs(tmp_path)
    yield backend
    backend.close()


@pytest.fixture
def open_spool(tmp_path: Path) -> Iterator[OpenSpool]:
    """Opens the one spool of this host, as each of its processes does."""
    with ExitStack() as spools:

        def start(max_bytes: int = 100_000_000, max_age_seconds: float = 3600.0) -> Spool:
            spool = Spool(tmp_path / "spool" / "spool.db", max_bytes, max_age_seconds)
            spools.callback(spool.close)
            return spool

        yield start
