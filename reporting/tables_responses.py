"""The tabulation: every response as a row, one column for each question."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo

from readmodel.response import StoredResponse
from reporting.tables import Cell, Column, Kind, Row
from satisfaction.instruments import Instrument
from schemas.feedback_fields import RESPONDENT

_FIRST = (
    ("event_id", "text", 38),
    ("occurred_at", "text", 26),
    ("unit", "text", 18),
    ("service", "text", 18),
    ("touchpoint", "text", 16),
    ("channel", "text", 10),
    ("instrument", "text", 14),
)
_LAST: tuple[tuple[str, Kind, int], ...] = (
    ("flags", "text", 16),
    ("included", "flag", 10),
    ("comment", "text", 60),
    ("language", "text", 10),
    ("duration_ms", "whole", 12),
)


def question_keys(instruments: Iterable[Instrument]) -> list[str]:
    """The questions of these questionnaires, in their order; one that several ask has one column.

    The column `instrument` tells whose scale an answer is on.
    """
    return list(dict.fromkeys(question.key for instrument in instruments for question in instrument.questions))


def response_columns(questions: Sequence[str], label: Callable[[str], str] = str) -> list[Column]:
    """The columns under their keys; `label` gives the heading that people read."""
    found = [Column(key, label(key), "text", width) for key, _kind, width in _FIRST]
    found += [Column(key, label(key), "whole", 13) for key in questions]
    found += [Column(key, label(key), "text", 13) for key in RESPONDENT]
    return found + [Column(key, label(key), kind, width) for key, kind, width in _LAST]


def response_row(response: StoredResponse, questions: Sequence[str], zone: tzinfo) -> Row:
    """One response in the order of the columns; its moment on the unit's own clocks, with their offset from UTC."""
    cells: list[Cell] = [
        str(response.event_id),
        local_time(response.occurred_ms, zone),
        response.unit,
        response.service,
        response.touchpoint,
        response.channel,
        response.instrument,
    ]
    cells += [response.answers.get(key) for key in questions]
    cells += [response.respondent.get(key) for key in RESPONDENT]
    cells += [" ".join(response.flags) or None, response.included, response.comment]
    return [*cells, response.language, response.duration_ms]


def local_time(milliseconds: int, zone: tzinfo) -> str:
    """Unix milliseconds as ISO 8601 with the offset in force there and then.

    >>> from zoneinfo import ZoneInfo
    >>> local_time(1_793_000_000_500, ZoneInfo("Asia/Jayapura"))
    '2026-10-26T16:33:20.500+09:00'
    """
    return datetime.fromtimestamp(milliseconds / 1000, zone).isoformat(timespec="milliseconds")
