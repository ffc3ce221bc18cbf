"""What the integrity zone awards ask of surveys."""

from decimal import Decimal
from typing import cast

import pytest

from satisfaction.awards import (
    AWARDS,
    PERCEPTIONS,
    AwardKind,
    Perception,
    UnknownAward,
    award,
    component,
    frequency_score,
    publication_score,
)
from satisfaction.instruments import instruments


@pytest.mark.parametrize(
    ("kind", "perception", "least", "index"),
    [
        ("wbk", "ipkp", "14.00", "3.20"),
        ("wbk", "ipak", "15.75", "3.60"),
        ("wbbm", "ipkp", "15.75", "3.60"),
        ("wbbm", "ipak", "15.75", "3.60"),
    ],
)
def test_an_award_has_a_minimum_for_both_perceptions(
    kind: AwardKind, perception: Perception, least: str, index: str
) -> None:
    minimum = award(kind).minima[perception]
    assert (minimum.component, minimum.index) == (Decimal(least), Decimal(index))
    assert component(minimum.index, minimum.weight) == minimum.component
    assert minimum.reached_by(Decimal(index))
    assert not minimum.reached_by(Decimal(index) - Decimal("0.0001"))


def test_the_totals_are_those_of_the_regulation() -> None:
    assert {kind: award(kind).total for kind in AWARDS} == {"wbk": Decimal(75), "wbbm": Decimal(85)}


def test_every_minimum_names_a_packaged_questionnaire_and_its_source() -> None:
    packaged = {name.partition("@")[0] for name in instruments()}
    for kind in AWARDS:
        for perception in PERCEPTIONS:
            minimum = award(kind).minima[perception]
            assert minimum.instrument in packaged
            assert "PermenPANRB 90/2021" in minimum.source.id
            assert "PermenPANRB 90/2021" in minimum.source.en
            assert minimum.name.id.endswith(f"({perception.upper()})")


def test_a_perfect_index_gives_the_whole_component() -> None:
    assert component(Decimal(4), Decimal("17.5")) == Decimal("17.50")


def test_a_publication_that_the_sheet_does_not_name_gets_no_score() -> None:
    """The sheet knows online and offline, offline alone, and nothing."""
    both = [publication_score(online=online, offline=offline) for online in (True, False) for offline in (True, False)]
    assert [score.score for score in both] == [Decimal(1), None, Decimal("0.5"), Decimal(0)]
    assert all("VI.iv.b" in score.source.id for score in both)
    assert len({score.words.en for score in both}) == 4


def test_a_number_of_surveys_is_counted_from_zero() -> None:
    assert "VI.iv.a" in frequency_score(4).source.en
    with pytest.raises(ValueError, match="not below zero"):
        frequency_score(-1)


def test_an_unknown_award_is_a_key_error_that_names_it() -> None:
    with pytest.raises(UnknownAward, match="called 'wbkk'"):
        award(cast(AwardKind, "wbkk"))
    with pytest.raises(UnknownAward, match="called 'permenpanrb-1@1'"):
        award("wbk", "permenpanrb-1@1")
