"""Questionnaires that offices write themselves, on their own or on top of a packaged one."""

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.index import measure
from satisfaction.instruments import instrument, instrument_from, instruments, with_own
from satisfaction.tally import Tally

ZERO_TO_FIVE = {value: f"nilai {value}" for value in range(6)}
PEKPPP: dict[str, Any] = {
    "id": "pekppp-f03@1",
    "name": {"id": "PEKPPP F-03", "en": "PEKPPP F-03"},
    "kind": "perception",
    "answers": ZERO_TO_FIVE,
    "elements": [
        {"key": "standar", "code": "F1", "name": "Standar pelayanan"},
        {"key": "petugas", "code": "F2", "name": "Petugas"},
    ],
    "questions": [
        {"key": "maklumat", "element": "standar", "text": "Maklumat pelayanan?"},
        {"key": "alur", "element": "standar", "text": "Alur pelayanan?"},
        {"key": "petugas", "element": "petugas", "text": "Petugas?", "optional": False},
    ],
}
JATIM: dict[str, Any] = {
    "id": "skm-jatim@1",
    "based_on": "skm-2017@1",
    "elements": [{"key": "aplikasi", "code": "T1", "name": {"id": "Aplikasi", "en": "App"}}],
    "questions": [{"key": "aplikasi", "element": "aplikasi", "text": {"id": "Kemudahan aplikasi?", "en": "App easy?"}}],
}


