"""Two figures side by side."""

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt
from statistics import mean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.comparison import VERDICTS, Verdict, compare
from satisfaction.index import Measure, measure
from satisfaction.instruments import instrument
from satisfaction.tally import Tally

SMILEY, NPS, SKM = instrument("smiley@1"), instrument("nps@1"), instrument("skm-2017@1")
OPPOSITE: dict[Verdict, Verdict] = {"higher": "lower", "lower": "higher"}


def pressed(*counts: int, population: int | None = None) -> Measure:
    """A smiley's measure out of how many gave 1, 2, 3, 4."""
    return measure(SMILEY, Tally(sum(counts), {"kepuasan": dict(enumerate(counts, 1))}), population=population)


def one_by_one(answers: Sequence[int]) -> Measure:
    return pressed(*(answers.count(answer) for answer in (1, 2, 3, 4)))


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (pressed(0, 10, 30, 60), pressed(0, 50, 30, 20), "higher"),
        (pressed(0, 50, 30, 20), pressed(0, 10, 30, 60), "lower"),
        (pressed(0, 40, 30, 30), pressed(0, 38, 31, 31), "no_difference"),
        (pressed(0, 0, 1, 2), pressed(1, 1, 1, 0), "no_difference"),
        (pressed(0, 0, 0, 1), pressed(50, 30, 10, 10), "cannot_tell"),
        (pressed(0, 0, 0, 0), pressed(50, 30, 10, 10), "cannot_tell"),
    ],
)
def test_a_verdict_is_given_only_where_the_samples_can_bear_it(
    first: Measure, second: Measure, verdict: Verdict
) -> None:
    assert compare(first, second).verdict == verdict


@given(st.lists(st.integers(1, 4), min_size=2, max_size=80), st.lists(st.integers(1, 4), min_size=2, max_size=80))
def test_the_interval_is_welchs(first: list[int], second: list[int]) -> None:
    """The quantile is looked up at the row below, so the limits are at most a little further out than Welch's own."""
    found = compare(one_by_one(first), one_by_one(second))
    assert found.difference is not None
    assert float(found.difference) == pytest.approx(25 * (mean(first) - mean(second)), abs=0.011)
    if found.low is None or found.high is None:
        assert min(variance(first), variance(second)) == 0
        assert found.verdict == "cannot_tell"
        return
    parts = [variance(answers) / len(answers) for answers in (first, second)]
    degrees = sum(parts) ** 2 / sum(
        part**2 / (len(answers) - 1) for part, answers in zip(parts, (first, second), strict=True)
    )
    half = float(found.high - found.low) / 2
    assert half >= 25 * 1.96 * sqrt(sum(parts)) - 0.02
    assert half <= 25 * (12.8 if degrees < 2.01 else 4.4 if degrees < 3.01 else 3.2) * sqrt(sum(parts)) + 0.02
    assert found.low <= found.difference <= found.high


@given(st.lists(st.integers(1, 4), max_size=40), st.lists(st.integers(1, 4), max_size=40))
def test_swapping_the_two_swaps_the_verdict(first: list[int], second: list[int]) -> None:
    there, back = compare(one_by_one(first), one_by_one(second)), compare(one_by_one(second), one_by_one(first))
    assert back.verdict == OPPOSITE.get(there.verdict, there.verdict)
    if there.low is not None and there.high is not None:
        assert (back.low, back.high) == (-there.high, -there.low)


def test_two_whole_populations_are_compared_without_doubt() -> None:
    first, second = pressed(0, 1, 1, 2, population=4), pressed(0, 1, 2, 1, population=4)
    assert compare(first, second).verdict == "higher"
    assert compare(first, second).low == compare(first, second).high == Decimal("6.25")
    assert compare(first, first).verdict == "no_difference"


def test_net_promoter_scores_are_compared_as_scores() -> None:
    good = measure(NPS, Tally(100, {"rekomendasi": {10: 70, 8: 20, 2: 10}}))
    bad = measure(NPS, Tally(100, {"rekomendasi": {10: 20, 8: 20, 2: 60}}))
    found = compare(good, bad)
    assert (found.difference, found.verdict) == (Decimal(100), "higher")


def test_different_questionnaires_and_weights_are_never_compared() -> None:
    skm = measure(SKM, Tally.of([{"waktu": 4, "biaya": 3}, {"waktu": 3, "biaya": 3}]))
    rounded = measure(SKM, Tally.of([{"waktu": 4, "biaya": 3}, {"waktu": 3, "biaya": 3}]), "0.11")
    for other in (pressed(1, 2, 3, 4), rounded):
        assert compare(skm, other).verdict == "cannot_tell"
        assert compare(skm, other).difference is None


def test_every_verdict_has_words_in_both_languages() -> None:
    assert len({text.id for text in VERDICTS.values()}) == len({text.en for text in VERDICTS.values()}) == 4
    assert VERDICTS["no_difference"].en == "no difference that the sample can show"
