"""Counting and merging answers."""

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from satisfaction.tally import Pair, Tally

RESPONSES = st.lists(
    st.dictionaries(st.sampled_from(["waktu", "biaya", "produk"]), st.none() | st.integers(1, 4)), max_size=30
)
TALLIES = RESPONSES.map(Tally.of)


def test_a_tally_counts_each_answer_of_each_question() -> None:
    tally = Tally.of([{"waktu": 4, "biaya": 1}, {"waktu": 4, "biaya": 2}])
    assert (tally.responses, tally.answers) == (2, {"waktu": {4: 2}, "biaya": {1: 1, 2: 1}})


def test_a_tally_knows_which_answers_were_given_together() -> None:
    """The key is in string order, whatever the order of the answers; who answered one alone is in no pair."""
    tally = Tally.of([{"waktu": 4, "biaya": 1}, {"biaya": 2, "waktu": 3}, {"waktu": 1, "biaya": None}])
    assert tally.pairs == {("biaya", "waktu"): Pair(both=2, sum_q=3, sum_r=7, product=10)}


def test_questions_never_answered_together_have_no_pair() -> None:
    assert Tally.of([{"waktu": 4}, {"biaya": 1}]).pairs == {}


@given(RESPONSES)
def test_pairs_are_what_counting_by_hand_gives(responses: list[dict[str, int | None]]) -> None:
    expected = {}
    for q, r in combinations(["biaya", "produk", "waktu"], 2):
        given_both = [
            (first, second)
            for response in responses
            if (first := response.get(q)) is not None and (second := response.get(r)) is not None
        ]
        if given_both:
            products = sum(first * second for first, second in given_both)
            sums = [sum(column) for column in zip(*given_both, strict=True)]
            expected[q, r] = Pair(len(given_both), sums[0], sums[1], products)
    assert Tally.of(responses).pairs == expected


def test_not_applicable_counts_the_response_but_no_answer() -> None:
    assert Tally.of([{"waktu": None}]) == Tally(1, {})


def test_adding_leaves_both_tallies_as_they_were() -> None:
    first, second = Tally.of([{"waktu": 4}]), Tally.of([{"waktu": 4}])
    assert first + second == Tally(2, {"waktu": {4: 2}})
    assert first == second == Tally(1, {"waktu": {4: 1}})


@given(TALLIES, TALLIES, TALLIES)
def test_merging_is_associative_and_commutative_with_a_zero(a: Tally, b: Tally, c: Tally) -> None:
    assert (a + b) + c == a + (b + c) == Tally.merged([c, a, b])
    assert a + b == b + a
    assert a + Tally() == a == Tally() + a


@given(st.lists(RESPONSES, max_size=6))
def test_however_responses_are_split_the_counts_are_the_same(parts: list[list[Mapping[str, int | None]]]) -> None:
    pooled = Tally.of(response for part in parts for response in part)
    assert Tally.merged(Tally.of(part) for part in parts) == pooled
