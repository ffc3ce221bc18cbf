"""The words of reports: both languages say the same, and nothing is asked for that is not there."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

import reporting
from reporting.words import LANGUAGES, Words
from schemas.feedback_fields import RESPONDENT

ROOM = Path(reporting.__file__).parent
TEXTS: dict[str, dict[str, str]] = yaml.safe_load((ROOM / "words.yaml").read_text(encoding="utf-8"))


def test_both_languages_have_every_text_with_the_same_values_to_fill_in() -> None:
    unlike = [
        key
        for key, texts in TEXTS.items()
        if set(texts) != set(LANGUAGES)
        or len({frozenset(re.findall(r"{(\w+)}", text)) for text in texts.values()}) != 1
    ]
    assert unlike == []


def test_every_text_that_the_code_names_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    named = set(re.findall(r'words\(\s*"([a-zA-Z_.0-9]+)"', code)) | set(re.findall(r'"([a-z_]+\.[a-z_.]+)" if ', code))
    assert {name for name in named if name not in TEXTS} == set()


def test_every_value_our_pages_offer_a_respondent_has_a_name() -> None:
    offered = {f"profile.{field}.{value}" for field, values in RESPONDENT.items() for value in values}
    assert offered - set(TEXTS) == set()


@pytest.mark.parametrize(
    ("label", "indonesian", "english"),
    [
        ("2026", "Tahun 2026", "2026"),
        ("2026-S2", "Semester II Tahun 2026", "Half-year II, 2026"),
        ("2026-Q4", "Triwulan IV Tahun 2026", "Quarter IV, 2026"),
        ("2026-08", "Agustus 2026", "August 2026"),
        ("2026-W07", "Minggu ke-7 Tahun 2026", "Week 7, 2026"),
        ("2026-08-05", "5 Agustus 2026", "5 August 2026"),
    ],
)
def test_a_period_is_named_as_offices_name_it(label: str, indonesian: str, english: str) -> None:
    assert (Words("id").period(label), Words("en").period(label)) == (indonesian, english)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    indonesian, english = Words("id"), Words("en")
    assert (indonesian.number(Decimal("3.50"), 3), english.number(Decimal("3.50"), 3)) == ("3,500", "3.500")
    assert (indonesian.whole(9412), english.whole(9412)) == ("9.412", "9,412")
    assert (indonesian.share(1, 8), english.share(0, 0)) == ("12,5%", "\N{EN DASH}")
    assert english.number(Decimal("-10.53"), 2) == "\N{MINUS SIGN}10.53"


def test_a_share_is_rounded_half_up() -> None:
    assert Words("en").share(1, 80) == "1.3%"
