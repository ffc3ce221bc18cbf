"""What the questionnaires in a catalog can still get wrong: against those they build on, and each in itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from schemas.catalog_fields import weight_of
from schemas.catalog_references import Entry, Fault, entries, word

Scale = tuple[int, ...]


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


class _Valued(Protocol):
    @property
    def value(self) -> int: ...


class _Asked(_Keyed, Protocol):
    @property
    def answers(self) -> Sequence[_Valued]: ...


class Questionnaire(Protocol):
    """As much of a packaged questionnaire as is needed to judge one that builds on it."""

    @property
    def elements(self) -> Sequence[_Keyed]: ...

    @property
    def questions(self) -> Sequence[_Asked]: ...


@dataclass(frozen=True, slots=True)
class Questionnaires:
    """The packaged questionnaires by id, and `fault`: the sentence that forbids a sound-looking document, or None."""

    packaged: Mapping[str, Questionnaire]
    fault: Callable[[Mapping[str, Any]], str | None]


def own_ids(document: object) -> list[str]:
    """The ids of the document's own questionnaires, in order."""
    return [made for _, entry in entries(document, "instruments", "") if (made := word(entry, "id"))]


def questionnaire_faults(document: object, known: Questionnaires) -> Iterator[Fault]:
    """Every fault of the document's own questionnaires that their shape does not show."""
    seen: set[str] = set()
    for field, entry in entries(document, "instruments", ""):
        made = word(entry, "id")
        if made in known.packaged:
            yield f"{field}.id", f'instrument "{made}" comes with the program: choose another id'
        elif made in seen:
            yield f"{field}.id", f'instrument id "{made}" is used twice'
        if made:
            seen.add(made)
        base_id = word(entry, "based_on")
        base = known.packaged.get(base_id) if base_id else None
        if base_id and base is None:
            there = ", ".join(sorted(known.packaged))
            yield f"{field}.based_on", f'based_on "{base_id}" is no packaged instrument; there are: {there}'
            continue
        yield from _faults(field, entry, base)


def _faults(field: str, entry: Entry, base: Questionnaire | None) -> Iterator[Fault]:
    taken = [element.key for element in base.elements] if base else []
    yield from _repeated(field, entry, "elements", taken)
    yield from _repeated(field, entry, "questions", [question.key for question in base.questions] if base else [])
    own = [(here, key) for here, made in entries(entry, "elements", f"{field}.") if (key := word(made, "key"))]
    elements = [*taken, *(key for _, key in own)]
    asked = {of for _, question in entries(entry, "questions", "") if (of := word(question, "element"))}
    for here, key in own:
        if key not in asked and key not in taken:
            yield f"{here}.key", f'element "{key}" has no question'
    for here, question in entries(entry, "questions", f"{field}."):
        of = word(question, "element")
        if of and of not in elements:
            yield f"{here}.element", f'question of unknown element "{of}"; there are: {", ".join(elements) or "none"}'
    if not elements:
        yield field, "an instrument needs elements and questions, or based_on to take another's"
    yield from _scale_faults(field, entry, base)
    yield from _weight_faults(field, entry, elements)


def _scale_faults(field: str, entry: Entry, base: Questionnaire | None) -> Iterator[Fault]:
    scale = tuple(answer.value for answer in base.questions[0].answers) if base else ()
    than = "the base"
    answered = [(field, entry), *entries(entry, "questions", f"{field}.")]
    for here, part in answered:
        found = _scale(part)
        if found and scale and found != scale:
            yield f"{here}.answers", f"answers {_told(found)} are another scale than {_told(scale)} of {than}"
        elif found and not scale:
            scale, than = found, "what comes before"
    for here, question in answered[1:]:
        if base is None and not {"answers"} & (entry.keys() | question.keys()):
            yield here, "the question has no answers"


def _repeated(field: str, entry: Entry, of: str, taken: list[str]) -> Iterator[Fault]:
    seen = dict.fromkeys(taken, "is one of the base already")
    for here, part in entries(entry, of, f"{field}."):
        key = word(part, "key")
        if key in seen:
            yield f"{here}.key", f'{of.removesuffix("s")} key "{key}" {seen[key]}'
        elif key:
            seen[key] = "is used twice"


def _weight_faults(field: str, entry: Entry, elements: list[str]) -> Iterator[Fault]:
    given = entry.get("weights")
    if not isinstance(given, dict):
        return
    for key in given:
        if key not in elements:
            yield f"{field}.weights.{key}", f'weight of unknown element "{key}"'
    missing = [key for key in elements if key not in given]
    if missing:
        yield f"{field}.weights", f"weights lack {', '.join(missing)}: every element needs one"
    weights = [weight_of(weight) for weight in given.values()]
    total = sum((weight for weight in weights if weight is not None), Fraction(0))
    if None not in weights and total != 1:
        yield f"{field}.weights", f"weights sum to {_number(total)}, not to 1"


def _number(total: Fraction) -> str:
    """As a decimal where that is short, else as a fraction with about what it is."""
    short = f"{float(total):.6f}".rstrip("0").rstrip(".")
    return short if Fraction(short) == total else f"{total} (about {short})"


def _scale(part: Entry) -> Scale:
    """The answers written in a questionnaire or a question; empty for none, and for any that is no number."""
    answers = part.get("answers")
    written = [str(key) for key in answers] if isinstance(answers, dict) else []
    return tuple(sorted(map(int, written))) if all(key.isascii() and key.isdecimal() for key in written) else ()


def _told(scale: Scale) -> str:
    return ", ".join(map(str, scale))
