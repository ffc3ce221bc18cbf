"""The mapping file an operator writes: YAML in, a mapping or a list of "file:line: what is wrong" out."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from schemas.feedback_fields import RESPONDENT
from schemas.fields import is_slug
from schemas.import_mapping import DELIMITERS, ENCODINGS, ImportMapping, Source, wording
from schemas.marked_yaml import NotYaml, read_marked
from schemas.violation import MOST_REPORTED, printable

_MOST_BYTES = 1 << 20
_LONGEST = 200
_MEMBERS = frozenset(
    (
        *("series", "file", "unit", "service", "touchpoint", "instrument", "number", "date", "time"),
        *("answers", "not_applicable", "respondent", "comment"),
    )
)
_FILE = frozenset(("sheet", "delimiter", "encoding", "header_row"))
_INSTRUMENT = re.compile(r"[a-z0-9][a-z0-9._-]{0,57}@[1-9][0-9]{0,3}", re.ASCII)
_DIRECTIVE = re.compile(r"%(.?)")
_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)


class MappingInvalid(Exception):
    """The file is no mapping; each of `messages` is one "file:line: what is wrong", in the order of the file."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = list(messages)
        super().__init__("\n".join(self.messages))


def read_mapping(path: Path) -> ImportMapping:
    """The mapping in a UTF-8 YAML file. Raises MappingInvalid naming every fault found, up to a hundred."""
    shown = printable(str(path))
    try:
        with path.open("rb") as file:
            read = file.read(_MOST_BYTES + 1)
        if len(read) > _MOST_BYTES:
            raise MappingInvalid([f"{shown}: is larger than {_MOST_BYTES >> 20} MiB"])
        marked = read_marked(read.decode("utf-8-sig"))
    except OSError as error:
        raise MappingInvalid([f"{shown}: {error.strerror or error}"]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MappingInvalid([f"{shown}:{line}: is not UTF-8 text"]) from None
    except NotYaml as error:
        raise MappingInvalid([f"{shown}:{error.line}: {printable(str(error))}"]) from None
    reading = _Reading()
    found = reading.mapping(marked.value)
    if reading.faults or found is None:
        lines = sorted((marked.line(dotted), sentence) for dotted, sentence in reading.faults)
        raise MappingInvalid(f"{shown}:{line}: {sentence}" for line, sentence in lines[:MOST_REPORTED])
    return replace(found, marked=marked, path=shown)


class _Reading:
    """One reading of a document; what is wrong gathers in `faults` as (dotted field, sentence)."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []

    def mapping(self, document: object) -> ImportMapping | None:
        """The mapping; None, or one that is not to be used, when there are faults."""
        if not isinstance(document, dict):
            self.fault("", 'the file must be a block of "key: value" lines; `puas import --example` prints one')
            return None
        self.known(document, _MEMBERS, "")
        self.required(document, ("instrument", "date", "answers"))
        file = self.block(document, "file")
        self.known(file, _FILE, "file.")
        header = self.word(file.get("header_row", "1"), "file.header_row") or "1"
        if not _WHOLE.fullmatch(header):
            self.fault("file.header_row", "file.header_row must be a row's number, 0 when columns have no names")
        return ImportMapping(
            series=self.word(document.get("series"), "series") or "",
            sheet=self.word(file.get("sheet"), "file.sheet"),
            delimiter=self.choice(file.get("delimiter"), "file.delimiter", DELIMITERS),
            encoding=self.choice(file.get("encoding"), "file.encoding", ENCODINGS),
            header_row=int(header) if _WHOLE.fullmatch(header) else 1,
            unit=self.place(document, "unit"),
            service=self.place(document, "service"),
            touchpoint=self.place(document, "touchpoint"),
            instrument=self.instrument(document.get("instrument")),
            number=self.source(document.get("number"), "number"),
            date=self.source(document.get("date"), "date", formats=True) or Source(fixed=""),
            time=self.source(document.get("time"), "time", formats=True),
            answers=self.answers(document),
            not_applicable=self.words(document.get("not_applicable"), "not_applicable"),
            respondent=self.respondent(document),
            comment=self.source(document.get("comment"), "comment"),
        )

    def fault(self, dotted: str, sentence: str) -> None:
        self.faults.append((dotted, sentence))

    def known(self, block: Mapping[str, Any], members: Collection[str], prefix: str) -> None:
        for key in block.keys() - members:
            self.fault(f"{prefix}{key}", f"{prefix}{printable(key)[:64]} is not known; there are: {_listed(members)}")

    def required(self, document: Mapping[str, Any], names: Iterable[str]) -> None:
        for name in names:
            if document.get(name) is None:
                self.fault(name, f"{name} is missing")

    def block(self, document: Mapping[str, Any], name: str) -> dict[str, Any]:
        value = document.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(name, f'{name} must be a block of "key: value" lines')
            return {}
        return value

    def word(self, value: object, dotted: str) -> str | None:
        """A scalar as it was written; a number or a date is text, too."""
        if value is None:
            return None
        text = value.value if isinstance(value, yaml.ScalarNode) else value
        if isinstance(text, int | Decimal) and not isinstance(text, bool):
            text = str(text)
        if not isinstance(text, str):
            yes_or_no = " (write it in quotes: YAML reads No, Yes, On and Off as true or false)"
            self.fault(dotted, f"{dotted} must be text{yes_or_no if isinstance(text, bool) else ''}")
            return None
        if not text.strip() or len(text) > _LONGEST:
            self.fault(dotted, f"{dotted} must have 1 to {_LONGEST} characters")
            return None
        return text.strip()

    def words(self, value: object, dotted: str) -> frozenset[str]:
        if value is None:
            return frozenset()
        if not isinstance(value, list):
            self.fault(dotted, f"{dotted} must be a list")
            return frozenset()
        read = (self.word(item, f"{dotted}.{at}") for at, item in enumerate(value))
        return frozenset(wording(word) for word in read if word)

    def choice(self, value: object, dotted: str, choices: Collection[str]) -> str | None:
        word = self.word(value, dotted)
        if word is not None and word not in choices:
            self.fault(dotted, f"{dotted} must be one of {', '.join(choices)}")
        return word

    def instrument(self, value: object) -> str:
        word = self.word(value, "instrument")
        if word is not None and not _INSTRUMENT.fullmatch(word):
            self.fault("instrument", "instrument must be the id and version of an instrument, such as skm-2017@1")
        return word or ""

    def place(self, document: Mapping[str, Any], name: str) -> Source | None:
        """A unit, service or touchpoint: its id, or the column that tells it."""
        value = document.get(name)
        if isinstance(value, dict):
            return self.source(value, name, target=self.slug)
        word = self.word(value, name)
        if word is not None and not is_slug(word):
            self.fault(name, f"{name} must be an id of the catalog, or {{column: …}}, not {printable(word)!r}")
        return None if word is None else Source(fixed=word)

    def answers(self, document: Mapping[str, Any]) -> dict[str, Source]:
        block = self.block(document, "answers")
        if not block and "answers" not in {dotted for dotted, _ in self.faults}:
            self.fault("answers", "answers must name at least one question and its column")
        read = {key: self.source(value, f"answers.{key}", target=self.answer) for key, value in block.items()}
        for key in read:
            if read[key] is None and block[key] is None:
                self.fault(f"answers.{key}", f"answers.{printable(key)[:64]} needs its column")
        return {key: source for key, source in read.items() if source is not None}

    def respondent(self, document: Mapping[str, Any]) -> dict[str, Source]:
        block = self.block(document, "respondent")
        self.known(block, RESPONDENT, "respondent.")
        read = {
            key: self.source(value, f"respondent.{key}", target=self.slug, years=key == "age_band")
            for key, value in block.items()
        }
        return {key: source for key, source in read.items() if source is not None}

    def source(
        self, value: object, dotted: str, *, target: Any = None, formats: bool = False, years: bool = False
    ) -> Source | None:
        """A column's name, or a block with `column` or `fixed` and what else `target`, `formats`, `years` allow."""
        if not isinstance(value, dict):
            word = self.word(value, dotted)
            return None if word is None else Source(column=word)
        members = {"column", "fixed"} | ({"values"} if target else set())
        self.known(value, members | ({"format"} if formats else set()) | ({"years"} if years else set()), f"{dotted}.")
        if ("column" in value) == ("fixed" in value):
            self.fault(dotted, f"{dotted} needs a column, or a fixed value (one of the two)")
        ages = value.get("years", False)
        if not isinstance(ages, bool):
            self.fault(f"{dotted}.years", f"{dotted}.years must be true or false")
        if ages is True and value.get("values") is not None:
            self.fault(f"{dotted}.years", f"{dotted} has values as well as years: leave one out")
        return Source(
            column=self.word(value.get("column"), f"{dotted}.column"),
            fixed=self.word(value.get("fixed"), f"{dotted}.fixed"),
            values=None if value.get("values") is None else self.values(value, dotted, target),
            format=self.format(value.get("format"), f"{dotted}.format"),
            years=ages is True,
        )

    def values(self, block: Mapping[str, Any], dotted: str, target: Any) -> dict[str, str | int | None]:
        read: dict[str, str | int | None] = {}
        named = self.block(block, "values") if isinstance(block["values"], dict) else None
        if named is None:
            self.fault(f"{dotted}.values", f'{dotted}.values must be a block of "word: value" lines')
        for word, value in (named or {}).items():
            here = f"{dotted}.values.{word}"
            if wording(word) in read:
                self.fault(here, f'{dotted}.values names "{printable(word)[:64]}" twice (case does not count)')
            read[wording(word)] = None if value is None else target(value, here)
        return read

    def slug(self, value: object, dotted: str) -> str | None:
        word = self.word(value, dotted)
        if word is not None and not is_slug(word):
            self.fault(
                dotted, f"{printable(dotted)} must be an id: a-z, 0-9, '.', '_' and '-', not {printable(word)!r}"
            )
        return word

    def answer(self, value: object, dotted: str) -> int | None:
        word = self.word(value, dotted)
        if word is not None and not _WHOLE.fullmatch(word):
            self.fault(dotted, f"{printable(dotted)} must be an answer's number, or null for not applicable")
            return None
        return None if word is None else int(word)

    def format(self, value: object, dotted: str) -> str | None:
        word = self.word(value, dotted)
        if word is None:
            return None
        unknown = [letter for letter in _DIRECTIVE.findall(word) if letter not in set("dmYyBbHMSIp%")]
        if unknown or "%" not in word:
            self.fault(dotted, f'{dotted} is made of %d %m %B %Y %y %H %M %S, such as "%d/%m/%Y"')
        return word


def _listed(members: Collection[str]) -> str:
    return ", ".join(sorted(members))
