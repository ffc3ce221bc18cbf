"""Marshmallow fields for our wire formats: strict about JSON types, refusing with codes, describing themselves.

They keep their place in a marshmallow schema but skip its validators, pre_load and post_load, dearer than the checks.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing, types

Description = dict[str, Any]
_CODES: types.ErrorMessages = {"required": "required", "null": "null", "invalid": "not_a_list"}
SLUG = r"[a-z0-9][a-z0-9._-]{0,62}"
is_slug = re.compile(SLUG).fullmatch
_bad_characters = re.compile("[\x00\ud800-\udfff]").search


def refusal(code: str, **params: object) -> ValidationError:
    """The error a field raises, read back by `schemas.violation.problems`."""
    return ValidationError([(code, params)])


class WireField(fields.Field[Any]):
    """A required field, or one whose null or absence means `load_default`. Subclasses convert or refuse in `read`."""

    default_error_messages = _CODES

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **kwargs: Any) -> Any:  # noqa: ARG002
        if value is missing or value is None:
            self._validate_missing(value)
            default = self.load_default
            return default() if callable(default) else default
        return self.read(value)

    def read(self, value: Any) -> Any:
        """`value`, never null, as the program wants it; raises ValidationError made by `refusal`."""
        raise NotImplementedError

    def description(self) -> Description:
        """The JSON Schema of what the field accepts, without null."""
        raise NotImplementedError


class Word(WireField):
    """A string of one fixed form; `convert` may turn it into something better, ValueError meaning it cannot."""

    def __init__(self, pattern: str, code: str, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pattern, self._matches, self._code, self._most = pattern, re.compile(pattern).fullmatch, code, most

    def read(self, value: Any) -> Any:
        if isinstance(value, str) and self._matches(value):
            return value
        raise text_refusal(value, self._most, self._code)

    def description(self) -> Description:
        return {"type": "string", "pattern": f"^{self._pattern}$", "maxLength": self._most}


def text_refusal(value: object, most: int, code: str) -> ValidationError:
    """Why `value` is not the string it should be: the general reason when there is one, else `code`."""
    if not isinstance(value, str):
        return refusal("not_a_string")
    if _bad_characters(value):
        return refusal("bad_characters")
    if len(value) > most:
        return refusal("too_long", max=most)
    return refusal(code)


class Slug(Word):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(SLUG, "not_a_slug", 63, **kwargs)


class InstrumentId(Word):
    """Name and version of a questionnaire, e.g. skm-2017@1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"[a-z0-9][a-z0-9._-]{0,57}@[1-9][0-9]{0,3}", "not_an_instrument", 63, **kwargs)


_LOCAL_ZONES = r"(localtime|posixrules|Factory)$|posix/|right/"


class Timezone(Word):
    """The name of a zone in the tz database, e.g. Asia/Makassar; not one that each machine reads in its own way."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rf"(?!{_LOCAL_ZONES})[A-Za-z][A-Za-z0-9_+/-]*", "not_a_timezone", 64, **kwargs)

    def read(self, value: Any) -> str:
        name: str = super().read(value)
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # OSError: the name of a directory of zones
            raise refusal("not_a_timezone") from None
        return name


class Text(WireField):
    """Free text of at most `most` code points. Blank text is refused, or becomes None where the field is optional."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._most = most

    def read(self, value: Any) -> str | None:
        if not isinstance(value, str) or len(value) > self._most or _bad_characters(value):
            raise text_refusal(value, self._most, "bad_characters")
        if not value or value.isspace():
            if self.required:
                raise refusal("blank")
            return None
        return value

    def description(self) -> Description:
        pattern = r"^[^\u0000]*[^\s\u0000][^\u0000]*$" if self.required else r"^[^\u0000]*$"
        return {"type": "string", "maxLength": self._most, "pattern": pattern}


class Choice(WireField):
    def __init__(self, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._choices, self._known = choices, frozenset(choices)

    def read(self, value: Any) -> str:
        if isinstance(value, str) and value in self._known:
            return value
        raise choice_refusal(value, self._choices)

    def description(self) -> Description:
        return {"type": "string", "enum": list(self._choices)}


def choice_refusal(value: object, choices: tuple[str, ...]) -> ValidationError:
    if not isinstance(value, str):
        return refusal("not_a_string")
    return refusal("bad_characters") if _bad_characters(value) else refusal("not_a_choice", choices=list(choices))


class Integer(WireField):
    """A JSON integer: neither true nor 3.0 nor "3"."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._least, self._most = least, most

    def read(self, value: Any) -> int:
        return integer(value, self._least, self._most)

    def description(self) -> Description:
        return {"type": "integer", "minimum": self._least, "maximum": self._most}


def integer(value: object, least: int, most: int) -> int:
    if type(value) is not int:
        raise refusal("not_an_integer")
    if least <= value <= most:
        return value
    raise refusal("out_of_range", min=least, max=most)


class Boolean(WireField):
    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise refusal("not_a_boolean")

    def description(self) -> Description:
        return {"type": "boolean"}


_LOCAL_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
_OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})"
_is_time = re.compile(_LOCAL_TIME + _OFFSET).fullmatch
_is_naive = re.compile(_LOCAL_TIME).fullmatch


class Moment(WireField):
    """RFC 3339 with an offset, read as UTC to the millisecond."""

    def read(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _is_time(value):
            naive = isinstance(value, str) and _is_naive(value)
            raise refusal("no_offset") if naive else text_refusal(value, 40, "not_a_time")
        try:
            return to_millisecond(datetime.fromisoformat(value))
        except (ValueError, OverflowError):  # no such date; or the year 0 or 10000 once in UTC
            raise refusal("not_a_time") from None

    def description(self) -> Description:
        return {"type": "string", "format": "date-time", "pattern": f"^{_LOCAL_TIME}{_OFFSET}$"}


def to_millisecond(moment: datetime) -> datetime:
    """`moment` in UTC, cut to the millisecond the wire format keeps."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


class Items(fields.List[Any]):
    """A JSON array of at least `least` items."""

    default_error_messages = _CODES

    def __init__(self, inner: fields.Field[Any], least: int = 0, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.least = least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        result: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        if len(result) < self.least:
            raise refusal("too_few", min=self.least)
        return result


class Part(fields.Nested):
    """An object inside an object."""

    default_error_messages = _CODES

    def __init__(self, nested: type[Schema] | Callable[[], Schema], **kwargs: Any) -> None:
        super().__init__(nested, **kwargs)


class StrictSchema(Schema):
    """Refuses, by code, what is not an object and fields it does not know."""

    error_messages = {"unknown": "unknown_field", "type": "not_an_object"}  # noqa: RUF012  (marshmallow's declaration)

    def read(self, document: dict[str, Any]) -> dict[str, Any]:
        """What `load` returns or raises, at a third of its cost for a valid document of WireFields.

        The same fields read the same values; marshmallow's own loop runs only to gather what is wrong.
        """
        if self.unknown == EXCLUDE or document.keys() <= self.load_fields.keys():
            try:
                return {name: field.deserialize(document.get(name)) for name, field in self.load_fields.items()}
            except ValidationError:
                pass
        loaded: dict[str, Any] = self.load(document)
        return loaded
