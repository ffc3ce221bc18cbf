"""Which letter an IKM gets."""

from decimal import Decimal

import pytest

from satisfaction.bands import UnknownBandTable, band, band_tables

SKM = "permenpanrb-14-2017@1"


@pytest.mark.parametrize(
    ("ikm", "code"),
    [
        ("64.994", "D"),
        ("64.995", "C"),
        ("76.604", "C"),
        ("76.605", "B"),
        ("88.304", "B"),
        ("88.305", "A"),
        ("25", "D"),
        ("24.75", "D"),
        ("65.00", "C"),
        ("100", "A"),
    ],
)
def test_an_ikm_is_rounded_half_up_before_it_is_classified(ikm: str, code: str) -> None:
    """The printed bands have gaps; 24.75 is the worst possible unit under the weight 0.11."""
    assert band(SKM, Decimal(ikm)).code == code


def test_every_hundredth_has_a_band_and_bands_only_rise() -> None:
    codes = [band(SKM, Decimal(hundredths) / 100).code for hundredths in range(2500, 10001)]
    assert codes == ["D"] * 4000 + ["C"] * 1161 + ["B"] * 1170 + ["A"] * 1170


@pytest.mark.parametrize(
    ("ikm", "code"), [("43.75", "D"), ("43.76", "C"), ("62.50", "C"), ("62.51", "B"), ("81.25", "B"), ("81.26", "A")]
)
def test_the_table_of_2004_has_its_own_limits(ikm: str, code: str) -> None:
    assert band("kep-25-2004@1", Decimal(ikm)).code == code


def test_bands_have_words_in_both_languages() -> None:
    names = {code.code: code.name for _, code in band_tables()[SKM]}
    assert {code: name.id for code, name in names.items()} == {
        "A": "Sangat baik",
        "B": "Baik",
        "C": "Kurang baik",
        "D": "Tidak baik",
    }
    assert all(name.en for name in names.values())


def test_an_unknown_table_is_a_key_error_that_names_it() -> None:
    with pytest.raises(UnknownBandTable, match="no band table is called 'kelurahan@1'"):
        band("kelurahan@1", Decimal(80))
