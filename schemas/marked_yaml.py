"""YAML (so JSON too) read into plain values that remember the line each of them stood on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from schemas.violation import field_path

_MOST_REPEATED = 10_000
_is_whole = re.compile(r"0|-?[1-9][0-9]{0,17}").fullmatch
_is_decimal = re.compile(r"-?[0-9]{0,9}\.[0-9]{1,18}").fullmatch


class NotYaml(Exception):
    """The text cannot be read as one YAML document; `line` (from 1) is where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Marked:
    """A plain value, and the line of each part of it by dotted field."""

    value: object
    lines: Mapping[str, int]

    def line(self, field: str) -> int:
        """The line (from 1) of `field`, or of the nearest enclosing part that is there."""
        while field and field not in self.lines:
            field = field.rpartition(".")[0]
        return self.lines[field]


def read_marked(text: str, *, json: bool = False) -> Marked:
    """The one document in `text`; `json` forgives the tabs that YAML does not.

    An alias stands for what its anchor names, as long as aliases repeat no more than 10,000 values in all.
    Values are None, booleans, strings, lists, dicts, and plain numbers of up to 18 digits, exact as int or Decimal; any
    other scalar stays a yaml.ScalarNode. Raises NotYaml.
    """
    try:
        node = yaml.compose(text.replace("\t", " ") if json else text, Loader=yaml.SafeLoader)
        reading = _Reading({"": _line(node) if node else 1})
        return Marked(reading.value(node, (), ()) if node else None, reading.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(error.problem or "not YAML", mark.line + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise NotYaml(f"the character U+{ord(text[error.position]):04X} is not allowed", line) from None
    except RecursionError:
        raise NotYaml("too deeply nested", 1) from None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


@dataclass(slots=True)
class _Reading:
    """One walk through a document: the lines passed, and what aliases made it pass again."""

    lines: dict[str, int]
    passed: set[int] = field(default_factory=set)
    repeated: int = 0

    def value(self, node: yaml.Node, path: tuple[object, ...], inside: tuple[yaml.Node, ...]) -> Any:
        self._pass(node, inside)
        self.lines.setdefault(field_path(path), _line(node))
        inside = (*inside, node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, inside)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, at), inside) for at, item in enumerate(node.value)]
        return _scalar(node)

    def _pass(self, node: yaml.Node, inside: tuple[yaml.Node, ...]) -> None:
        if id(node) not in self.passed:
            self.passed.add(id(node))
            return
        if any(node is outer for outer in inside):
            raise NotYaml("an alias stands inside its own anchor", _line(node))
        self.repeated += 1
        if self.repeated > _MOST_REPEATED:
            raise NotYaml(f"aliases repeat more than {_MOST_REPEATED} values: write them out", _line(node))

    def _mapping(self, node: yaml.MappingNode, path: tuple[object, ...], inside: tuple[yaml.Node, ...]) -> Any:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise NotYaml("a key must be text", _line(key_node))
            key = _whole(key_node.value)
            if key in values:
                raise NotYaml(f'"{field_path([key])}" stands twice in the same block', _line(key_node))
            self.lines.setdefault(field_path((*path, key)), _line(key_node))
            values[key] = self.value(value_node, (*path, key), inside)
        return values


def _scalar(node: yaml.Node) -> Any:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    if kind == "str":
        return _whole(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return yaml.constructor.SafeConstructor.bool_values.get(node.value.lower(), node)
    if kind == "int" and _is_whole(node.value):
        return int(node.value)
    if kind == "float" and _is_decimal(node.value):
        return Decimal(node.value)
    return node


def _whole(text: str) -> str:
    """JSON writes a character beyond U+FFFF as two escapes; YAML reads two halves of a pair."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
