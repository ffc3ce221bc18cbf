"""Reading the database for a request, without ever letting it hold up the intake."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from feedback_api.context import Context
from feedback_api.problems import Problem
from readmodel.database import DatabaseAway, reading

RETRY_AFTER_S = 5
TURN_S = 0.25
"""How long a request waits for others to finish reading: a burst of boards is no outage."""
Found = TypeVar("Found")


def read_database(context: Context, read: Callable[[Connection], Found]) -> Found:
    """What `read` finds in one transaction. Raises the Problem 503 when the database is away, or busy with others.

    At most half of the worker's threads read at once, and none waits long for its turn, so that a database that
    hangs leaves the rest to the intake.
    """
    if context.catalog.away is not None or not context.readers.acquire(timeout=TURN_S):
        raise Problem("database_away", retry_after=RETRY_AFTER_S)
    try:
        with reading(context.engine) as connection:
            return read(connection)
    except DatabaseAway:
        raise Problem("database_away", retry_after=RETRY_AFTER_S) from None
    finally:
        context.readers.release()
