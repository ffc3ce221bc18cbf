"""What is wrong with a document that came from outside, said by code: the text is written where people read it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

CODES: frozenset[str] = frozenset(
    {
        # the shape of a document
        "required",
        "null",
        "unknown_field",
        "set_by_intake",
        "not_an_object",
        "not_a_list",
        "not_a_string",
        "not_an_integer",
        "not_a_boolean",
        # values; params in brackets
        "bad_characters",
        "blank",
        "too_long",  # max
        "too_many",  # max
        "too_few",  # min
        "out_of_range",  # min, max
        "not_a_choice",  # choices
        "not_a_slug",
        "not_a_uuid",
        "not_an_instrument",
        "not_a_language",
        "not_a_timezone",
        "not_a_time",
        "no_offset",
        "clock_years_off",  # days
        "not_a_date_or_time",
        "not_closable",
        "not_a_period_label",
        "not_an_answer",  # max
        "not_a_weight",
        "not_weights",
        # against the catalog
        "unknown_unit",
        "unknown_service",
        "unknown_touchpoint",
        "retired_unit",
        "retired_service",
        "retired_touchpoint",
        "not_at_touchpoint",
        "not_for_service",
    }
)
"""Every code a Violation made in this package can carry; whoever shows violations has a sentence for each."""

MOST_REPORTED = 100
STEERING = r"\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
"""For a regular expression's brackets: what steers a terminal or the direction of text instead of being seen."""
_UNPRINTABLE = re.compile(rf"[{STEERING}\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault of one field: `field` is a dotted path ("" is the whole document), `params` the limits of the rule."""

    field: str
    code: str
    params: Mapping[str, object] = dataclass_field(default_factory=dict, hash=False)


class Invalid(Exception):
    """The document is refused for good: sending it again unchanged gives the same violations."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations: tuple[Violation, ...] = tuple(violations)
        super().__init__("; ".join(f"{fault.field or '(document)'}: {fault.code}" for fault in self.violations))


def printable(text: str) -> str:
    """`text` on one line, safe to print and to encode."""
    return _UNPRINTABLE.sub("\ufffd", text)


def field_path(parts: Iterable[object]) -> str:
    """The dotted name of a field, safe to print and to encode whatever the client called its keys.

    >>> field_path(["answers", "waktu"])
    'answers.waktu'
    """
    return ".".join(printable(str(part)[:64]) for part in parts)


def problems(messages: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str, Mapping[str, object]]]:
    """(path, code, params) of every refusal in the messages of a ValidationError raised by a schema of ours."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from problems(inner, path if key == "_schema" and inner == ["not_an_object"] else (*path, key))
        return
    for message in messages:
        code, params = (message, {}) if isinstance(message, str) else message
        yield path, code, params
