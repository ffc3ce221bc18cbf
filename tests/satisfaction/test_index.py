"""From counts to NRR, index, IKM and band."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from satisfaction.index import (
    BadWeights,
    conventions,
    half_up,
    measure,
    net_promoter_score,
    nrr,
    top_two,
    weighted,
)
from satisfaction.instruments import instrument
from satisfaction.tally import Tally
from tests.satisfaction.questionnaires import questionnaire

SKM = instrument("skm-2017@1")
KEYS = tuple(question.key for question in SKM.questions)
RESPONSE = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 4), min_size=1)
RESPONSES = st.lists(RESPONSE, min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Fraction("64.994"), 2, "64.99"),
        (Fraction("64.995"), 2, "65.00"),
        (Fraction("0.125"), 2, "0.13"),
        (Fraction("-0.125"), 2, "-0.13"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(4), 3, "4.000"),
    ],
)
def test_a_half_is_rounded_up(value: Fraction, places: int, rounded: str) -> None:
    assert str(half_up(value, places)) == rounded


@given(st.fractions(-(10**9), 10**9), st.integers(0, 8))
def test_rounding_is_never_further_off_than_half_a_unit(value: Fraction, places: int) -> None:
    rounded = Fraction(half_up(value, places))
    assert abs(rounded - value) <= Fraction(1, 2 * 10**places)
    assert -half_up(-value, places) == half_up(value, places)


def test_an_average_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        nrr({1: 0, 2: 0})


def test_a_worked_example_of_three_responses() -> None:
    """Element averages 3.667 and 2.5 give the index 3.0833 and the IKM 77.08, which is a B."""
    tally = Tally.of([{"waktu": 4, "biaya": 2}, {"waktu": 4, "biaya": 3}, {"waktu": 3}])
    result = measure(SKM, tally)
    assert (result.n, result.index, result.ikm) == (3, Decimal("3.0833"), Decimal("77.08"))
    assert result.band is not None
    assert result.band.code == "B"
    assert result.weights == "exact"
    waktu = next(element for element in result.elements if element.key == "waktu")
    assert (waktu.n, waktu.nrr, waktu.distribution) == (3, Decimal("3.667"), {1: 0, 2: 0, 3: 1, 4: 2})


def test_an_element_has_its_weighted_average_and_its_own_letter() -> None:
    """With two of nine elements answered each counts one half; 3.667 · 25 = 91.67 is an A, 2.5 · 25 = 62.50 a D."""
    result = measure(SKM, Tally.of([{"waktu": 4, "biaya": 2}, {"waktu": 4, "biaya": 3}, {"waktu": 3}]))
    shown = {element.key: (element.weighted, element.band and element.band.code) for element in result.elements}
    assert shown["waktu"] == (Decimal("1.833"), "A")
    assert shown["biaya"] == (Decimal("1.250"), "D")
    assert shown["produk"] == (None, None)


def test_a_printed_table_of_weighted_averages_is_reproduced() -> None:
    """3.58 · 0.1111 = 0.398, as BP Batam prints it for the first quarter of 2026."""
    tally = Tally(100, {"persyaratan": {3: 42, 4: 58}, **{key: {4: 100} for key in KEYS if key != "persyaratan"}})
    first = measure(SKM, tally, "0.1111").elements[0]
    assert (first.nrr, first.weighted) == (Decimal("3.580"), Decimal("0.398"))


def test_a_perception_index_has_no_letter() -> None:
    """IPAK 3.6 is the minimum of both awards: as an index of 4, and as 90 of 100."""
    spak = instrument("spak@1")
    result = measure(
        spak, Tally.of([dict.fromkeys((q.key for q in spak.questions), answer) for answer in (3, 3, 4, 4, 4)])
    )
    assert (result.index, result.ikm, result.band) == (Decimal("3.6000"), Decimal("90.00"), None)
    assert all(element.band is None for element in result.elements)
    assert (result.csat, result.nps) == (None, None)


def test_a_satisfaction_measure_has_the_share_of_the_top_two_answers_beside_its_index() -> None:
    result = measure(instrument("smiley@1"), Tally(263, {"kepuasan": {1: 100, 2: 82, 3: 50, 4: 31}}))
    assert result.csat is not None
    assert (result.csat.count, result.csat.n, result.csat.percent) == (81, 263, Decimal("30.80"))
    assert (result.csat.interval.low, result.csat.interval.high) == (Decimal("25.53"), Decimal("36.62"))
    assert result.interval is not None
    assert result.interval.of == "ikm"


def test_the_share_of_a_longer_satisfaction_form_is_that_of_its_first_question() -> None:
    form = questionnaire({"umum": ["umum"], "waktu": ["waktu"]}, kind="satisfaction")
    result = measure(form, Tally.of([{"umum": 4, "waktu": 1}, {"umum": 2, "waktu": 1}, {"waktu": 4}]))
    assert result.csat is not None
    assert (result.csat.count, result.csat.n) == (1, 2)
    assert measure(form, Tally.of([{"waktu": 4}])).csat is None


def test_a_net_promoter_measure_has_a_score_and_no_index() -> None:
    """70 promoters, 15 passives, 15 detractors of a hundred."""
    result = measure(instrument("nps@1"), Tally(100, {"rekomendasi": {10: 50, 9: 20, 8: 10, 7: 5, 6: 5, 0: 10}}))
    assert (result.n, result.index, result.ikm, result.band) == (100, None, None, None)
    assert result.nps == Decimal("55.00")
    assert result.interval is not None
    assert (result.interval.of, result.elements[0].nrr) == ("nps", Decimal("8.250"))


def test_without_answers_there_is_neither_share_nor_score() -> None:
    assert (top_two({1: 0, 2: 0, 3: 0}), net_promoter_score({})) == (None, None)
    empty = measure(instrument("nps@1"), Tally())
    assert (empty.nps, empty.interval) == (None, None)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=50), st.data())
def test_a_better_answer_never_lowers_a_net_promoter_score(answers: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(answers) - 1))
    better = [*answers[:place], min(10, answers[place] + 1), *answers[place + 1 :]]
    before, after = (
        net_promoter_score({answer: given.count(answer) for answer in given}) for given in (answers, better)
    )
    assert before is not None
    assert after is not None
    assert -100 <= before <= after <= 100


def test_own_weights_are_asked_for_by_name_only_where_there_are_any() -> None:
    own = questionnaire({"a": ["a"], "b": ["b"]}, weights={"a": Fraction(3, 4), "b": Fraction(1, 4)})
    tally = Tally.of([{"a": 4, "b": 2}])
    assert measure(own, tally, "own") == measure(own, tally)
    assert (measure(own, tally).ikm, measure(own, tally, "exact").ikm) == (Decimal("87.50"), Decimal("75.00"))
    with pytest.raises(BadWeights, match="no weights of its own"):
        measure(SKM, tally, "own")


def test_an_element_nobody_answered_leaves_its_own_weight_to_the_others_in_proportion() -> None:
    """Weights 1/2, 3/10, 1/5; without the second 5/7 and 2/7: (5 · 4 + 2 · 3) / 7."""
    weights = {"a": Fraction(1, 2), "b": Fraction(3, 10), "c": Fraction(1, 5)}
    own = questionnaire({"a": ["a"], "b": ["b"], "c": ["c"]}, weights=weights)
    assert measure(own, Tally.of([{"a": 4, "c": 3}])).index == half_up(Fraction(26, 7), 4)


def test_figures_keep_their_decimals() -> None:
    result = measure(SKM, Tally.of([dict.fromkeys(KEYS, 4)]))
    assert (str(result.index), str(result.ikm), str(result.elements[0].nrr)) == ("4.0000", "100.00", "4.000")


def test_an_element_nobody_answered_is_no_zero() -> None:
    result = measure(SKM, Tally.of([{"waktu": 3, "biaya": None}]))
    assert result.index == Decimal(3)
    biaya = next(element for element in result.elements if element.key == "biaya")
    assert (biaya.n, biaya.nrr, biaya.distribution) == (0, None, {1: 0, 2: 0, 3: 0, 4: 0})


@pytest.mark.parametrize("tally", [Tally(), Tally(5, {}), Tally(5, {"waktu": {3: 0}})])
def test_without_answers_there_is_no_index(tally: Tally) -> None:
    result = measure(SKM, tally)
    assert (result.n, result.index, result.ikm, result.band) == (tally.responses, None, None, None)
    assert [element.key for element in result.elements] == list(KEYS)


def test_counts_that_are_not_the_instruments_own_are_left_out() -> None:
    """A later version's question or answer in old counts must not move the index."""
    stray = Tally(2, {"waktu": {4: 1, 9: 7}, "warna": {1: 5}})
    assert measure(SKM, stray).index == measure(SKM, Tally(2, {"waktu": {4: 1}})).index == Decimal(4)


