"""What replies are described with."""

from marshmallow import EXCLUDE, Schema, fields

from schemas.fields import Integer, Text

LARGEST_COUNT = 2**53 - 1
LONGEST_TEXT = 2000


class Reply(Schema):
    """An answer; clients pass over members they do not know."""

    class Meta(Schema.Meta):
        unknown = EXCLUDE


def text() -> Text:
    """A text that is never missing or empty."""
    return Text(LONGEST_TEXT, required=True)


def text_or_null() -> Text:
    """A text, or null where there is none."""
    return Text(LONGEST_TEXT, required=True, allow_none=True)


def count() -> Integer:
    """A whole number of something."""
    return Integer(0, LARGEST_COUNT, required=True)


def count_or_null(about: str | None = None) -> Integer:
    """A whole number of something, or null where it is held back."""
    return Integer(0, LARGEST_COUNT, required=True, allow_none=True, metadata=told(about))


def figure(about: str | None = None) -> fields.Float:
    """A rounded figure, or null where there is none or it is held back."""
    return fields.Float(required=True, allow_none=True, metadata=told(about))


def told(about: str | None) -> dict[str, str]:
    """A field's metadata that says what it is about."""
    return {} if about is None else {"description": about}
