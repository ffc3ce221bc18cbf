"""Questionnaires made for a test, on the 1..4 scale."""

from collections.abc import Mapping, Sequence

from satisfaction.instruments import Answer, Element, Instrument, Question, Text


def words(text: str) -> Text:
    return Text(id=text, en=text)


ONE_TO_FOUR = tuple(Answer(value, words(str(value))) for value in (1, 2, 3, 4))


def questionnaire(questions: Mapping[str, Sequence[str]], optional: bool = True) -> Instrument:
    """An instrument from element key → keys of its questions."""
    return Instrument(
        id="made-for-a-test@1",
        name=words("test"),
        elements=tuple(Element(element, element.upper(), words(element)) for element in questions),
        questions=tuple(
            Question(key, element, words(key), ONE_TO_FOUR, optional)
            for element, keys in questions.items()
            for key in keys
        ),
    )