def test_questions_of_one_element_are_averaged_inside_it_first() -> None:
    """Five questions about time weigh no more than one about the fee: (1 + 4) / 2, not (5·1 + 4) / 6."""
    many = questionnaire({"waktu": ["w1", "w2", "w3", "w4", "w5"], "biaya": ["b1"]})
    result = measure(many, Tally.of([{"w1": 1, "w2": 1, "w3": 1, "w4": 1, "w5": 1, "b1": 4}]))
    assert result.index == Decimal("2.5")
    assert [(element.n, element.nrr) for element in result.elements] == [(5, Decimal(1)), (1, Decimal(4))]
    assert result.elements[0].distribution == {1: 5, 2: 0, 3: 0, 4: 0}


def test_questions_of_one_element_weigh_the_same_however_many_answered_them() -> None:
    many = questionnaire({"waktu": ["antre", "proses", "tunggu"]})
    tally = Tally(3, {"antre": {4: 3}, "proses": {2: 1}})
    assert measure(many, tally).index == Decimal(3)


def test_a_rounded_weight_costs_what_it_lacks() -> None:
    perfect = Tally.of([dict.fromkeys(KEYS, 4)])
    ikm = {convention: str(measure(SKM, perfect, convention).ikm) for convention in conventions(9)}
    assert ikm == {"exact": "100.00", "0.1111": "99.99", "0.111": "99.90", "0.11": "99.00"}


