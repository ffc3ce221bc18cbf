"""Which responses are meant, and in which stretches of time."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Literal

from sqlalchemy import BigInteger, ColumnElement, cast, func

from readmodel.tables import responses
from satisfaction.periods import Period

Dimension = Literal[
    "unit",
    "service",
    "touchpoint",
    "channel",
    "instrument",
    "sex",
    "age_band",
    "education",
    "occupation",
    "disability",
]
DIMENSIONS: tuple[Dimension, ...] = ("unit", "service", "touchpoint", "channel", "instrument")
"""What every response has."""
RESPONDENT_FIELDS: tuple[Dimension, ...] = ("sex", "age_band", "education", "occupation", "disability")
"""What a respondent may tell; "" is the value of those who did not."""


class TooMuch(Exception):
    """Nothing is counted ready for this question and too many responses would have to be read: ask for less.

    `n` is how many there are at least.
    """

    def __init__(self, n: int) -> None:
        super().__init__(f"{n} responses or more would have to be read")
        self.n = n


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole local hours, `end` not included, under a name of the caller's choice.

    Both are aware. `zone` is that of the units asked about; hours that begin within the span are meant.
    """

    label: str
    start: datetime
    end: datetime
    zone: tzinfo

    @classmethod
    def of(cls, label: str, period: Period, zone: tzinfo) -> "Span":
        """The span of a period."""
        return cls(label, period.start, period.end, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which responses are meant: those whose every dimension is among the values given; None takes all.

    `respondent` filters fields of the respondent, where "" stands for "not stated".
    """

    unit: Collection[str] | None = None
    service: Collection[str] | None = None
    touchpoint: Collection[str] | None = None
    channel: Collection[str] | None = None
    instrument: Collection[str] | None = None
    respondent: Mapping[str, Collection[str]] = field(default_factory=dict)

    def values(self, dimension: str) -> Collection[str] | None:
        """What is asked for in a dimension; None for all."""
        if dimension in RESPONDENT_FIELDS:
            return self.respondent.get(dimension)
        values: Collection[str] | None = getattr(self, dimension)
        return values


EVERYTHING = Scope()


def of_response(dimension: str) -> ColumnElement[str]:
    """A dimension as a column of `responses`."""
    if dimension in RESPONDENT_FIELDS:
        return func.coalesce(responses.c.respondent[dimension].as_string(), "")
    return responses.c[dimension]


def in_scope(scope: Scope) -> Iterator[ColumnElement[bool]]:
    """The conditions that `responses` is to be filtered by."""
    for dimension in (*DIMENSIONS, *RESPONDENT_FIELDS):
        values = scope.values(dimension)
        if values is not None:
            yield of_response(dimension).in_(sorted(values))


def whole_sum(counts: ColumnElement[int]) -> ColumnElement[int]:
    """SUM as an int: PostgreSQL adds bigints up to a numeric, which would arrive as Decimal."""
    return cast(func.sum(counts), BigInteger)
