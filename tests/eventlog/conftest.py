"""The backends that the port's contract is held against."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.eventlog.logs import KafkaLogs, Logs, SqliteLogs


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
