"""Questionnaires that offices write into their catalog: read exactly, or refused with the line of every fault."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from schemas.catalog import Catalog, from_document, to_document
from schemas.catalog_fields import weight_of, weight_text
from schemas.catalog_file import CatalogFileInvalid, changed_instruments, merge, read_catalog
from tests.schemas.samples import KNOWN
from tests.schemas.test_catalog_file import SOUND, messages, read

BUILT_ON = """\
instruments:
  - id: skm-jatim@1
    name: {id: SKM Jatim, en: Jatim survey}
    based_on: skm-2017@1
    elements:
      - {key: aplikasi, code: T1, name: {id: Aplikasi, en: App}}
    questions:
      - key: aplikasi
        element: aplikasi
        text: {id: Bagaimana aplikasinya, en: How is the app}
        answers:
          1: {id: Buruk, en: Poor}
          2: {id: Cukup, en: Fair}
          3: {id: Baik, en: Good}
          4: {id: Sangat baik, en: Very good}
"""
ALONE = """\
instruments:
  - id: antrean@1
    name: {id: Antrean, en: Queue}
    weights: {lama: 0.75, nyaman: 1/4}
    answers: {10: {id: Baik, en: Good}, 0: {id: Buruk, en: Poor}, 5: {id: Cukup, en: Fair}}
    elements:
      - {key: lama, code: A1, name: {id: Lama, en: Length}}
      - {key: nyaman, code: A2, name: {id: Nyaman, en: Comfort}}
    questions:
      - {key: lama, element: lama, optional: false, text: {id: Lama, en: Long}}
      - {key: nyaman, element: nyaman, text: {id: Nyaman, en: Comfortable}}
