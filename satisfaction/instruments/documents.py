"""An instrument out of a document (YAML or JSON already read): one sentence for the first thing that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NoReturn

from satisfaction.bands import band_tables
from satisfaction.instruments.model import Answer, Element, Instrument, Question
from satisfaction.text import Text
from satisfaction.weights import Weighting

FIELDS = frozenset({"id", "name", "based_on", "kind", "band_table", "weights", "answers", "elements", "questions"})
ELEMENT_FIELDS = frozenset({"key", "code", "name"})
QUESTION_FIELDS = frozenset({"key", "element", "text", "answers", "optional"})
LARGEST_ANSWER = 1000
MOST_QUESTIONS = 100
"""As many as a response may answer; pairs of them grow with the square."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,57}@[1-9][0-9]{0,3}", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,3}", re.ASCII)
_WEIGHT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,30})?|[0-9]{1,9}/[1-9][0-9]{0,8}", re.ASCII)


def instrument_from(document: Mapping[str, Any], known: Mapping[str, Instrument]) -> Instrument:
    """The instrument that a document describes; its `based_on` names one of `known`.

    The elements, questions, kind, bands and weights of the base are taken first and the document's own elements and
    questions appended; what else the document names replaces the base's. `answers` of the document are those of every
    question that has none of its own. Words are {id: …, en: …}, or one text for both languages. Own weights are
    decimals or fractions as text, by element. Raises ValueError with a sentence.

    >>> skm = instrument_from(
    ...     {
    ...         "id": "mini@1",
    ...         "name": "Mini",
    ...         "kind": "ikm",
    ...         "answers": {1: "Buruk", 2: "Cukup", 3: "Baik", 4: "Sangat baik"},
    ...         "elements": [{"key": "waktu", "code": "U1", "name": {"id": "Waktu", "en": "Time"}}],
    ...         "questions": [{"key": "waktu", "element": "waktu", "text": "Waktu?"}],
    ...     },
    ...     {},
    ... )
    >>> own = instrument_from(
    ...     {
    ...         "id": "mini-jatim@1",
    ...         "based_on": "mini@1",
    ...         "weights": {"waktu": "2/3", "aplikasi": "1/3"},
    ...         "elements": [{"key": "aplikasi", "code": "T1", "name": "Aplikasi"}],
    ...         "questions": [{"key": "aplikasi", "element": "aplikasi", "text": "Kemudahan aplikasi?"}],
    ...     },
    ...     {"mini@1": skm},
    ... )
    >>> [element.key for element in own.elements], own.name.id, own.weights["waktu"]
    (['waktu', 'aplikasi'], 'Mini', Fraction(2, 3))
    """
    where = _id(document)
    _only(document, FIELDS, where)
    base = _base(document, known, where)
    elements = (() if base is None else base.elements) + tuple(
        _element(item, f"{where}: elements.{place}") for place, item in _items(document, "elements", where)
    )
    answers = _default_answers(document, base, where)
    questions = (() if base is None else base.questions) + tuple(
        _question(item, answers, f"{where}: questions.{place}") for place, item in _items(document, "questions", where)
    )
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        _refuse(where, f"has {len(questions) or 'no'} questions; it needs 1 to {MOST_QUESTIONS}")
    return Instrument(
        id=where,
        name=base.name if base is not None and "name" not in document else _words(document, "name", where),
        elements=elements,
        questions=questions,
        band_table=_band_table(document, base, where),
        weights=_weights(document, base, where),
        kind=document.get("kind", "ikm" if base is None else base.kind),
    )


def _refuse(where: str, what: str) -> NoReturn:
    raise ValueError(f"{where}: {what}" if ": " not in where else f"{where} {what}")


def _id(document: object) -> str:
    if not isinstance(document, Mapping):
        raise ValueError("an instrument must be a mapping of names to values")  # noqa: TRY004
    given = document.get("id")
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise ValueError(f"an instrument's id must be a short name and a version, like skm-jatim@1, not {given!r}")
    return given


def _only(document: Mapping[str, Any], fields: frozenset[str], where: str) -> None:
    unknown = sorted(str(name) for name in document if name not in fields)
    if unknown:
        _refuse(where, f"has {unknown[0]!r}, which is none of {', '.join(sorted(fields))}")


