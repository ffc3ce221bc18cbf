"""How much each element counts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.weights import WEIGHTS, BadWeights, Weighting, conventions, element_weights

KEYS = tuple("abcdefghi")
OWN = {key: Fraction(place, 45) for place, key in enumerate(KEYS, 1)}


@given(st.lists(st.booleans(), min_size=9, max_size=9), st.sampled_from([*conventions(9), "own"]))
def test_weights_sum_to_the_same_whatever_was_left_out(answered: list[bool], name: str) -> None:
    weighting: Weighting = OWN if name == "own" else name
    fixed = WEIGHTS.get(name)
    weights = element_weights(KEYS, answered, weighting)
    assert sum(weights) == (0 if not any(answered) else 1 if fixed is None else 9 * fixed[1])
    assert [weight > 0 for weight in weights] == answered


@given(st.lists(st.booleans(), min_size=9, max_size=9))
def test_own_weights_keep_their_proportions_among_the_answered(answered: list[bool]) -> None:
    weights = dict(zip(KEYS, element_weights(KEYS, answered, OWN), strict=True))
    given_keys = [key for key, was in zip(KEYS, answered, strict=True) if was]
    for first in given_keys:
        for second in given_keys:
            assert weights[first] * OWN[second] == weights[second] * OWN[first]


def test_the_fourteen_elements_of_2004_have_a_convention_of_their_own() -> None:
    assert conventions(14) == ("exact", "0.071")
    assert element_weights([str(place) for place in range(14)], [True] * 14, "0.071") == [Fraction("0.071")] * 14


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(BadWeights, match=r"'0\.12' is no weight convention for 9 elements"):
        element_weights(KEYS, [True] * 9, "0.12")
