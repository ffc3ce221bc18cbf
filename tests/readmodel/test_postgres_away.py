"""A PostgreSQL server that restarts, crashes, freezes or is not there."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, insert, select, text

from readmodel.database import DatabaseAway, migrate, open_database, reading, writing
from readmodel.tables import flag_tallies
from tests.readmodel.samples import project, response
from tests.servers.ports import free_port
from tests.servers.postgres import PostgresServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    """A server of the test's own, to be harmed."""
    server = PostgresServer(tmp_path / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def engine(server: PostgresServer) -> Iterator[Engine]:
    """A migrated database in it, with little patience."""
    engine = open_database(server.create_database(), timeout_s=2.0)
    migrate(engine)
    yield engine
    engine.dispose()


def _count(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(flag_tallies)).scalar_one()


def _write_and(engine: Engine, harm: Callable[[], None]) -> None:
    with writing(engine) as conn:
        conn.execute(insert(flag_tallies), {"rule": "clock", "unit": "u", "service": "s", "count": 1})
        harm()
        conn.execute(select(1))


def test_nobody_listening_is_a_reason_to_try_again() -> None:
    engine = open_database(f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/puas")
    with pytest.raises(DatabaseAway, match="refused"), reading(engine):
        pass


def test_the_pool_recovers_when_the_server_restarts(server: PostgresServer, engine: Engine) -> None:
    project(engine, [response(1)])
    server.stop()
    with pytest.raises(DatabaseAway):
        project(engine, [response(2)])
    server.start()
    assert len(project(engine, [response(1), response(2)])) == 1


def test_a_restart_between_two_transactions_is_not_even_noticed(server: PostgresServer, engine: Engine) -> None:
    """The connection that lies in the pool is dead by then, and is not given out."""
    project(engine, [response(1)])
    server.stop()
    server.start()
    assert len(project(engine, [response(1), response(2)])) == 1


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_transaction_under_way_when_the_server_ends_leaves_nothing(
    server: PostgresServer, engine: Engine, how: str
) -> None:
    with pytest.raises(DatabaseAway):
        _write_and(engine, getattr(server, how))
    server.start()
    assert _count(engine) == 0


def test_a_server_that_freezes_under_a_query_is_given_up(server: PostgresServer, engine: Engine) -> None:
    """Its kernel still answers for it, so no TCP timeout would ever end this."""
    with pytest.raises(DatabaseAway):
        _write_and(engine, server.pause)
    server.resume()
    assert _count(engine) == 0


def test_a_server_that_is_frozen_before_is_given_up(server: PostgresServer, engine: Engine) -> None:
    assert _count(engine) == 0
    server.pause()
    with pytest.raises(DatabaseAway):
        _count(engine)
    server.resume()
    assert _count(engine) == 0


def test_a_slow_statement_is_ended_by_the_server(engine: Engine) -> None:
    with pytest.raises(DatabaseAway, match="statement timeout"), reading(engine) as conn:
        conn.execute(text("SELECT pg_sleep(20)"))
    assert _count(engine) == 0


def test_the_victim_of_a_deadlock_is_told_to_try_again(engine: Engine) -> None:
    both_hold_one = Barrier(2)
    away: list[DatabaseAway] = []

    def lock(first: int, second: int) -> None:
        try:
            with writing(engine) as conn:
                conn.execute(text("SET LOCAL lock_timeout = 0"))
                conn.execute(text("SET LOCAL statement_timeout = 0"))
                conn.execute(select(func.pg_advisory_xact_lock(first)))
                both_hold_one.wait(10)
                conn.execute(select(func.pg_advisory_xact_lock(second)))
        except DatabaseAway as error:
            away.append(error)

    threads = [Thread(target=lock, args=numbers) for numbers in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(away) == 1
    assert "deadlock" in str(away[0])


def test_a_server_that_has_vanished_from_the_network_is_given_up(engine: Engine) -> None:
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        with socket.socket(fileno=socket.dup(raw.fileno())) as its_socket:
            assert its_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000
            assert its_socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


def test_what_the_address_says_of_a_timeout_goes_first(server: PostgresServer) -> None:
    engine = open_database(f"{server.url()}?options=-c%20statement_timeout%3D77", timeout_s=9)
    with reading(engine) as conn:
        assert conn.execute(text("SHOW statement_timeout")).scalar_one() == "77ms"
    engine.dispose()
