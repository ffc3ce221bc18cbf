"""Opening the read model's database and running one transaction in it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from readmodel.away import DatabaseAway, away_when_it_passes
from readmodel.patient import PatientConnection

__all__ = ["DatabaseAway", "migrate", "open_database", "reading", "writing"]

_BEGIN = "puas_begin"


def open_database(url: str | URL, timeout_s: float = 30.0) -> Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://…`; no network is touched yet.

    `timeout_s` bounds one statement on PostgreSQL and the wait for the writer's lock on SQLite. An engine must not
    be carried over a fork: open it after. Raises ValueError for an address that can't be one.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError("a database address looks like sqlite:///path or postgresql+psycopg://host/name") from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _open_sqlite(parsed, timeout_s)
    if parsed.drivername == "postgresql+psycopg":
        return _open_postgres(parsed, timeout_s)
    raise ValueError(f"{parsed.drivername} is not supported: the address begins sqlite:/// or postgresql+psycopg://")


def migrate(engine: Engine) -> None:
    """Make or upgrade the tables. Safe when many processes start at once: one migrates, the others find it done.

    Raises DatabaseAway; RuntimeError where the file system can't hold a shared SQLite database.
    """
    from readmodel.migrating import bring_up_to_date  # Alembic is slow to import, and only needed here

    bring_up_to_date(engine)


def reading(engine: Engine) -> AbstractContextManager[Connection]:
    """A transaction that sees the database as it was at its first query, and writes nothing.

    Raises DatabaseAway.
    """
    if engine.dialect.name == "postgresql":
        return _transaction(engine, isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return _transaction(engine, **{_BEGIN: "BEGIN"})


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """A transaction that commits at the end of the block, and leaves nothing when the block raises.

    On SQLite writers come one after another from its first moment. Raises DatabaseAway.
    """
    return _transaction(engine, **{_BEGIN: "BEGIN IMMEDIATE"})


@contextmanager
def _transaction(engine: Engine, **options: Any) -> Iterator[Connection]:
    with away_when_it_passes(), engine.connect() as fresh:
        connection = fresh.execution_options(**options)
        with connection.begin():
            yield connection


def _open_sqlite(url: URL, timeout_s: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("the SQLite database needs a file: sqlite:///path")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": timeout_s}, pool_timeout=timeout_s, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions at moments of its own
    connection.execute("PRAGMA synchronous = NORMAL")  # a lost tail is projected again from the log


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"))


def _open_postgres(url: URL, timeout_s: float) -> Engine:
    milliseconds = round(timeout_s * 1000)
    settings = {
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        # A consumer that vanished in mid-transaction holds its positions' locks no longer than this.
        "idle_in_transaction_session_timeout": 60_000,
    }
    wanted = {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "application_name": "puas",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    arguments = {name: value for name, value in wanted.items() if name not in url.query}
    engine = create_engine(
        url, connect_args=arguments, pool_pre_ping=True, pool_timeout=timeout_s, hide_parameters=True
    )

    def connect(_dialect: object, _record: object, args: list[Any], kwargs: dict[str, Any]) -> PatientConnection:
        connection = PatientConnection.connect(*args, **kwargs)
        connection.patience_s = timeout_s * 1.5
        return connection

    event.listen(engine, "do_connect", connect)
    return engine
