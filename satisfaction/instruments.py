"""Questionnaires as versioned data: what is asked, which answers exist, which element an answer counts for.

Stable keys, never positions: the annex of PermenPANRB 14/2017 lists U8 complaints and U9 facilities, its form asks them
the other way round, and existing software is split.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

import yaml

Language = Literal["id", "en"]


class UnknownInstrument(KeyError):
    """No instrument has this id; reject what named it."""

    def __str__(self) -> str:
        return f"no instrument is called {self.args[0]!r}"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Indonesian and in English.

    >>> Text(id="Baik", en="Good").in_language("en")
    'Good'
    """

    id: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.en if language == "en" else self.id


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice: the number that is stored and the words a visitor reads."""

    value: int
    label: Text


@dataclass(frozen=True, slots=True)
class Element:
    """An aspect of the service (unsur) that gets an average of its own."""

    key: str
    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `element` is the key of the element it counts for. An optional one may be left unanswered."""

    key: str
    element: str
    text: Text
    answers: tuple[Answer, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire, fixed for ever under its id (`skm-2017@1`); a change of meaning is a new version.

    Raises ValueError when keys repeat, a question has no element, an element has no question, or the questions do not
    share one scale.
    """

    id: str
    name: Text
    elements: tuple[Element, ...]
    questions: tuple[Question, ...]
    band_table: str = "permenpanrb-14-2017@1"
    weights: str = "exact"
    _questions: Mapping[str, Question] = field(init=False, repr=False, compare=False)
    _values: Mapping[str, frozenset[int]] = field(init=False, repr=False, compare=False)
    _required: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        questions = {question.key: question for question in self.questions}
        elements = [element.key for element in self.elements]
        if len(questions) != len(self.questions) or len(set(elements)) != len(elements):
            raise ValueError(f"{self.id}: a question or element key is used twice")
        if {question.element for question in self.questions} != set(elements):
            raise ValueError(f"{self.id}: every question needs an element and every element a question")
        if len({tuple(answer.value for answer in question.answers) for question in self.questions}) != 1:
            raise ValueError(f"{self.id}: every question must have the same answers, in the same order")
        values = {key: frozenset(answer.value for answer in question.answers) for key, question in questions.items()}
        object.__setattr__(self, "_questions", questions)
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_required", tuple(q.key for q in self.questions if not q.optional))

    @property
    def scale(self) -> tuple[int, int]:
        """The lowest and the highest answer.

        >>> instrument("skm-2017@1").scale
        (1, 4)
        """
        values = [answer.value for answer in self.questions[0].answers]
        return min(values), max(values)

    def question(self, key: str) -> Question:
        """The question with this key; KeyError when there is none."""
        return self._questions[key]

    def questions_of(self, element: str) -> tuple[Question, ...]:
        """The questions that count for an element, in the order asked."""
        return tuple(question for question in self.questions if question.element == element)

    def faults(self, answers: Mapping[str, int | None]) -> list[tuple[str, str]]:
        """What is wrong with a response: (question key, code) pairs, empty when it may be counted.

        Codes: `unknown_question`, `out_of_scale`, `required`. None means "not applicable" and is fine for an optional
        question. When nothing at all is answered and no question is required by itself, the key is "".

        >>> skm = instrument("skm-2017@1")
        >>> skm.faults({"waktu": 4, "biaya": None})
        []
        >>> skm.faults({"waktu": 5, "warna": 1})
        [('waktu', 'out_of_scale'), ('warna', 'unknown_question')]
        >>> skm.faults({"waktu": None}), instrument("smiley@1").faults({})
        ([('', 'required')], [('kepuasan', 'required')])
        """
        found: list[tuple[str, str]] = []
        answered = False
        for key, value in answers.items():
            allowed = self._values.get(key)
            if allowed is None:
                found.append((key, "unknown_question"))
            elif value is not None:
                answered = True
                # True == 1 and 3.0 == 3, but neither is an answer.
                if type(value) is not int or value not in allowed:
                    found.append((key, "out_of_scale"))
        missing = [(key, "required") for key in self._required if answers.get(key) is None]
        if not answered and not missing:
            missing = [("", "required")]
        return found + missing


def instrument(instrument_id: str) -> Instrument:
    """The instrument with this id; raises UnknownInstrument."""
    try:
        return instruments()[instrument_id]
    except KeyError:
        raise UnknownInstrument(instrument_id) from None


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every packaged instrument by id; the files are read once, at the first call.

    >>> sorted(instruments())
    ['skm-2017@1', 'smiley@1']
    """
    folder = resources.files("satisfaction") / "data" / "instruments"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    read = [_instrument(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return MappingProxyType({item.id: item for item in read})


def _instrument(document: dict[str, Any]) -> Instrument:
    return Instrument(
        id=document["id"],
        name=Text(**document["name"]),
        elements=tuple(Element(item["key"], item["code"], Text(**item["name"])) for item in document["elements"]),
        questions=tuple(_question(item) for item in document["questions"]),
        band_table=document["band_table"],
        weights=document["weights"],
    )


def _question(item: dict[str, Any]) -> Question:
    answers = tuple(Answer(value, Text(**label)) for value, label in item["answers"].items())
    return Question(item["key"], item["element"], Text(**item["text"]), answers, item["optional"])
