"""The fields only a catalog has: names people read, people served by period, weights of elements, words of answers."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from marshmallow import ValidationError

from schemas.feedback_fields import LARGEST_ANSWER
from schemas.fields import Description, Slug, Text, WireField, integer, is_slug, refusal, text_refusal
from schemas.violation import STEERING

LONGEST_NAME = 200
LONGEST_QUESTION = 500
MOST_SERVED = 2**53 - 1
_steering = re.compile(f"[{STEERING}]").search
_PERIOD = r"[12][0-9]{3}(-S[12]|-Q[1-4]|-0[1-9]|-1[0-2])?"
_is_period = re.compile(_PERIOD).fullmatch
_ANSWER = r"(0|[1-9][0-9]{0,3})"
_is_answer = re.compile(_ANSWER).fullmatch
_WEIGHT = r"(1|[01]?\.[0-9]{1,12}|[0-9]{1,9}/[1-9][0-9]{0,8})"
_CONVENTION = r"(exact|0\.[0-9]{1,6})"
_is_convention = re.compile(_CONVENTION).fullmatch
_is_weight = re.compile(_WEIGHT).fullmatch


class Name(Text):
    """What people read in terminals, logs and pages: one line, without characters that steer any of them."""

    def __init__(self, most: int = LONGEST_NAME) -> None:
        super().__init__(most, required=True)

    def read(self, value: Any) -> str | None:
        name = super().read(value)
        if name is not None and _steering(name):
            raise refusal("bad_characters")
        return name

    def description(self) -> Description:
        return super().description() | {"pattern": rf"^(?![\s\S]*[{STEERING}])[\s\S]*\S"}


class Served(WireField):
    """Period label (a year, semester, quarter or month) → how many people were served in it, at least one."""

    def read(self, value: Any) -> dict[str, int]:
        if not isinstance(value, dict):
            raise refusal("not_an_object")
        faults: dict[Any, Any] = {}
        for label, people in value.items():
            try:
                if not _is_period(label):
                    raise refusal("not_a_period_label")
                integer(people, 1, MOST_SERVED)
            except ValidationError as error:
                faults[label] = error.messages
        if faults:
            raise ValidationError(faults)
        return dict(value)

    def description(self) -> Description:
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^{_PERIOD}$"},
            "additionalProperties": {"type": "integer", "minimum": 1, "maximum": MOST_SERVED},
        }


class Weights(WireField):
    """The name of a weight convention, or element key → weight, a decimal or a fraction, kept exact as text."""

    def read(self, value: Any) -> str | dict[str, str]:
        if not isinstance(value, dict):
            written = str(value) if isinstance(value, Decimal) else value
            if isinstance(written, str) and _is_convention(written):
                return written
            raise refusal("not_weights")
        faults = {key: _weight_fault(key, weight) for key, weight in value.items()}
        if any(faults.values()):
            raise ValidationError({key: fault for key, fault in faults.items() if fault})
        return {key: weight_text(weight) for key, weight in value.items()}

    def description(self) -> Description:
        weight = {"type": ["string", "number"], "pattern": f"^{_WEIGHT}$", "minimum": 0, "maximum": 1}
        return {
            "type": ["string", "object"],
            "pattern": f"^{_CONVENTION}$",
            "propertyNames": {"pattern": Slug().description()["pattern"]},
            "additionalProperties": weight,
        }


def _weight_fault(key: object, weight: object) -> list[Any] | None:
    if not isinstance(key, str) or not is_slug(key):
        return list(text_refusal(key, 63, "not_a_slug").messages)
    return None if weight_of(weight) is not None else list(refusal("not_a_weight").messages)


def weight_of(written: object) -> Fraction | None:
    """The weight that was written, from 0 to 1; None when it is none.

    >>> weight_of("1/9"), weight_of(Decimal("0.20")), weight_of("a third")
    (Fraction(1, 9), Fraction(1, 5), None)
    """
    if isinstance(written, bool) or not isinstance(written, str | int | Decimal):
        return None
    text = str(written)
    weight = Fraction(text) if _is_weight(text) else None
    return weight if weight is not None and 0 < weight <= 1 else None


def weight_text(written: object) -> str:
    """A weight in one form, however it was written: a decimal where that is exact, else a fraction.

    >>> weight_text("2/10"), weight_text("0.20"), weight_text(Fraction(3, 9))
    ('0.2', '0.2', '1/3')
    """
    weight = written if isinstance(written, Fraction) else weight_of(written)
    if weight is None:
        raise ValueError(f"{written!r} is no weight")
    exact = Decimal(weight.numerator) / Decimal(weight.denominator)
    return f"{exact.normalize():f}" if Fraction(exact) == weight else str(weight)


class AnswerWords(WireField):
    """Answer, a whole number → its words in Indonesian and English, in the order of the numbers."""

    def read(self, value: Any) -> dict[str, dict[str, str]]:
        if not isinstance(value, dict):
            raise refusal("not_an_object")
        if len(value) < 2:
            raise refusal("too_few", min=2)
        faults: dict[Any, Any] = {}
        for answer, words in value.items():
            if not _is_answer(answer) or int(answer) > LARGEST_ANSWER:
                faults[answer] = refusal("not_an_answer", max=LARGEST_ANSWER).messages
            elif found := _words_fault(words):
                faults[answer] = found
        if faults:
            raise ValidationError(faults)
        return {answer: value[answer] for answer in sorted(value, key=int)}

    def description(self) -> Description:
        name = Name().description()
        words = {
            "type": "object",
            "properties": {"id": name, "en": name},
            "required": ["id", "en"],
            "additionalProperties": False,
        }
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^{_ANSWER}$"},
            "minProperties": 2,
            "additionalProperties": words,
        }


def _words_fault(words: object) -> Any:
    if not isinstance(words, dict):
        return refusal("not_an_object").messages
    faults: dict[Any, Any] = {key: ["unknown_field"] for key in words if key not in ("id", "en")}
    for language in ("id", "en"):
        try:
            Name().deserialize(words.get(language))
        except ValidationError as error:
            faults[language] = ["required"] if language not in words else error.messages
    return faults
