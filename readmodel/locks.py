"""Locks held to the end of a transaction by those who must go one after another."""

from enum import IntEnum

from sqlalchemy import Connection, func, select, text


class Lock(IntEnum):
    """What is locked; on PostgreSQL the number of an advisory lock, read "puas" and a digit."""

    MIGRATION = 0x70756173_01
    CATALOG = 0x70756173_02
    CLOSING = 0x70756173_03


def hold(conn: Connection, lock: Lock) -> None:
    """Wait for the lock and keep it to the end of the transaction. SQLite's writers already take turns."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(int(lock))))


def keep_projections_out(conn: Connection) -> None:
    """Wait until no projection is under way and let none begin before the end of the transaction."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE positions IN EXCLUSIVE MODE"))
