"""JSON Schema 2020-12 from our marshmallow schemas, so that nothing is written down twice."""

from collections.abc import Callable, Iterable
from typing import Any

from marshmallow import RAISE, Schema, fields, missing

from schemas.fields import Description, Items, Part, WireField

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STOCK = ((fields.Float, "number"), (fields.String, "string"))
_Refer = Callable[[Schema], Description]
"""Describes an object inside an object: whole, or by naming where it is described."""


def document(schema: Schema, title: str) -> Description:
    """The JSON Schema of a whole document, an array for a schema of many; its description is the docstring."""
    one = _object(schema)
    return {"$schema": DIALECT, "title": title} | ({"type": "array", "items": one} if schema.many else one)


def components(schemas: Iterable[type[Schema]], place: str) -> dict[str, Description]:
    """The JSON Schemas of these schemas and of every object inside them, each once, naming each other at `place`.

    Names are those of the classes, without a final "Schema".
    """
    found: dict[str, Description] = {}

    def refer(schema: Schema) -> Description:
        name = component_name(type(schema))
        if name not in found:
            found[name] = {}  # stands there while the schema is described, in case it holds itself
            found[name] = _object(schema, refer)
        return {"$ref": f"{place}{name}"}

    for schema in schemas:
        refer(schema())
    return dict(sorted(found.items()))


def component_name(schema: type[Schema]) -> str:
    """What `components` calls this schema."""
    return schema.__name__.removesuffix("Schema")


def _object(schema: Schema, refer: _Refer | None = None) -> Description:
    described: Description = {"type": "object"}
    if type(schema).__doc__ and type(schema).__doc__ != Schema.__doc__:
        described["description"] = type(schema).__doc__
    named = {field.data_key or name: field for name, field in sorted(schema.load_fields.items())}
    described["properties"] = {name: _property(field, refer or _object) for name, field in named.items()}
    required = [name for name, field in named.items() if field.required]
    if required:
        described["required"] = required
    if schema.unknown == RAISE:
        described["additionalProperties"] = False
    return described


def _property(field: fields.Field[Any], refer: _Refer) -> Description:
    described = _value(field, refer)
    if field.allow_none:
        described = _or_null(described)
    if "description" in field.metadata:
        described["description"] = field.metadata["description"]
    if field.load_default is not missing and isinstance(field.load_default, str | bool):
        described["default"] = field.load_default
    return described


def _value(field: fields.Field[Any], refer: _Refer) -> Description:
    if isinstance(field, WireField):
        return field.description()
    if isinstance(field, Items):
        return {"type": "array", "items": _value(field.inner, refer)} | (
            {"minItems": field.least} if field.least else {}
        )
    if isinstance(field, Part):
        return refer(field.schema)
    if isinstance(field, fields.Dict):
        return _mapping(field, refer)
    for kind, name in _STOCK:
        if isinstance(field, kind):
            return {"type": name}
    raise TypeError(f"no JSON Schema is known for {type(field).__name__}")


def _mapping(field: fields.Dict, refer: _Refer) -> Description:
    described: Description = {"type": "object"}
    if field.key_field is not None:
        described["propertyNames"] = {
            name: rule for name, rule in _value(field.key_field, refer).items() if name != "type"
        }
    if field.value_field is not None:
        described["additionalProperties"] = _property(field.value_field, refer)
    return described


def _or_null(described: Description) -> Description:
    if "$ref" in described:
        return {"anyOf": [described, {"type": "null"}]}
    nullable = described | {"type": [described["type"], "null"]}
    if "enum" in described:
        nullable["enum"] = [*described["enum"], None]
    return nullable
