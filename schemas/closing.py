"""What is sent to close a period, and to say where its result was put up."""

import re
from typing import Any

from schemas.fields import Boolean, Slug, StrictSchema, Text, Word

CLOSABLE = r"\d{4}(-S[12]|-Q[1-4]|-(0[1-9]|1[0-2]))?"
"""A year, a half-year, a quarter or a month: what reports are made for, each of whole months."""

is_closable = re.compile(CLOSABLE, re.ASCII).fullmatch
LONGEST_NOTE = 500


class Day(Word):
    """A calendar date."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "not_a_date_or_time", 10, **kwargs)


class ClosablePeriod(Word):
    """The label of a period that can be closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(CLOSABLE.replace(r"\d", "[0-9]"), "not_closable", 7, **kwargs)


class ClosingSchema(StrictSchema):
    """POST /v1/closings."""

    unit = Slug(required=True)
    period = ClosablePeriod(required=True)
    note = Text(LONGEST_NOTE, load_default=None)
    revise = Boolean(load_default=False)


class PostingSchema(StrictSchema):
    """POST /v1/postings."""

    unit = Slug(required=True)
    period = ClosablePeriod(required=True)
    place = Text(200, required=True)
    posted_on = Day(required=True)
