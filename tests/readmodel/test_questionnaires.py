"""Every questionnaire a catalog knows, the packaged ones and its own."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from readmodel.questionnaires import instruments_of, questionnaires
from satisfaction.instruments import instrument, instruments
from schemas.catalog import EMPTY, from_document, to_document

WORDS = {"id": "Kata", "en": "Words"}
DIGITAL: dict[str, Any] = {
    "id": "skm-digital@1",
    "name": {"id": "SKM layanan digital", "en": "Survey of a digital service"},
    "based_on": "skm-2017@1",
    "elements": [{"key": "aplikasi", "code": "T1", "name": WORDS}],
    "questions": [{"key": "aplikasi", "element": "aplikasi", "optional": True, "text": WORDS}],
}
SCORE: dict[str, Any] = {
    "id": "skor@1",
    "name": WORDS,
    "kind": "perception",
    "bands": "permenpanrb-14-2017@1",
    "weights": {"a": "0.75", "b": "1/4"},
    "answers": {"1": WORDS, "2": WORDS, "3": WORDS, "4": WORDS},
    "elements": [{"key": key, "code": key.upper(), "name": WORDS} for key in ("a", "b")],
    "questions": [{"key": key, "element": key, "optional": False, "text": WORDS} for key in ("a", "b")],
}
CATALOG = from_document({"units": [], "instruments": [DIGITAL, SCORE]})


def test_a_catalog_without_own_ones_has_the_packaged_ones() -> None:
    """Nothing is made anew for them."""
    assert instruments_of(EMPTY) is instruments()


def test_own_ones_follow_the_packaged_ones_and_take_after_their_base() -> None:
    """Elements of the base first, in its order, with its scale, kind and bands."""
    asked = instruments_of(CATALOG)
    assert list(asked) == [*instruments(), "skm-digital@1", "skor@1"]
    digital, skm = asked["skm-digital@1"], instrument("skm-2017@1")
    assert [element.key for element in digital.elements] == [*(element.key for element in skm.elements), "aplikasi"]
    assert (digital.scale, digital.kind, digital.band_table) == (skm.scale, skm.kind, skm.band_table)
    assert digital.faults({"aplikasi": 4}) == []


def test_weights_of_its_own_are_exact() -> None:
    """A quarter is a quarter, however it was written; bands go by the catalog's name for them."""
    score = instruments_of(CATALOG)["skor@1"]
    assert score.weights == {"a": Fraction(3, 4), "b": Fraction(1, 4)}
    assert (score.kind, score.band_table, score.scale) == ("perception", "permenpanrb-14-2017@1", (1, 4))


def test_they_are_made_once_for_every_catalog_that_has_the_same() -> None:
    """A catalog read anew, with another unit or none, costs the intake nothing."""
    again = from_document(to_document(CATALOG))
    assert again is not CATALOG
    assert instruments_of(again) is instruments_of(CATALOG)
    assert instruments_of(replace(CATALOG, instruments=CATALOG.instruments[1:])) is not instruments_of(CATALOG)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        ({"weights": "0.11"}, "skm-digital@1"),
        ({"bands": "none@1"}, "none@1"),
        ({"kind": "nps"}, "skm-digital@1"),
        ({"questions": []}, "skm-digital@1"),
    ],
)
def test_what_can_not_be_measured_is_told_in_a_sentence(change: dict[str, Any], said: str | None) -> None:
    """The catalog's reader asks before anybody can apply it."""
    fault = questionnaires().fault(DIGITAL | change)
    assert (fault is None) if said is None else (fault is not None and said in fault)
