"""JSON Schema 2020-12 from our marshmallow schemas, so that nothing is written down twice."""

from typing import Any

from marshmallow import RAISE, Schema, fields, missing

from schemas.fields import Description, Items, Part, WireField

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STOCK = ((fields.Float, "number"), (fields.String, "string"))


def document(schema: Schema, title: str) -> Description:
    """The JSON Schema of a whole document, an array for a schema of many; its description is the docstring."""
    one = _object(schema)
    return {"$schema": DIALECT, "title": title} | ({"type": "array", "items": one} if schema.many else one)


def _object(schema: Schema) -> Description:
    described: Description = {"type": "object"}
    if type(schema).__doc__ and type(schema).__doc__ != Schema.__doc__:
        described["description"] = type(schema).__doc__
    named = {field.data_key or name: field for name, field in sorted(schema.load_fields.items())}
    described["properties"] = {name: _property(field) for name, field in named.items()}
    required = [name for name, field in named.items() if field.required]
    if required:
        described["required"] = required
    if schema.unknown == RAISE:
        described["additionalProperties"] = False
    return described


def _property(field: fields.Field[Any]) -> Description:
    described = _value(field)
    if field.allow_none:
        described = _or_null(described)
    if "description" in field.metadata:
        described["description"] = field.metadata["description"]
    if field.load_default is not missing and isinstance(field.load_default, str | bool):
        described["default"] = field.load_default
    return described


def _value(field: fields.Field[Any]) -> Description:
    if isinstance(field, WireField):
        return field.description()
    if isinstance(field, Items):
        return {"type": "array", "items": _value(field.inner)} | ({"minItems": field.least} if field.least else {})
    if isinstance(field, Part):
        return _object(field.schema)
    if isinstance(field, fields.Dict):
        return _mapping(field)
    for kind, name in _STOCK:
        if isinstance(field, kind):
            return {"type": name}
    raise TypeError(f"no JSON Schema is known for {type(field).__name__}")


def _mapping(field: fields.Dict) -> Description:
    described: Description = {"type": "object"}
    if field.key_field is not None:
        described["propertyNames"] = {name: rule for name, rule in _value(field.key_field).items() if name != "type"}
    if field.value_field is not None:
        described["additionalProperties"] = _property(field.value_field)
    return described


def _or_null(described: Description) -> Description:
    nullable = described | {"type": [described["type"], "null"]}
    if "enum" in described:
        nullable["enum"] = [*described["enum"], None]
    return nullable
