"""Everything that people read exists in Indonesian and in English, and the compiled catalogs are the written ones."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import feedback_api
from feedback_api.languages import LANGUAGES
from feedback_api.problem_kinds import KINDS
from feedback_api.violation_words import WORDS
from schemas.violation import CODES

ROOM = Path(feedback_api.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
"""As in translations/babel.cfg."""
REFRESH = """
pybabel extract -F feedback_api/translations/babel.cfg --no-location --sort-output -o messages.pot feedback_api
pybabel update -i messages.pot -d feedback_api/translations --no-fuzzy-matching --ignore-obsolete
(then write what is missing in id/LC_MESSAGES/messages.po, and)
pybabel compile -d feedback_api/translations"""
INSTRUMENT_CODES = {"unknown_question", "out_of_scale", "required"}
PERIOD_CODES = {"not_a_period", "no_such_date", "year_out_of_range", "not_a_whole_hour", "ends_before_it_starts"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def written(language: str) -> Catalog:
    """The catalog as translators write it."""
    with (ROOM / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def extracted() -> set[str]:
    """Every message in the source; of a plural the singular."""
    found = extract_from_dir(ROOM, METHODS, options_map={"**/templates/**.html": {"silent": "false"}})
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_is_the_written_one(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, written(language))
    assert (ROOM / "translations" / language / "LC_MESSAGES" / "messages.mo").read_bytes() == compiled.getvalue(), (
        REFRESH
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_has_every_message_of_the_source_and_no_other(language: str) -> None:
    known = {
        message.id if isinstance(message.id, str) else message.id[0] for message in written(language) if message.id
    }
    assert known == extracted(), REFRESH


def test_everything_is_said_in_indonesian_with_the_same_values_filled_in() -> None:
    for message in written("id"):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert all(strings or [""]), f"{ids[0]!r} is not translated{REFRESH}"
        if message.id:
            wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
            assert all(set(PLACEHOLDER.findall(text)) == wanted for text in strings), ids[0]


def test_every_code_has_words_in_both_languages() -> None:
    assert set(WORDS) >= CODES | INSTRUMENT_CODES | PERIOD_CODES
    with (ROOM / "translations" / "id" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        indonesian = read_mo(file)
    texts = {*WORDS.values(), *(kind.title for kind in KINDS.values()), *(kind.detail for kind in KINDS.values())}
    for text in texts:
        found = indonesian.get(text)
        assert found is not None, text
        assert found.string not in ("", text), text


def test_the_codes_listed_here_are_the_codes_that_the_domain_says() -> None:
    files = {"instruments": "instruments/model.py", "periods": "periods.py"}
    source = {name: (ROOM.parent / "satisfaction" / file).read_text() for name, file in files.items()}
    said = set(re.findall(r'\(key, "(\w+)"\)|\("", "(\w+)"\)', source["instruments"]))
    assert {code for pair in said for code in pair if code} == INSTRUMENT_CODES
    assert set(re.findall(r'BadPeriod\("(\w+)"', source["periods"])) == PERIOD_CODES | {"not_a_time"}
