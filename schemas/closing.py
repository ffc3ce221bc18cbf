"""What is sent to close a period, and to say where its result was put up."""

import re
from datetime import date
from typing import Any

from marshmallow import fields

from schemas.fields import (
    Boolean,
    Choice,
    Description,
    Integer,
    Items,
    Moment,
    Part,
    Slug,
    StrictSchema,
    Text,
    Word,
    refusal,
)
from schemas.reply_fields import Reply

CLOSABLE = r"(19[7-9]\d|2\d{3})(-S[12]|-Q[1-4]|-(0[1-9]|1[0-2]))?"
"""A year, a half-year, a quarter or a month: what reports are made for, each of whole months."""

is_closable = re.compile(CLOSABLE, re.ASCII).fullmatch
LONGEST_NOTE = 500


class Day(Word):
    """A calendar date."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "not_a_date_or_time", 40, **kwargs)

    def read(self, value: Any) -> str:
        day: str = super().read(value)
        try:
            date.fromisoformat(day)
        except ValueError:  # 31 February, or the year 0
            raise refusal("not_a_date_or_time") from None
        return day

    def description(self) -> Description:
        return super().description() | {"format": "date"}


class ClosablePeriod(Word):
    """The label of a period that can be closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(CLOSABLE.replace(r"\d", "[0-9]"), "not_closable", 40, **kwargs)


class ClosingSchema(StrictSchema):
    """POST /v1/closings."""

    unit = Slug(required=True)
    period = ClosablePeriod(required=True)
    note = Text(LONGEST_NOTE, load_default=None)
    weights = Choice(("exact", "0.1111", "0.111", "0.11", "0.071"), load_default=None)
    revise = Boolean(load_default=False)


class PostingSchema(StrictSchema):
    """POST /v1/postings."""

    unit = Slug(required=True)
    period = ClosablePeriod(required=True)
    place = Text(200, required=True)
    posted_on = Day(required=True)


class ClosingReply(Reply):
    """One revision of a closed period; the numbers of `rules.instruments.*.figures` are text, as printed."""

    unit = Slug(required=True)
    period = ClosablePeriod(required=True)
    revision = Integer(1, 10_000, required=True)
    closed_at = Moment(required=True)
    closed_by = Text(200, required=True)
    note = Text(LONGEST_NOTE, required=True, allow_none=True)
    positions = fields.Dict(required=True)
    digest = Word("[0-9a-f]{64}", "bad_characters", 64, required=True)
    rules = fields.Dict(required=True)


class ClosingMadeReply(ClosingReply):
    """POST /v1/closings; `also` are other closed periods that got a revision, for a month in common has changed."""

    also = Items(Part(ClosingReply), required=True)


class ClosingsReply(Reply):
    """GET /v1/closings."""

    closings = Items(Part(ClosingReply), required=True)


class PostingReply(Reply):
    """Where a result was put up."""

    unit = Slug(required=True)
    period = ClosablePeriod(required=True)
    place = Text(200, required=True)
    posted_on = Day(required=True)
    posted_by = Text(200, required=True)


class PostingsReply(Reply):
    """GET /v1/postings."""

    postings = Items(Part(PostingReply), required=True)
