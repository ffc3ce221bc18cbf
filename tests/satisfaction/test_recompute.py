"""A published figure is reproduced by what its own table gives, to its own decimals, or it is not reproduced."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.index import half_up, nrr
from satisfaction.recompute import Published, Recomputed, recompute

SENGKUANG = "3.75 3.04 3.05 3.84 3.75 3.76 3.52 3.76 3.73"
SUMBAR = "3.2 3.216 2.936 3.53 3.136 3.2 3.316 3.916 3.323"
BATAM = "3.58 3.62 3.52 3.8 3.61 3.59 3.66 3.39 3.36"


def averages(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(word) for word in text.split())


def verdict(nrrs: str | None, ikm: str | None, **more: Any) -> Recomputed:
    return recompute(
        Published(averages=None if nrrs is None else averages(nrrs), ikm=None if ikm is None else Decimal(ikm), **more)
    )


def conventions(result: Recomputed) -> list[str]:
    return [figure.convention for figure in result.reproducing]


@pytest.mark.parametrize(
    ("ikm", "by"),
    [
        ("89.25", ["exact"]),
        ("89.2500", ["exact"]),
        ("89.24", ["0.1111"]),
        ("89.16", ["0.111"]),
        ("88.36", ["0.11"]),
        ("89.2", ["0.1111", "0.111"]),
        ("89", ["exact", "0.1111", "0.111"]),
        ("89.3", ["exact"]),
    ],
)
def test_a_figure_is_held_against_its_own_decimals(ikm: str, by: list[str]) -> None:
    assert conventions(verdict(BATAM, ikm)) == by


def test_fourteen_elements_have_their_own_weight_and_their_own_bands() -> None:
    nrrs = "3.007 2.993 3.02 3.0 3.113 3.033 2.887 2.947 2.98 3.033 3.0 3.033 3.02 3.0"
    result = verdict(nrrs, "74.67", band="B")
    assert conventions(result) == ["0.071"]
    assert (result.bands.table, result.bands.fits) == ("kep-25-2004@1", True)


def test_the_nearest_miss_is_told_at_the_printed_decimals() -> None:
    result = verdict(SUMBAR, "81.71")
    assert not result.reproduced
    assert (result.nearest.convention, result.miss) == ("0.11", Decimal("-0.17"))
    assert result.hints == ()


def test_a_wrong_weight_is_a_hint_and_never_a_reproduction() -> None:
    result = verdict(SENGKUANG, "80.50", band="B")
    assert not result.reproduced
    assert [(hint.code, dict(hint.params)) for hint in result.hints] == [("weight", {"weight": "0.10", "sum": "0.90"})]
    assert (result.bands.of_published, result.bands.of_recomputed) == ("B", "A")


def test_a_figure_that_was_cut_off_is_a_hint() -> None:
    """82.70278 with exact weights."""
    result = verdict(SUMBAR, "82.7027")
    assert not result.reproduced
    assert "cut_off" in {hint.code for hint in result.hints}


def test_an_index_printed_in_place_of_the_ikm_is_a_hint_and_never_a_reproduction() -> None:
    result = recompute(Published(averages=(Decimal("3.5"), Decimal("3.6")), ikm=Decimal("3.55")))
    assert not result.reproduced
    assert [(hint.code, dict(hint.params)) for hint in result.hints] == [("printed_index", {"convention": "exact"})]


def test_rounding_on_the_way_is_a_hint() -> None:
    """3.5778 rounded to 3.58 is 89.50; averages of two decimals leave room for it as well."""
    codes = {hint.code for hint in verdict(SENGKUANG, "89.50").hints}
    assert {"rounded_index", "within_rounding"} <= codes


def test_histograms_are_believed_before_averages() -> None:
    """Averages printed to two decimals give 92.25, the answers they stand for 92.26."""
    histograms = ({3: 1, 4: 2}, {3: 2, 4: 5})
    exact = (nrr(histograms[0]) + nrr(histograms[1])) / 2 * 25
    result = recompute(Published(averages=averages("3.67 3.71"), histograms=histograms, ikm=half_up(exact, 2)))
    assert [(figure.source, figure.convention) for figure in result.reproducing] == [("histograms", "exact")]


def test_averages_reproduce_where_histograms_do_not() -> None:
    result = recompute(
        Published(averages=averages("3.67 3.71"), histograms=({3: 1, 4: 2}, {3: 2, 4: 5}), ikm=Decimal("92.25"))
    )
    assert [figure.source for figure in result.reproducing] == ["averages"]


def test_a_published_index_is_held_against_the_convention_that_gives_the_ikm() -> None:
    assert verdict(BATAM, "89.24", index=Decimal("3.570")).index_holds is True
    assert verdict(BATAM, "89.24", index=Decimal("3.5696")).index_holds is True
    assert verdict(BATAM, "89.24", index=Decimal("3.58")).index_holds is False
    assert verdict(BATAM, "89.24").index_holds is None


def test_an_index_alone_is_enough() -> None:
    result = verdict(BATAM, None, index=Decimal("3.5696"), band="B")
    assert conventions(result) == ["0.1111"]
    assert (result.bands.of_published, result.bands.fits) == ("A", False)


def test_a_band_of_another_table_is_wrong_and_says_where_it_is_right() -> None:
    result = verdict("3.3 " * 9, "82.50", band="A")
    assert result.reproduced
    assert (result.bands.fits, result.bands.elsewhere) == (False, ("kep-25-2004@1",))


def test_an_element_nobody_answered_is_no_zero() -> None:
    known = averages("3 4")
    assert conventions(recompute(Published(averages=(*known, None), ikm=Decimal("87.50")))) == ["exact"]
    assert conventions(recompute(Published(histograms=({3: 1}, {4: 1}, {}), ikm=Decimal("87.50")))) == ["exact"]


def test_other_scales_have_their_own_factor() -> None:
    """Six-point items: 5 of 6 is 83.33."""
    result = recompute(Published(histograms=({5: 3},), ikm=Decimal("83.33"), highest=6))
    assert result.reproduced


@pytest.mark.parametrize("published", [Published(ikm=Decimal(80)), Published(averages=averages("3 4"))])
def test_nothing_to_compare_is_an_error(published: Published) -> None:
    with pytest.raises(ValueError, match="needs"):
        recompute(published)


@given(
    st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any), min_size=1, max_size=15),
    st.integers(0, 4),
)
def test_what_exact_weights_give_is_always_reproduced(rows: list[list[int]], places: int) -> None:
    histograms = tuple(dict(enumerate(row, 1)) for row in rows)
    exact = sum(map(nrr, histograms), Fraction(0)) / len(histograms) * 25
    result = recompute(Published(histograms=histograms, ikm=half_up(exact, places)))
    assert conventions(result)[0] == "exact"
    assert result.miss == 0
    assert result.hints == ()
