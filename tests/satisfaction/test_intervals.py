"""Intervals: from counts alone they are what the single respondents give."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from statistics import mean, stdev, variance

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from satisfaction.index import measure
from satisfaction.instruments import Instrument, instrument
from satisfaction.intervals import Interval, index_interval, nps_interval, wilson
from satisfaction.quantiles import t_975
from satisfaction.tally import Tally
from satisfaction.weights import Weighting, conventions
from tests.satisfaction.questionnaires import questionnaire

SKM = instrument("skm-2017@1")
KEYS = tuple(question.key for question in SKM.questions)
OWN = questionnaire(
    {"waktu": ["antre", "proses"], "biaya": ["tarif"], "petugas": ["ramah", "cakap", "cepat"]},
    weights={"waktu": Fraction(1, 2), "biaya": Fraction(1, 6), "petugas": Fraction(1, 3)},
    scale=range(6),
)
Response = Mapping[str, int]
COMPLETE = st.lists(st.fixed_dictionaries({key: st.integers(1, 4) for key in KEYS}), min_size=2, max_size=25)
PARTIAL = st.lists(st.dictionaries(st.sampled_from(KEYS), st.integers(1, 4), min_size=1), min_size=2, max_size=25)
OWN_KEYS = tuple(question.key for question in OWN.questions)
OWN_RESPONSES = st.lists(
    st.dictionaries(st.sampled_from(OWN_KEYS), st.integers(0, 5), min_size=1), min_size=2, max_size=25
)


def by_respondents(asked: Instrument, responses: Sequence[Response], weighting: Weighting) -> tuple[float, float]:
    """IKM and its standard error out of every single response, in floats: how each moves the index."""
    answers = {q.key: [r[q.key] for r in responses if q.key in r] for q in asked.questions}
    elements = {
        e.key: [q.key for q in asked.questions if q.element == e.key and answers[q.key]] for e in asked.elements
    }
    answered = [key for key, questions in elements.items() if questions]
    if isinstance(weighting, str):
        total = 1.0 if weighting == "exact" else len(elements) * float(weighting)
        weights = {key: total / len(answered) for key in answered}
    else:
        weights = {key: float(weighting[key] / sum(weighting[other] for other in answered)) for key in answered}
    of_question = {question: weights[key] / len(elements[key]) for key in answered for question in elements[key]}
    means = {question: mean(answers[question]) for question in of_question}
    moves = [
        sum(of_question[q] * len(responses) / len(answers[q]) * (r[q] - means[q]) for q in of_question if q in r)
        for r in responses
    ]
    points = 100 / asked.scale[1]
    index = sum(of_question[q] * means[q] for q in of_question)
    return index * points, points * sqrt(sum(move * move for move in moves) / (len(moves) - 1) / len(moves))


def check(asked: Instrument, responses: Sequence[Response], convention: str | None = None) -> None:
    interval = index_interval(asked, Tally.of(responses), convention)
    ikm, error = by_respondents(asked, responses, asked.weights if convention is None else convention)
    if interval is None:
        assert error < 1e-9
        return
    assert float(interval.standard_error) == pytest.approx(error, abs=6e-5)
    half = float(t_975(len(responses) - 1)) * error
    assert float(interval.low) >= ikm - half - 0.0051
    assert float(interval.high) <= ikm + half + 0.0051
    # The scale may cut a limit, nothing else does.
    if ikm + half < 98:
        assert float(interval.high) == pytest.approx(ikm + half, abs=0.0051)
    if ikm - half > 26:
        assert float(interval.low) == pytest.approx(ikm - half, abs=0.0051)


@given(PARTIAL, st.sampled_from(conventions(9)))
def test_counts_and_pairs_give_the_interval_of_the_single_respondents(
    responses: list[Response], convention: str
) -> None:
    check(SKM, responses, convention)


@given(OWN_RESPONSES)
def test_so_they_do_with_own_weights_several_questions_and_another_scale(responses: list[Response]) -> None:
    check(OWN, responses)


@given(COMPLETE)
def test_of_complete_responses_it_is_the_interval_of_the_mean_of_respondents_indices(responses: list[Response]) -> None:
    interval = index_interval(SKM, Tally.of(responses))
    ikms = [25 * mean(response.values()) for response in responses]
    if interval is None:
        assert stdev(ikms) == pytest.approx(0)
    else:
        assert float(interval.standard_error) == pytest.approx(stdev(ikms) / sqrt(len(ikms)), abs=6e-5)


@given(st.lists(PARTIAL, min_size=1, max_size=5), st.none() | st.integers(1, 200))
def test_any_partition_of_the_responses_gives_the_same_interval(
    parts: list[list[Response]], population: int | None
) -> None:
    pooled = Tally.of(response for part in parts for response in part)
    merged = Tally.merged(Tally.of(part) for part in parts)
    assert index_interval(SKM, merged, None, population) == index_interval(SKM, pooled, None, population)


@given(PARTIAL, st.sampled_from(conventions(9)), st.none() | st.integers(1, 100))
def test_an_interval_holds_its_figure_and_stays_on_the_scale(
    responses: list[Response], convention: str, population: int | None
) -> None:
    result = measure(SKM, Tally.of(responses), convention, population)
    if result.interval is not None:
        assert result.ikm is not None
        assert result.interval.low <= result.ikm <= result.interval.high
        assert Decimal("24.75") <= result.interval.low
        assert result.interval.high <= 100


@given(PARTIAL, st.integers(0, 100))
def test_the_more_of_the_population_was_asked_the_narrower(responses: list[Response], others: int) -> None:
    tally = Tally.of(responses)
    without, corrected = index_interval(SKM, tally), index_interval(SKM, tally, None, len(responses) + others)
    assume(without is not None and corrected is not None)
    assert without is not None
    assert corrected is not None
    assert corrected.standard_error <= without.standard_error
    expected = float(without.standard_error) * sqrt(others / (len(responses) + others))
    assert float(corrected.standard_error) == pytest.approx(expected, abs=2e-4)


def test_a_whole_population_leaves_no_doubt() -> None:
    tally = Tally.of([{"waktu": 4, "biaya": 2}, {"waktu": 3, "biaya": 3}, {"waktu": 4}])
    result = measure(SKM, tally, population=3)
    assert result.interval == Interval(Decimal("77.08"), Decimal("77.08"), "0.95", Decimal(0), "ikm")


def test_a_population_smaller_than_its_sample_corrects_nothing() -> None:
    tally = Tally.of([{"waktu": 4}, {"waktu": 3}, {"waktu": 4}])
    assert index_interval(SKM, tally, None, 2) == index_interval(SKM, tally) is not None


@pytest.mark.parametrize(
    "tally",
    [
        Tally(),
        Tally.of([{"waktu": 3}]),
        Tally(10, {"waktu": {3: 5, 4: 5}, "biaya": {3: 5, 4: 5}}),
        Tally.of([{"waktu": 4, "biaya": 3}] * 5) + Tally(5, {"waktu": {3: 5}, "biaya": {4: 5}}),
        Tally(5, {"waktu": {3: 5, 4: 4}}),
        Tally(9, {"waktu": {3: 1, 4: 1, 9: 7}}),
        Tally.of([{"waktu": 4, "biaya": 4}] * 30),
    ],
    ids=[
        "nobody",
        "one",
        "a printed table",
        "partly a printed table",
        "too many answers",
        "stray answers",
        "all alike",
    ],
)
def test_what_says_nothing_about_variation_has_no_interval(tally: Tally) -> None:
    assert index_interval(SKM, tally) is None


def test_questions_that_nobody_answered_together_vary_apart() -> None:
    """Without an overlap the variances of the two means add up, as for two samples."""
    responses = [{"waktu": 4}, {"waktu": 2}, {"waktu": 3}, {"biaya": 4}, {"biaya": 1}, {"biaya": 2}]
    interval = index_interval(SKM, Tally.of(responses))
    assert interval is not None
    apart = 6 / 5 * (variance([4, 2, 3]) * 2 / 9 + variance([4, 1, 2]) * 2 / 9) / 4
    assert float(interval.standard_error) == pytest.approx(25 * sqrt(apart), abs=6e-5)


def test_answers_that_go_together_make_it_wider_than_answers_taken_one_by_one() -> None:
    """The reason for pairs: nine equal answers of one person are one opinion, not nine."""
    together = Tally.of([dict.fromkeys(KEYS, answer) for answer in (1, 2, 3, 4) * 10])
    alone = index_interval(instrument("smiley@1"), Tally(40, {"kepuasan": {1: 10, 2: 10, 3: 10, 4: 10}}))
    interval = index_interval(SKM, together)
    assert interval is not None
    assert alone is not None
    assert interval.standard_error == alone.standard_error


def test_nineteen_of_twenty_intervals_hold_the_populations_ikm() -> None:
    """Six hundred samples of sixty from ten thousand visitors, a third of whom skip the fee; the seed is fixed."""
    rng = random.Random(14_2017)
    population: list[Response] = []
    for _ in range(10_000):
        mood = rng.choice([2, 3, 3, 4])
        visitor = {key: min(4, max(1, mood + rng.choice([-1, 0, 0, 1]))) for key in ("waktu", "biaya", "sarpras")}
        population.append({k: v for k, v in visitor.items() if k != "biaya" or rng.random() < 0.67})
    true = measure(SKM, Tally.of(population)).ikm
    assert true is not None
    intervals = [index_interval(SKM, Tally.of(rng.sample(population, 60))) for _ in range(600)]
    held = sum(interval is not None and interval.low <= true <= interval.high for interval in intervals)
    assert 0.93 <= held / 600 <= 0.97


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, "25.53", "36.62"), (15, 148, "6.24", "16.05"), (0, 20, "0.00", "16.11"), (1, 29, "0.61", "17.18")],
)
def test_wilsons_interval_is_that_of_newcombes_table(successes: int, n: int, low: str, high: str) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    interval = wilson(successes, n)
    assert (interval.low, interval.high, interval.of) == (Decimal(low), Decimal(high), "share")


@given(st.integers(1, 500), st.data())
def test_wilsons_interval_holds_its_share_and_mirrors(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    interval, mirrored = wilson(successes, n), wilson(n - successes, n)
    assert 0 <= interval.low <= Decimal(100 * successes) / n + Decimal("0.005")
    assert Decimal(100 * successes) / n - Decimal("0.005") <= interval.high <= 100
    assert abs(interval.low + mirrored.high - 100) <= Decimal("0.01")


def test_wilsons_interval_narrows_to_the_share_of_a_whole_population() -> None:
    assert wilson(3, 4, 5).high < wilson(3, 4).high
    assert (wilson(3, 4, 4).low, wilson(3, 4, 4).high) == (Decimal(75), Decimal(75))


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_share_has_no_interval(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(successes, n)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=60), st.none() | st.integers(60, 500))
def test_a_net_promoter_interval_is_that_of_a_mean_of_plus_and_minus_one_hundred(
    answers: list[int], population: int | None
) -> None:
    scores = [100 * ((answer >= 9) - (answer <= 6)) for answer in answers]
    interval = nps_interval({answer: answers.count(answer) for answer in range(11)}, population)
    if interval is None:
        assert len(set(scores)) == 1
        return
    unsampled = 1 if population is None else 1 - len(answers) / population
    error = stdev(scores) / sqrt(len(scores)) * sqrt(unsampled)
    assert float(interval.standard_error) == pytest.approx(error, abs=6e-5)
    half = float(t_975(len(answers) - 1)) * error
    assert float(interval.low) == pytest.approx(max(-100, mean(scores) - half), abs=0.0051)
    assert float(interval.high) == pytest.approx(min(100, mean(scores) + half), abs=0.0051)


def test_one_respondent_has_no_net_promoter_interval() -> None:
    assert nps_interval({10: 1}) is None


def test_on_the_scale_of_the_index_the_limits_are_rounded_once() -> None:
    found = index_interval(instrument("smiley@1"), Tally(3, {"kepuasan": {3: 1, 4: 2}}))
    assert found is not None
    assert found.on_scale(4, 4) == (Decimal("2.2323"), Decimal("4.0000"))  # 55.8083 / 25; from 55.81 it were 2.2324
