"""What a questionnaire is: what is asked, which answers exist, which element an answer counts for.

Stable keys, never positions: the annex of PermenPANRB 14/2017 lists U8 complaints and U9 facilities, its form asks them
the other way round, and existing software is split.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from satisfaction.text import Text
from satisfaction.weights import OWN, Weighting, conventions

Kind = Literal["ikm", "perception", "satisfaction", "nps"]
"""What is published of an instrument: an index as IKM with its band; a perception index (IPKP, IPAK); a satisfaction
index with the share of the top two answers; a net promoter score."""
KINDS: tuple[Kind, ...] = ("ikm", "perception", "satisfaction", "nps")

NPS_ANSWERS = tuple(range(11))


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

    `band_table` None means that no letter is given. `weights` is the name of a convention, or every element's own
    weight, summing to exactly 1. The first question of a `satisfaction` instrument is the overall one, whose top two
    answers make the share that is published.

    Raises ValueError, with a sentence, when keys repeat, a question has no element, an element has no question, the
    questions do not share one scale, the weights do not fit, or a net promoter instrument is not one question of 0..10.
    """

    id: str
    name: Text
    elements: tuple[Element, ...]
    questions: tuple[Question, ...]
    band_table: str | None = "permenpanrb-14-2017@1"
    weights: Weighting = field(default="exact", hash=False)
    kind: Kind = "ikm"
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
        self._check_answers()
        self._check_weights(elements)
        values = {key: frozenset(answer.value for answer in question.answers) for key, question in questions.items()}
        object.__setattr__(self, "_questions", questions)
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_required", tuple(q.key for q in self.questions if not q.optional))

    def _check_answers(self) -> None:
        values = [answer.value for answer in self.questions[0].answers]
        if len(values) < 2 or len(set(values)) != len(values):
            raise ValueError(f"{self.id}: a question needs at least two answers, each with a number of its own")
        if min(values) < 0 or max(values) == 0:
            raise ValueError(f"{self.id}: answers are numbers from 0 up")
        if self.kind not in KINDS:
            raise ValueError(f"{self.id}: kind {self.kind!r} must be one of {', '.join(KINDS)}")
        if self.kind == "satisfaction" and len(values) < 3:
            raise ValueError(f"{self.id}: a share of the top two answers needs at least three")
        if self.kind == "nps" and (len(self.questions) != 1 or tuple(sorted(values)) != NPS_ANSWERS):
            raise ValueError(f"{self.id}: a net promoter score has exactly one question, answered from 0 to 10")

    def _check_weights(self, elements: list[str]) -> None:
        if isinstance(self.weights, str):
            if self.weights not in conventions(len(elements)):
                raise ValueError(f"{self.id}: {self.weights!r} is no weight convention for {len(elements)} elements")
            return
        if set(self.weights) != set(elements):
            odd = ", ".join(sorted(set(self.weights) ^ set(elements)))
            raise ValueError(f"{self.id}: own weights name every element once and nothing else; look at {odd}")
        if min(self.weights.values()) <= 0:
            raise ValueError(f"{self.id}: a weight must be greater than 0")
        total = sum(self.weights.values())
        if total != 1:
            raise ValueError(f"{self.id}: own weights must sum to exactly 1, these sum to {total}")

    @property
    def weights_name(self) -> str:
        """The convention's name as printed beside a figure, or "own"."""
        return self.weights if isinstance(self.weights, str) else OWN

    @property
    def scale(self) -> tuple[int, int]:
        """The lowest and the highest answer.

        >>> from satisfaction.instruments import instrument
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

        >>> from satisfaction.instruments import instrument
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
