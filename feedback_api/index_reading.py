"""Reading the figures of a question from the database, unless the client has them already."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from feedback_api.access import Caller
from feedback_api.caching import Tag, known_to_client, state_tag
from feedback_api.context import Context
from feedback_api.indices_query import MOST_ITEMS
from feedback_api.indices_time import refused
from feedback_api.negotiation import Form
from feedback_api.reading import read_database
from readmodel.closings import closings_made
from readmodel.queries import AsOf, TooMuch, as_of
from reporting.figures import TooManyFigures

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Answer:
    """How far the log is counted, the tag of the answer, and what was read; None where the client has it."""

    state: AsOf
    tag: Tag


def read_unless_known(
    context: Context,
    caller: Caller,
    asked: Sequence[object],
    form: Form,
    narrow: str,
    read: Callable[[Connection], Found],
) -> tuple[Answer, Found | None]:
    """What `read` finds, in the same state of the database as the tag; nothing is read for a client that has it.

    Raises Problem 422, naming the parameter to `narrow`, for a question too wide, 503 where the database is away.
    """

    def all_at_once(connection: Connection) -> tuple[Answer, Found | None]:
        state = as_of(connection)
        tag = state_tag(state, context.catalog.version, closings_made(connection), caller, (*asked, form))
        answer = Answer(state, tag)
        return (answer, None) if known_to_client(tag) else (answer, read(connection))

    try:
        return read_database(context, all_at_once)
    except TooManyFigures:
        raise refused(narrow, "too_many_items", max=MOST_ITEMS) from None
    except TooMuch as error:
        raise refused(narrow, "too_many_responses", n=error.n) from None
