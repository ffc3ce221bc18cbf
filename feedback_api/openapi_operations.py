"""What an operation of the API is declared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from marshmallow import Schema

from feedback_api.openapi_parameters import Parameter
from schemas.fields import Description
from schemas.json_schema import component_name

SCHEMAS = "#/components/schemas/"
JSON = "application/json"
Scope = Literal["read", "export", "close"]
FILE: Description = {"type": "string", "format": "binary"}
TEXT: Description = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A body of one media type."""

    schema: Description
    example: object = None

    def document(self) -> Description:
        """As a Media Type Object."""
        return {"schema": self.schema} | ({} if self.example is None else {"example": self.example})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an operation that went well answers with; media type → what it holds."""

    description: str
    content: Mapping[str, Content] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    """Besides X-Request-Id, which every answer has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method at one address. `problems` are the codes of what may go wrong, besides `internal_error`."""

    id: str
    method: Literal["get", "post"]
    path: str
    tag: str
    summary: str
    description: str
    answers: Mapping[int, Answer]
    problems: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Content] = field(default_factory=dict)
    scope: Scope | None = None
    """The right that a key needs; None where none is looked at."""
    public: bool = False
    """Whether there is also something to see without a key."""
    form_of: str | None = None
    """The path that this one answers like, in one form."""
    curl: str = ""
    """What comes after `curl` in the example, the address as a path."""


def of(schema: type[Schema]) -> Description:
    """A reference to the description of one of our schemas."""
    return {"$ref": f"{SCHEMAS}{component_name(schema)}"}


def listed(schema: type[Schema], most: int | None = None) -> Description:
    """An array of what a schema describes."""
    limits = {} if most is None else {"maxItems": most}
    return {"type": "array", "items": of(schema)} | limits
