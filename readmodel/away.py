"""When the database is away: which driver errors mean "try the whole transaction again"."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted


class DatabaseAway(Exception):
    """The transaction failed for a reason that passes: run all of it again, from reading the positions.

    Connection lost or refused, a timeout, a lock held by another, a deadlock, a full disk. When it is raised at the
    very end of a transaction, that transaction may have been committed.
    """


# https://www.postgresql.org/docs/15/errcodes-appendix.html: connection trouble, rolled back for another's sake,
# out of resources, operator intervention (statement timeout, shutdown, starting up), system error.
_PASSING_CLASSES = frozenset({"08", "40", "53", "57", "58"})
# Read-only (a standby after a failover), the server's idle timeout, a lock not to be had in time.
_PASSING_STATES = frozenset({"25006", "25P03", "55P03"})
# https://www.sqlite.org/rescode.html, without the extended part.
_PASSING_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


def sqlite_passes(error: sqlite3.Error) -> bool:
    """Whether what SQLite refused it may grant later."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING_SQLITE


def _passes(error: DBAPIError) -> bool:
    driver_error = error.orig
    if isinstance(driver_error, sqlite3.Error):
        return sqlite_passes(driver_error)
    if error.connection_invalidated:
        return True
    state: str | None = getattr(driver_error, "sqlstate", None)
    if state is None:  # psycopg names no state when it could not connect
        return isinstance(error, OperationalError)
    return state[:2] in _PASSING_CLASSES or state in _PASSING_STATES


@contextmanager
def away_when_it_passes() -> Iterator[None]:
    """Raise DatabaseAway in place of the driver's errors that pass; leave the others as they are."""
    try:
        yield
    except PoolExhausted as error:
        raise DatabaseAway("every connection is in use") from error
    except DBAPIError as error:
        if not _passes(error):
            raise
        raise DatabaseAway(str(error.orig).strip()) from error
