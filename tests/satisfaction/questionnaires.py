"""Questionnaires made for a test, on the 1..4 scale unless another is asked for."""

from collections.abc import Mapping, Sequence

from satisfaction.instruments import Answer, Element, Instrument, Kind, Question, Text
from satisfaction.weights import Weighting

ONE_TO_FOUR = range(1, 5)


def words(text: str) -> Text:
    return Text(id=text, en=text)


def questionnaire(
    questions: Mapping[str, Sequence[str]],
    optional: bool = True,
    *,
    scale: Sequence[int] = ONE_TO_FOUR,
    weights: Weighting = "exact",
    kind: Kind = "ikm",
    band_table: str | None = "permenpanrb-14-2017@1",
) -> Instrument:
    """An instrument from element key → keys of its questions."""
    answers = tuple(Answer(value, words(str(value))) for value in scale)
    return Instrument(
        id="made-for-a-test@1",
        name=words("test"),
        elements=tuple(Element(element, element.upper(), words(element)) for element in questions),
        questions=tuple(
            Question(key, element, words(key), answers, optional) for element, keys in questions.items() for key in keys
        ),
        band_table=band_table,
        weights=weights,
        kind=kind,
    )
