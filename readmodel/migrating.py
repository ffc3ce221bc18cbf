"""Bringing a database to the newest schema."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from readmodel.away import DatabaseAway, sqlite_passes
from readmodel.database import open_database, reading, writing
from readmodel.locks import Lock, hold
from readmodel.rebuilding import rebuild_tallies

_TALLIES_OF_OTHER_SHAPE = frozenset({"0001"})
"""Steps of the schema whose tallies are not carried over but counted again, by the code that reads them."""
_LONGEST_S = 3600.0
_WAL_WAIT_S = 30.0


def bring_up_to_date(engine: Engine) -> None:
    """Make or upgrade the tables, under a lock; see `readmodel.database.migrate`.

    Raises DatabaseAway; RuntimeError where the file system can't hold a shared SQLite database.
    """
    config = steps()
    heads = set(ScriptDirectory.from_config(config).get_heads())
    with reading(engine) as conn:
        if _revisions(conn) == heads:
            return
    patient = open_database(engine.url, timeout_s=_LONGEST_S)
    try:
        if engine.dialect.name == "sqlite":
            _let_readers_read_while_one_writes(engine.url.database or "")
        with writing(patient) as conn:
            hold(conn, Lock.MIGRATION)
            config.attributes["connection"] = conn
            had = _revisions(conn)
            command.upgrade(config, "head")
            if had & _TALLIES_OF_OTHER_SHAPE:
                rebuild_tallies(conn, lambda _done, _total: None)
    finally:
        patient.dispose()


def steps() -> Config:
    """Where Alembic finds the steps; it wants a connection in `attributes` to run them."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revisions(conn: Connection) -> set[str]:
    return set(MigrationContext.configure(conn).get_current_heads())


def _let_readers_read_while_one_writes(path: str) -> None:
    """Switch the file to write-ahead logging, which stays.

    SQLite does not wait for a lock here as it does elsewhere, so two processes that start at once need this loop.
    """
    deadline = time.monotonic() + _WAL_WAIT_S
    while True:
        try:
            with closing(sqlite3.connect(path)) as connection:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if not sqlite_passes(error):
                raise
            if time.monotonic() > deadline:
                raise DatabaseAway(str(error)) from error
            time.sleep(0.02)
        else:
            if mode != "wal":
                raise RuntimeError(f"{path}: SQLite can't share a database on this file system")
            return
