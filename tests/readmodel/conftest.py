"""A fresh, migrated database of each kind for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from readmodel.database import migrate, open_database
from tests.servers.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nothing has been done to."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/puas.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def connect(empty_url: str) -> Iterator[Callable[[float], Engine]]:
    """Opens the test's database once more, with a timeout in seconds: another process, as it were."""
    opened: list[Engine] = []

    def another(timeout_s: float = 30.0) -> Engine:
        opened.append(open_database(empty_url, timeout_s))
        return opened[-1]

    yield another
    for engine in opened:
        engine.dispose()


@pytest.fixture
def database(connect: Callable[[float], Engine]) -> Engine:
    """An open database with its tables."""
    engine = connect(30.0)
    migrate(engine)
    return engine