def test_a_rounded_weight_can_change_the_band() -> None:
    tally = Tally(100, {key: {3: 43, 4: 57} for key in KEYS})
    exact, rounded = measure(SKM, tally), measure(SKM, tally, "0.11")
    assert [(m.ikm, m.band and m.band.code) for m in (exact, rounded)] == [
        (Decimal("89.25"), "A"),
        (Decimal("88.36"), "A"),
    ]
    lower = Tally(100, {key: {3: 45, 4: 55} for key in KEYS})
    exact, rounded = measure(SKM, lower), measure(SKM, lower, "0.11")
    assert [(m.ikm, m.band and m.band.code) for m in (exact, rounded)] == [
        (Decimal("88.75"), "A"),
        (Decimal("87.86"), "B"),
    ]


def test_a_rounded_weight_reaches_the_same_total_when_an_element_is_missing() -> None:
    without_fee = Tally.of([{key: 4 for key in KEYS if key != "biaya"}])
    assert measure(SKM, without_fee, "0.11").ikm == Decimal("99.00")


@pytest.mark.parametrize(("elements", "convention"), [(1, "0.11"), (9, "0.071"), (14, "0.11"), (9, "0.1"), (9, "")])
def test_a_weight_made_for_another_number_of_elements_is_refused(elements: int, convention: str) -> None:
    with pytest.raises(BadWeights, match=f"{elements} elements"):
        weighted([Fraction(3)] * elements, convention)


def test_pooling_differs_from_averaging_the_indices_of_services() -> None:
    large, small = Tally(90, {"waktu": {4: 90}}), Tally(10, {"waktu": {1: 10}})
    assert measure(SKM, large + small).ikm == Decimal("92.50")


@given(st.lists(RESPONSES, min_size=1, max_size=5))
def test_any_partition_of_the_responses_gives_the_same_measure(parts: list[list[Mapping[str, int]]]) -> None:
    pooled = Tally.of(response for part in parts for response in part)
    assert measure(SKM, Tally.merged(map(Tally.of, parts))) == measure(SKM, pooled)


@given(RESPONSES, st.sampled_from(conventions(9)))
def test_every_figure_stays_on_its_scale(responses: Sequence[Mapping[str, int]], convention: str) -> None:
    result = measure(SKM, Tally.of(responses), convention)
    assert result.index is not None
    assert result.ikm is not None
    lowest = 1 if convention == "exact" else Decimal("0.99")
    assert lowest <= result.index <= 4
    assert lowest * 25 <= result.ikm <= 100
    assert all(1 <= element.nrr <= 4 for element in result.elements if element.nrr is not None)
    assert all(element.n == sum(element.distribution.values()) for element in result.elements)


@given(RESPONSES, st.data())
def test_a_better_answer_never_lowers_a_figure(responses: list[dict[str, int]], data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, len(responses) - 1))
    key = data.draw(st.sampled_from(sorted(responses[changed])))
    assume(responses[changed][key] < 4)
    better = [dict(response) for response in responses]
    better[changed][key] += 1
    before, after = measure(SKM, Tally.of(responses)), measure(SKM, Tally.of(better))
    assert before.index is not None
    assert before.ikm is not None
    assert after.index is not None
    assert after.ikm is not None
    assert after.index >= before.index
    assert after.ikm >= before.ikm


@given(RESPONSES)
def test_the_index_is_the_mean_of_element_means_computed_naively(responses: list[dict[str, int]]) -> None:
    means = []
    for key in KEYS:
        given_answers = [response[key] for response in responses if key in response]
        if given_answers:
            means.append(Fraction(sum(given_answers), len(given_answers)))
    index = sum(means, Fraction(0)) / len(means)
    result = measure(SKM, Tally.of(responses))
    assert (result.index, result.ikm) == (half_up(index, 4), half_up(index * 25, 2))
