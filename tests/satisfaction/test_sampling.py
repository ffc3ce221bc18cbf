"""How many must be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.sampling import adequate, krejcie_morgan


@pytest.mark.parametrize(
    ("population", "sample"),
    [
        (10, 10),
        (15, 14),
        (20, 19),
        (100, 80),
        (220, 140),
        (500, 217),
        (1000, 278),
        (1200, 291),
        (2000, 322),
        (5000, 357),
        (6000, 361),
        (1_000_000, 384),
    ],
)
def test_the_printed_table_is_computed(population: int, sample: int) -> None:
    assert krejcie_morgan(population) == sample


@given(st.integers(1, 10**9))
def test_a_sample_is_never_larger_than_its_population_and_never_shrinks_with_it(population: int) -> None:
    assert 1 <= krejcie_morgan(population) <= min(population, 384)
    assert krejcie_morgan(population) <= krejcie_morgan(population + 1)


def test_a_sample_is_adequate_from_the_size_on() -> None:
    assert (adequate(139, 220), adequate(140, 220), adequate(220, 220)) == (False, True, True)


@pytest.mark.parametrize("population", [None, 0, -5])
def test_without_a_population_nobody_can_tell(population: int | None) -> None:
    assert adequate(500, population) is None


def test_a_population_of_nobody_has_no_sample() -> None:
    with pytest.raises(ValueError, match="at least one member"):
        krejcie_morgan(0)