"""


@pytest.mark.parametrize("own", [BUILT_ON, ALONE])
def test_a_sound_one_may_be_asked_about_a_service(tmp_path: Path, own: str) -> None:
    """It reads back the same from what is stored and from what `show` prints."""
    made = own.split("id: ")[1].split("\n")[0]
    catalog = read(tmp_path, own + SOUND.replace("smiley@1", made))
    assert [instrument["id"] for instrument in catalog.instruments] == [made]
    assert catalog.units[0].services[0].instruments == (made,)
    assert from_document(to_document(catalog)) == catalog
    assert KNOWN.fault(catalog.instruments[0]) is None


def test_weights_and_answers_have_one_form_however_they_were_written(tmp_path: Path) -> None:
    """Else a space or a zero more would pass for another questionnaire."""
    catalog = read(tmp_path, ALONE + SOUND)
    again = (
        ALONE.replace("0.75", "'3/4'").replace("1/4", "0.250").replace("      - {key: lama, ", "      - {'key': lama, ")
    )
    assert read(tmp_path, again + SOUND) == catalog
    assert catalog.instruments[0]["weights"] == {"lama": "0.75", "nyaman": "0.25"}
    assert list(catalog.instruments[0]["answers"]) == ["0", "5", "10"]
    assert [question["optional"] for question in catalog.instruments[0]["questions"]] == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("skm-2017@1", "skm-2099@1", '4: based_on "skm-2099@1" is no packaged instrument; there are: nps@1, skm-2017'),
        ("skm-jatim@1", "skm-2017@1", '2: instrument "skm-2017@1" comes with the program: choose another id'),
        ("skm-jatim@1", "skm-jatim", "2: instruments.0.id must be the id and version of an instrument, such as"),
        ("{key: aplikasi, ", "{key: waktu, ", '6: element key "waktu" is one of the base already'),
        ("- key: aplikasi", "- key: waktu", '8: question key "waktu" is one of the base already'),
        ("element: aplikasi", "element: situs", '9: question of unknown element "situs"; there are: persyaratan,'),
        (
            "          1: {id: Buruk, en: Poor}\n",
            "",
            "11: answers 2, 3, 4 are another scale than 1, 2, 3, 4 of the base",
        ),
        ("          4: {", "          5: {", "11: answers 1, 2, 3, 5 are another scale than 1, 2, 3, 4 of the base"),
        (
            "          4: {",
            "          4th: {",
            "15: instruments.0.questions.0.answers.4th must be a whole number from 0 to",
        ),
        ("Poor}", "Poor, jv: Ala}", "12: instruments.0.questions.0.answers.1.jv is not a field of the catalog"),
        (", en: Fair}", "}", "13: instruments.0.questions.0.answers.2.en is missing"),
        ("en: App", 'en: "A\\epp"', "6: instruments.0.elements.0.name.en contains a control character"),
        ("    based_on", "    weights: 0.2\n    based_on", "2: skm-jatim@1: "),
        ("    based_on", "    weights: equal\n    based_on", "4: instruments.0.weights must be a weight convention ("),
        (
            "    based_on",
            "    weights: {waktu: 2}\n    based_on",
            "4: instruments.0.weights.waktu must be a weight above 0",
        ),
        ("    based_on", "    weights: {x: 1}\n    based_on", '4: weight of unknown element "x"'),
        ("    based_on", "    bands: none@1\n    based_on", "2: skm-jatim@1: band_table 'none@1' does not exist"),
        ("    based_on", "    kind: csat\n    based_on", "4: instruments.0.kind must be one of ikm, perception,"),
        ("    based_on", "    bobot: 1\n    based_on", "4: instruments.0.bobot is not a field of the catalog"),
        ("    based_on: skm-2017@1\n", "", None),
    ],
)
def test_each_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    """An office without a programmer mends its own questionnaire."""
    assert old in BUILT_ON
    text = BUILT_ON.replace(old, new, 1) + SOUND
    if expected is None:
        assert read(tmp_path, text).instruments[0].get("based_on") is None
        return
    told = messages(tmp_path, text)
    assert any(message.startswith(f"catalog.yaml:{expected}") for message in told), told


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1/4", "0.15", "4: weights sum to 0.9, not to 1"),
        ("1/4", "1/3", "4: weights sum to 13/12 (about 1.083333), not to 1"),
        (", nyaman: 1/4", "", "4: weights lack nyaman: every element needs one"),
        ("key: nyaman, code", "key: lama, code", '8: element key "lama" is used twice'),
        ("key: nyaman, element", "key: lama, element", '11: question key "lama" is used twice'),
        ("element: nyaman,", "element: lama,", '8: element "nyaman" has no question'),
        ("    answers: {", "    # {", "10: the question has no answers"),
        (", 0: {id: Buruk, en: Poor}, 5: {id: Cukup, en: Fair}}", "}", "5: instruments.0.answers needs at least 2"),
        ("text: {id: Nyaman", "answers: {0: {id: a, en: a}, 1: {id: b, en: b}}, text: {id: Nyaman", None),
    ],
)
def test_one_that_stands_alone_is_held_to_itself(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    """Its own scale, its own elements, weights that sum to one."""
    assert old in ALONE
    found = messages(tmp_path, ALONE.replace(old, new, 1) + SOUND)
    told = expected or "11: answers 0, 1 are another scale than 0, 5, 10 of what comes before"
    assert any(message.startswith(f"catalog.yaml:{told}") for message in found), found


def test_without_elements_there_is_nothing_to_ask(tmp_path: Path) -> None:
    """A copy of a packaged one under another name needs its base only."""
    bare = "instruments:\n  - {id: a@1, name: {id: A, en: A}BASE}\n"
    assert messages(tmp_path, bare.replace("BASE", "") + SOUND) == [
        "catalog.yaml:2: an instrument needs elements and questions, or based_on to take another's"
    ]
    assert read(tmp_path, bare.replace("BASE", ", based_on: spkp@1") + SOUND).instruments[0]["based_on"] == "spkp@1"


def test_an_id_used_twice_and_one_that_is_not_there(tmp_path: Path) -> None:
    """A service may only ask what the file or the program has."""
    twice = ALONE + BUILT_ON.removeprefix("instruments:\n").replace("skm-jatim@1", "antrean@1")
    (message,) = messages(tmp_path, twice + SOUND)
    assert message == 'catalog.yaml:12: instrument id "antrean@1" is used twice'
    (message,) = messages(tmp_path, ALONE + SOUND.replace("smiley@1", "antrean@2"))
    assert 'instrument "antrean@2" does not exist; there are: antrean@1, nps@1' in message


def test_a_changed_one_is_refused_on_its_line_once_it_is_in_force(tmp_path: Path) -> None:
    """Answers given under an id keep their meaning; the sentence says how to go on."""
    in_force = read(tmp_path, BUILT_ON + SOUND)
    path = tmp_path / "catalog.yaml"
    assert read_catalog(path, KNOWN, in_force) == in_force
    path.write_text(ALONE + BUILT_ON.removeprefix("instruments:\n").replace("Sangat baik", "Istimewa") + SOUND)
    with pytest.raises(CatalogFileInvalid) as caught:
        read_catalog(path, KNOWN, in_force)
    (message,) = caught.value.messages
    assert message == (
        f'{path}:12: instrument "skm-jatim@1" is applied with other content: '
        "give the change a new version, as in skm-jatim@2"
    )
    path.write_text(BUILT_ON.replace("jatim@1", "jatim@2").replace("Sangat baik", "Istimewa") + SOUND)
    renewed = merge(in_force, read_catalog(path, KNOWN, in_force))
    assert [made["id"] for made in renewed.instruments] == ["skm-jatim@2", "skm-jatim@1"]


def test_one_that_a_file_left_out_is_still_known_and_still_fixed(tmp_path: Path) -> None:
    """Leaving it out and bringing it back must not be a way round."""
    in_force = read(tmp_path, BUILT_ON + SOUND)
    without = merge(in_force, read(tmp_path, SOUND))
    assert without.instruments == in_force.instruments
    changed = read(tmp_path, BUILT_ON.replace("Cukup", "Lumayan") + SOUND)
    assert changed_instruments(without, changed) == {0: "skm-jatim@1"}
    assert changed_instruments(Catalog(()), changed) == {}


@pytest.mark.parametrize(
    "written",
    [
        "0",
        0,
        "0.0",
        "0/5",
        Decimal("0.0"),
        "3/2",
        "1.1",
        "-0.5",
        "1e-1",
        "0.1234567890123",
        "1/0",
        "½",
        "",
        True,
        None,
        0.5,
        [1],
    ],
)
def test_what_is_no_weight(written: object) -> None:
    """Nothing that is not exact, positive and at most one."""
    assert weight_of(written) is None
    with pytest.raises(ValueError, match="is no weight"):
        weight_text(written)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (1, "1"),
        ("1", "1"),
        ("2/4", "0.5"),
        (Decimal("0.10"), "0.1"),
        (".5", "0.5"),
        ("2/6", "1/3"),
        ("1/1024", "0.0009765625"),
    ],
)
def test_a_weight_is_kept_exact(written: object, text: str) -> None:
    """A decimal where one is exact."""
    assert weight_text(written) == text
    assert Fraction(text) == weight_of(written)
