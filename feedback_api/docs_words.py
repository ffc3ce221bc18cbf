"""JSON Schema and the little markup of descriptions, said in HTML."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from feedback_api.languages import marked as _
from feedback_api.languages import translated
from schemas.fields import Description

_CODE = re.compile(r"`([^`]+)`")
_LIMITS = (("minimum", "≥"), ("maximum", "≤"))
_TYPES = {
    "string": _("text"),
    "integer": _("whole number"),
    "number": _("number"),
    "boolean": _("true or false"),
    "object": _("object"),
}


def inline(text: str) -> Markup:
    """Text with `code` in it.

    >>> inline("a `b` < c")
    Markup('a <code>b</code> &lt; c')
    """
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def kind_of(schema: Description) -> Markup:
    """What values a schema describes, in a line; what is described elsewhere is linked to."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    if schema == {"type": "null"}:
        return Markup("null")
    if "anyOf" in schema:
        return _either(kind_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return _either(Markup("<code>{}</code>").format("null" if one is None else one) for one in schema["enum"])
    if schema.get("type") == "array":
        return Markup("{} {}").format(translated(_("list of")), kind_of(schema.get("items", {})))
    named = schema.get("type", "object")
    types = [named] if isinstance(named, str) else named
    said = _either(Markup("{}").format(translated(_TYPES[one])) for one in types if one != "null") + _limits(schema)
    return said + Markup(" | null") if "null" in types else said


def _either(kinds: Iterable[Markup]) -> Markup:
    return Markup(" | ").join(kinds)


def _limits(schema: Description) -> Markup:
    found = Markup("")
    if isinstance(schema.get("additionalProperties"), dict):
        found += Markup(" → {}").format(kind_of(schema["additionalProperties"]))
    if "format" in schema:
        found += Markup(" ({})").format(schema["format"])
    for name, sign in _LIMITS:
        if name in schema and abs(schema[name]) < 2**53 - 1:
            found += Markup(" {} {}").format(sign, schema[name])
    if "maxLength" in schema:
        found += Markup(" {}").format(translated(_("up to %(number)s characters"), number=schema["maxLength"]))
    return found
