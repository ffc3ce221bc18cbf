"""The exact average of every element and how much it counts: what indices and their intervals share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from satisfaction.instruments import Element, Instrument
from satisfaction.tally import Distribution, Tally
from satisfaction.weights import OWN, BadWeights, Weighting, element_weights


def nrr(distribution: Distribution) -> Fraction:
    """The average answer, exact; ValueError when there is no answer.

    >>> nrr({3: 118, 4: 69})
    Fraction(630, 187)
    """
    answers = sum(distribution.values())
    if answers == 0:
        raise ValueError("an average needs at least one answer")
    return Fraction(sum(answer * count for answer, count in distribution.items()), answers)


@dataclass(frozen=True, slots=True)
class Averaged:
    """One element: the counts of each of its answered questions, the average and weight (0 when nobody answered)."""

    element: Element
    questions: Mapping[str, Distribution]
    average: Fraction | None
    weight: Fraction


def weighting_of(instrument: Instrument, convention: str | None) -> tuple[Weighting, str]:
    """The weights meant by a convention's name (None and "own": the instrument's own) and the name to print.

    Raises BadWeights when the instrument has no own weights but "own" is asked for.
    """
    if convention is None:
        return instrument.weights, instrument.weights_name
    if convention != OWN:
        return convention, convention
    if isinstance(instrument.weights, str):
        raise BadWeights(f"{instrument.id} has no weights of its own")
    return instrument.weights, OWN


def averaged(instrument: Instrument, tally: Tally, weighting: Weighting) -> list[Averaged]:
    """Every element of the instrument in its order. Raises BadWeights.

    An element with several questions is the mean of its answered questions' averages. Counts of questions or answers
    the instrument does not have are left out.
    """
    counted = [_counted(instrument, element, tally) for element in instrument.elements]
    averages = [_mean(questions) for questions in counted]
    keys = [element.key for element in instrument.elements]
    weights = element_weights(keys, [average is not None for average in averages], weighting)
    rows = zip(instrument.elements, counted, averages, weights, strict=True)
    return [Averaged(*row) for row in rows]


def exact_index(elements: Sequence[Averaged]) -> Fraction | None:
    """The weighted sum of the averages; None when nothing was answered."""
    answered = [(element.average, element.weight) for element in elements if element.average is not None]
    if not answered:
        return None
    # Over one common denominator: a sum of Fractions would reduce itself at every step.
    common = lcm(*(average.denominator * weight.denominator for average, weight in answered))
    terms = (
        average.numerator * weight.numerator * (common // (average.denominator * weight.denominator))
        for average, weight in answered
    )
    return Fraction(sum(terms), common)


def _counted(instrument: Instrument, element: Element, tally: Tally) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    for question in instrument.questions_of(element.key):
        given = tally.answers.get(question.key)
        if given:
            counts = {answer.value: given.get(answer.value, 0) for answer in question.answers}
            if any(counts.values()):
                found[question.key] = counts
    return found


def _mean(questions: Mapping[str, Distribution]) -> Fraction | None:
    if not questions:
        return None
    averages = [nrr(distribution) for distribution in questions.values()]
    return averages[0] if len(averages) == 1 else sum(averages, Fraction(0)) / len(averages)