def without(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def test_an_instrument_on_a_scale_from_nought_to_five_is_measured_on_it() -> None:
    """(4 + 2) / 2 = 3 in the first element, 0 in the second: index 1.5 of 5, which is 30 of 100."""
    pekppp = instrument_from(PEKPPP, {})
    result = measure(pekppp, Tally.of([{"maklumat": 4, "alur": 2, "petugas": 0}]))
    assert (result.index, result.ikm, result.band) == (Decimal("1.5"), Decimal(30), None)
    assert [element.nrr for element in result.elements] == [Decimal(3), Decimal(0)]
    assert result.elements[1].distribution == {0: 1, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0}
    perfect = measure(pekppp, Tally.of([{"maklumat": 5, "alur": 5, "petugas": 5}]))
    assert (perfect.index, perfect.ikm) == (Decimal(5), Decimal(100))
    assert pekppp.faults({"maklumat": 6}) == [("maklumat", "out_of_scale"), ("petugas", "required")]


def test_own_elements_are_added_to_those_of_the_instrument_they_are_based_on() -> None:
    own = instrument_from(JATIM, instruments())
    skm = instrument("skm-2017@1")
    assert own.elements[:9] == skm.elements
    assert own.questions[:9] == skm.questions
    assert (own.elements[9].key, own.question("aplikasi").text.en) == ("aplikasi", "App easy?")
    assert [answer.value for answer in own.question("aplikasi").answers] == [1, 2, 3, 4]
    assert (own.kind, own.band_table, own.weights, own.name) == (skm.kind, skm.band_table, skm.weights, skm.name)


def test_several_questions_can_be_added_to_an_element_of_the_base() -> None:
    document = {
        "id": "skm-antre@1",
        "based_on": "skm-2017@1",
        "questions": [{"key": "antre", "element": "waktu", "text": "Waktu antre?"}],
    }
    own = instrument_from(document, instruments())
    result = measure(own, Tally.of([{"waktu": 4, "antre": 1}]))
    assert next(element.nrr for element in result.elements if element.key == "waktu") == Decimal("2.5")


def test_own_weights_decide_how_much_an_element_counts() -> None:
    document = {**PEKPPP, "weights": {"standar": "0.75", "petugas": "1/4"}}
    own = instrument_from(document, {})
    assert own.weights == {"standar": Fraction(3, 4), "petugas": Fraction(1, 4)}
    result = measure(own, Tally.of([{"maklumat": 4, "petugas": 2}]))
    assert (result.index, result.weights) == (Decimal("3.5"), "own")
    assert [element.weighted for element in result.elements] == [Decimal("3.000"), Decimal("0.500")]
    assert measure(own, Tally.of([{"maklumat": 4, "petugas": 2}]), "exact").index == Decimal(3)


def test_thirds_sum_to_one() -> None:
    thirds = {**PEKPPP, "weights": {"standar": "1/3", "petugas": "2/3"}}
    assert measure(instrument_from(thirds, {}), Tally.of([{"alur": 5, "petugas": 5}])).index == Decimal(5)


def test_what_went_through_json_is_the_same_instrument() -> None:
    """JSON turns the answers' numbers into text."""
    stored = json.loads(json.dumps({**PEKPPP, "weights": {"standar": 0.75, "petugas": 0.25}}))
    assert instrument_from(stored, {}) == instrument_from({**PEKPPP, "weights": stored["weights"]}, {})


def test_one_text_stands_for_both_languages() -> None:
    name = instrument_from(PEKPPP, {}).elements[1].name
    assert (name.id, name.en) == ("Petugas", "Petugas")


def test_own_instruments_stand_beside_the_packaged_ones() -> None:
    later = {**JATIM, "id": "skm-jatim-timur@1", "based_on": "skm-jatim@1", "elements": [], "questions": []}
    known = with_own([JATIM, PEKPPP, later])
    assert set(known) == {*instruments(), "skm-jatim@1", "pekppp-f03@1", "skm-jatim-timur@1"}
    assert known["skm-jatim-timur@1"].elements == known["skm-jatim@1"].elements
    assert with_own([]) == instruments()


@pytest.mark.parametrize("documents", [[JATIM, JATIM], [{**PEKPPP, "id": "skm-2017@1"}]])
def test_an_id_is_given_once(documents: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="a change needs a new version"):
        with_own(documents)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "must be a mapping"),
        (without(PEKPPP, "id"), "a short name and a version, like skm-jatim@1, not None"),
        ({**PEKPPP, "id": "PEKPPP"}, "not 'PEKPPP'"),
        ({**PEKPPP, "id": "pekppp@0"}, "not 'pekppp@0'"),
        ({**PEKPPP, "wieghts": "exact"}, "pekppp-f03@1: has 'wieghts', which is none of"),
        (without(PEKPPP, "name"), "needs a name"),
        ({**PEKPPP, "name": {"id": "satu"}}, "needs a name: one text, or"),
        ({**PEKPPP, "name": " "}, "with words in it"),
        ({**PEKPPP, "kind": "ces"}, "kind 'ces' must be one of"),
        ({**PEKPPP, "kind": ["ikm"]}, "must be one of"),
        ({**PEKPPP, "band_table": "kelurahan@1"}, "there are: kep-25-2004@1, permenpanrb-14-2017@1"),
        ({**PEKPPP, "based_on": "skm@9"}, "is based on 'skm@9', which does not exist"),
        (without(PEKPPP, "questions"), "has no questions"),
        ({**PEKPPP, "questions": PEKPPP["questions"] * 34}, "has 102 questions; it needs 1 to 100"),
        ({**PEKPPP, "questions": {}}, "questions must be a list"),
        ({**PEKPPP, "elements": ["standar"]}, "elements.0 must be a mapping"),
        (
            {**PEKPPP, "elements": [{"key": "S T", "code": "F1", "name": "x"}]},
            "elements.0 needs a key of small letters",
        ),
        ({**PEKPPP, "elements": [{"key": "s", "code": 1, "name": "x"}]}, "elements.0 needs a short code like U1"),
        ({**PEKPPP, "elements": PEKPPP["elements"][:1]}, "every question needs an element"),
        (without(PEKPPP, "answers"), "questions.0 has no answers"),
        ({**PEKPPP, "answers": ["a", "b"]}, "answers must be numbers with their words"),
        ({**PEKPPP, "answers": {True: "ya", 0: "tidak"}}, "True must be a whole number"),
        ({**PEKPPP, "answers": {1.5: "ya", 0: "tidak"}}, "1.5 must be a whole number"),
        ({**PEKPPP, "answers": {5000: "ya", 0: "tidak"}}, "5000 must be a whole number from 0 to 1000"),
        ({**PEKPPP, "answers": {1: 1, 2: "dua"}}, "answers.1 needs a label"),
        ({**PEKPPP, "questions": [{"key": "a", "element": "standar", "text": "?", "optional": "no"}]}, "true or false"),
        ({**PEKPPP, "weights": ["standar"]}, "weights must be the name of a convention, or a weight for each"),
        ({**PEKPPP, "weights": "0.5"}, "'0.5' is no weight convention for 2 elements"),
        ({**PEKPPP, "weights": {"standar": "0.5", "petugas": "0.4"}}, "must sum to exactly 1, these sum to 9/10"),
        ({**PEKPPP, "weights": {"standar": "1e9", "petugas": "1"}}, "weights.standar must be a decimal like 0.25"),
        ({**PEKPPP, "weights": {"standar": True, "petugas": "1"}}, "weights.standar must be a decimal"),
        ({**PEKPPP, "weights": {"standar": "1/0", "petugas": "1"}}, "or a fraction like 1/3, not '1/0'"),
        ({**JATIM, "weights": {"aplikasi": "1"}}, "own weights name every element once"),
    ],
)
def test_a_fault_is_told_in_a_sentence(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is looked at below
        instrument_from(document, instruments())
    assert sentence in str(caught.value)


WEIGHTED = instrument_from({**PEKPPP, "weights": {"standar": "0.7", "petugas": "0.3"}}, {})
ANSWERED = st.lists(
    st.dictionaries(st.sampled_from([question.key for question in WEIGHTED.questions]), st.integers(0, 5), min_size=1),
    min_size=1,
    max_size=20,
)


@given(ANSWERED, st.data())
def test_under_own_weights_a_better_answer_never_lowers_the_index_and_it_stays_on_the_scale(
    responses: list[dict[str, int]], data: st.DataObject
) -> None:
    changed = data.draw(st.sampled_from(range(len(responses))))
    key = data.draw(st.sampled_from(sorted(responses[changed])))
    better = [dict(response) for response in responses]
    better[changed][key] = min(5, better[changed][key] + 1)
    before, after = (measure(WEIGHTED, Tally.of(given_responses)).index for given_responses in (responses, better))
    assert before is not None
    assert after is not None
    assert 0 <= before <= after <= 5


@given(st.lists(ANSWERED, max_size=4))
def test_under_own_weights_any_partition_gives_the_same_figures(parts: list[list[dict[str, int]]]) -> None:
    merged = Tally.merged(Tally.of(part) for part in parts)
    assert measure(WEIGHTED, merged) == measure(WEIGHTED, Tally.of(response for part in parts for response in part))


def test_an_instrument_with_own_weights_can_be_put_into_a_set() -> None:
    assert {WEIGHTED, WEIGHTED} == {WEIGHTED}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*sorted(PEKPPP), "weights", "band_table", "based_on"]), ANYTHING)
def test_whatever_a_field_holds_it_is_an_instrument_or_a_sentence(name: str, value: object) -> None:
    document = {**PEKPPP, name: value}
    try:
        made = instrument_from(document, instruments())
    except ValueError:
        return
    assert made.questions