def _base(document: Mapping[str, Any], known: Mapping[str, Instrument], where: str) -> Instrument | None:
    named = document.get("based_on")
    if named is None:
        return None
    if not isinstance(named, str) or named not in known:
        _refuse(where, f"is based on {named!r}, which does not exist; there are: {', '.join(sorted(known))}")
    return known[named]


def _items(document: Mapping[str, Any], name: str, where: str) -> Iterable[tuple[int, Any]]:
    given = document.get(name)
    if given is None:
        return ()
    if not isinstance(given, (list, tuple)):
        _refuse(where, f"{name} must be a list")
    return enumerate(given)


def _key(item: Mapping[str, Any], name: str, where: str) -> str:
    given = item.get(name)
    if not isinstance(given, str) or not _KEY.fullmatch(given):
        _refuse(where, f"needs a {name} of small letters, digits, dots and hyphens, not {given!r}")
    return given


def _words(item: Mapping[str, Any], name: str, where: str) -> Text:
    given = item.get(name)
    if isinstance(given, str):
        given = {"id": given, "en": given}
    if not isinstance(given, Mapping) or set(given) != {"id", "en"}:
        _refuse(where, f"needs a {name}: one text, or {{id: …, en: …}}")
    if not all(isinstance(text, str) and text.strip() and len(text) <= 1000 for text in given.values()):
        _refuse(where, f"needs a {name} with words in it, at most 1000 characters")
    return Text(id=given["id"], en=given["en"])


def _mapping(item: object, fields: frozenset[str], where: str) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        _refuse(where, "must be a mapping of names to values")
    _only(item, fields, where)
    return item


def _element(item: object, where: str) -> Element:
    given = _mapping(item, ELEMENT_FIELDS, where)
    code = given.get("code")
    if not isinstance(code, str) or not code.strip() or len(code) > 20:
        _refuse(where, f"needs a short code like U1, not {code!r}")
    return Element(_key(given, "key", where), code, _words(given, "name", where))


def _question(item: object, answers: tuple[Answer, ...] | None, where: str) -> Question:
    given = _mapping(item, QUESTION_FIELDS, where)
    optional = given.get("optional", True)
    if type(optional) is not bool:
        _refuse(where, "optional must be true or false")
    own = _answers(given["answers"], where) if "answers" in given else answers
    if own is None:
        _refuse(where, "has no answers")
    return Question(
        _key(given, "key", where), _key(given, "element", where), _words(given, "text", where), own, optional
    )


def _default_answers(document: Mapping[str, Any], base: Instrument | None, where: str) -> tuple[Answer, ...] | None:
    if "answers" in document:
        return _answers(document["answers"], where)
    return None if base is None else base.questions[0].answers


def _answers(given: object, where: str) -> tuple[Answer, ...]:
    if not isinstance(given, Mapping):
        _refuse(where, "answers must be numbers with their words, like 1: Tidak setuju")
    found = []
    for value, label in given.items():
        # JSON knows no numbers as names, so what went through it comes back as text.
        if not _WHOLE.fullmatch(str(value)) or int(value) > LARGEST_ANSWER:
            _refuse(where, f"answers: {value!r} must be a whole number from 0 to {LARGEST_ANSWER}")
        found.append(Answer(int(value), _words({"label": label}, "label", f"{where}: answers.{value}")))
    return tuple(sorted(found, key=lambda answer: answer.value))


def _band_table(document: Mapping[str, Any], base: Instrument | None, where: str) -> str | None:
    named = document.get("band_table", None if base is None else base.band_table)
    if named is not None and (not isinstance(named, str) or named not in band_tables()):
        _refuse(where, f"band_table {named!r} does not exist; there are: {', '.join(sorted(band_tables()))}")
    return named


def _weights(document: Mapping[str, Any], base: Instrument | None, where: str) -> Weighting:
    given = document.get("weights", "exact" if base is None else base.weights)
    if isinstance(given, str) or "weights" not in document:
        return given  # type: ignore[no-any-return]
    if not isinstance(given, Mapping):
        _refuse(where, "weights must be the name of a convention, or a weight for each element")
    return {str(key): _weight(value, f"{where}: weights.{key}") for key, value in given.items()}


def _weight(value: object, where: str) -> Fraction:
    # YAML reads 0.25 as a number; its shortest decimal is what was written.
    written = str(value)
    if not _WEIGHT.fullmatch(written):
        _refuse(where, f"must be a decimal like 0.25 or a fraction like 1/3, not {value!r}")
    return Fraction(written)
