"""The file an operator writes: read whole, or refused with the line of every fault."""

import json
from pathlib import Path

import pytest

from schemas.catalog import Catalog, from_document, to_document
from schemas.catalog_file import CatalogFileInvalid, read_catalog
from tests.schemas.samples import EXAMPLE, INSTRUMENTS, KNOWN

SOUND = """\
units:
  - id: jatim
    name: ULT Jatim
    timezone: Asia/Jakarta
    services:
      - id: ijazah
        name: Legalisasi
        instruments: [smiley@1]
    touchpoints:
      - id: kiosk-1
        name: Kiosk
        channel: kiosk
        services: [ijazah]
"""


def read(tmp_path: Path, text: str | bytes, name: str = "catalog.yaml") -> Catalog:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_catalog(path, KNOWN)


def messages(tmp_path: Path, text: str | bytes, name: str = "catalog.yaml") -> list[str]:
    """The messages without the directory."""
    with pytest.raises(CatalogFileInvalid) as caught:
        read(tmp_path, text, name)
    return [message.removeprefix(f"{tmp_path}/") for message in caught.value.messages]


def test_the_example_is_a_sound_catalog() -> None:
    """Front offices in Surabaya, Mataram and Jayapura, an hour apart each, of one directorate without a counter."""
    catalog = read_catalog(EXAMPLE, KNOWN)
    parent, *offices = catalog.units
    assert (parent.parent, parent.services, parent.touchpoints) == (None, (), ())
    assert [(unit.id, unit.timezone) for unit in offices] == [
        ("ult-bbpmp-jatim", "Asia/Jakarta"),
        ("ult-bpmp-ntb", "Asia/Makassar"),
        ("ult-bpmp-papua", "Asia/Jayapura"),
    ]
    for unit in offices:
        assert unit.parent == parent.id
        channels = {touchpoint.channel for touchpoint in unit.touchpoints}
        assert {"kiosk", "qr"} <= channels
        assert all(service.instruments[:2] == INSTRUMENTS for service in unit.services)
        assert unit.public == "services"
        assert all(touchpoint.access == "open" for touchpoint in unit.touchpoints)
    asked = {instrument for unit in offices for service in unit.services for instrument in service.instruments}
    assert asked == {*INSTRUMENTS, "spkp@1", "spak@1"}
    assert offices[0].served


def test_access_is_open_unless_said_otherwise(tmp_path: Path) -> None:
    """The short form of a touchpoint."""
    assert read(tmp_path, SOUND).units[0].touchpoints[0].access == "open"


def test_what_is_public_and_how_many_were_served_may_be_said(tmp_path: Path) -> None:
    """Nothing is public and no number known unless the file says so; labels that look like numbers are labels."""
    plain = read(tmp_path, SOUND).units[0]
    assert (plain.public, plain.served, plain.services[0].served) == ("none", {}, {})
    text = SOUND.replace("timezone:", "public: services\n    served: {2026: 1200, 2026-S2: 700}\n    timezone:")
    text = text.replace("[smiley@1]", "[smiley@1]\n        served: {2026-Q4: 90, 2026-11: 30}")
    catalog = read(tmp_path, text)
    (unit,) = catalog.units
    assert (unit.public, unit.served) == ("services", {"2026": 1200, "2026-S2": 700})
    assert unit.services[0].served == {"2026-Q4": 90, "2026-11": 30}
    assert from_document(to_document(catalog)) == catalog
    assert hash(catalog) == hash(read(tmp_path, text))


def test_json_is_read_too(tmp_path: Path) -> None:
    """Tabs for indentation and escaped emoji are JSON's habits, not YAML's."""
    document = to_document(read(tmp_path, SOUND.replace("name: Kiosk", "name: Kiosk 😀")))
    text = json.dumps(document, indent="\t")
    assert "\\ud83d\\ude00" in text
    assert to_document(read(tmp_path, text, "catalog.json")) == document


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Notepad writes one."""
    assert read(tmp_path, b"\xef\xbb\xbf" + SOUND.encode()) == read(tmp_path, SOUND)


def test_a_list_may_be_shared_by_an_anchor(tmp_path: Path) -> None:
    """YAML's own way not to repeat oneself."""
    text = (
        SOUND.replace("[smiley@1]", "&both [skm-2017@1, smiley@1]")
        + "  - {id: ntb, name: NTB, timezone: Asia/Makassar,\n"
    )
    text += "     services: [{id: data, name: Data, instruments: *both}]}\n"
    assert read(tmp_path, text).units[1].services[0].instruments == INSTRUMENTS


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "id: jatim",
            "id: 7",
            "2: units.0.id must be text (write it in quotes if it looks like a number, a date, yes or no)",
        ),
        ("name: ULT Jatim", "name: no", "3: units.0.name must be text (write it in quotes"),
        ("name: ULT Jatim", "name: 2026-13-45", "3: units.0.name must be text (write it in quotes"),
        ("name: ULT Jatim", "name:", "3: units.0.name has no value"),
        ("name: ULT Jatim", 'name: " "', "3: units.0.name must not be blank"),
        ("name: ULT Jatim", f"name: {'x' * 201}", "3: units.0.name is longer than 200 characters"),
        ("name: ULT Jatim", 'name: "\\0"', "3: units.0.name contains a control character"),
        ("name: ULT Jatim", 'name: "\\ud800"', "3: units.0.name contains a control character"),
        ("    name: ULT Jatim\n", "", "2: units.0.name is missing"),
        ("timezone:", "nama: ULT\n    timezone:", "4: units.0.nama is not a field of the catalog"),
        ("Asia/Jakarta", "Asia/Surabaya", "4: units.0.timezone is not a time zone; WIB is Asia/Jakarta (or"),
        ("Asia/Jakarta", "Asia", "4: units.0.timezone is not a time zone"),
        ("Asia/Jakarta", "../etc/passwd", "4: units.0.timezone is not a time zone"),
        ("[smiley@1]", "[]", "8: units.0.services.0.instruments needs at least 1 entry"),
        ("[smiley@1]", "smiley@1", "8: units.0.services.0.instruments must be a list"),
        ("[smiley@1]", "\n          a: b", "8: units.0.services.0.instruments must be a list"),
        ("[smiley@1]", "[smiley]", "8: units.0.services.0.instruments.0 must be the id and version of an instrument"),
        (
            "[smiley@1]",
            "[csat@1]",
            '8: instrument "csat@1" does not exist; there are: nps@1, skm-2017@1, smiley@1, spak@1, spkp@1',
        ),
        ("[smiley@1]", "[smiley@1, smiley@1]", '8: instrument "smiley@1" is listed twice'),
        ("channel: kiosk", "channel: fax", "12: units.0.touchpoints.0.channel must be one of kiosk, qr, web,"),
        ("channel: kiosk", "channel: kiosk\n        access: paired", "13: units.0.touchpoints.0.access must be open"),
        ("channel: kiosk", "channel: kiosk\n        access: yes", "13: units.0.touchpoints.0.access must be text"),
        ("timezone:", "public: yes\n    timezone:", "4: units.0.public must be text"),
        ("timezone:", "public: all\n    timezone:", "4: units.0.public must be one of none, unit, services"),
        ("timezone:", "served: 900\n    timezone:", '4: units.0.served must be a block of "key: value" lines'),
        ("timezone:", "served: {2026-Q5: 9}\n    timezone:", "4: units.0.served.2026-Q5 must be a year, semester,"),
        ("timezone:", "served: {2026-11-21: 9}\n    timezone:", "4: units.0.served.2026-11-21 must be a year,"),
        ("timezone:", "served: {2026-W47: 9}\n    timezone:", "4: units.0.served.2026-W47 must be a year,"),
        ("timezone:", "served: {2026: 0}\n    timezone:", "4: units.0.served.2026 must be from 1 to "),
        ("timezone:", "served: {2026: 1_000}\n    timezone:", "4: units.0.served.2026 must be a whole number, written"),
        ("timezone:", "served: {2026: 1.5}\n    timezone:", "4: units.0.served.2026 must be a whole number, written"),
        ("timezone:", "served: {2026: 010}\n    timezone:", "4: units.0.served.2026 must be a whole number, written"),
        ("timezone:", "served: {2026: '9'}\n    timezone:", "4: units.0.served.2026 must be a whole number, written"),
        ("timezone:", "served: {2026:}\n    timezone:", "4: units.0.served.2026 must be a whole number, written"),
        ("[smiley@1]", "[smiley@1]\n        served: {2026: -1}", "9: units.0.services.0.served.2026 must be from 1"),
        ("[ijazah]", "[data]", '13: service "data" is not a service of unit "jatim"'),
        ("[ijazah]", "[ijazah, ijazah]", '13: service "ijazah" is listed twice'),
        ("timezone:", "parent: pusat\n    timezone:", '4: parent "pusat" is not the id of a unit'),
        ("timezone:", "parent: jatim\n    timezone:", '4: unit "jatim" is its own ancestor'),
        ("timezone:", "retired: 1\n    timezone:", "4: units.0.retired must be true or false"),
        ("timezone:", "name: Lagi\n    timezone:", '4: "name" stands twice in the same block'),
        ("timezone:", "? [a]\n    : b\n    timezone:", "4: a key must be text"),
        ("  - id: jatim", "  - &unit\n    parts: *unit\n    id: jatim", "2: an alias stands inside its own anchor"),
        ("id: jatim", "id: [jatim", "3: "),
        ("id: jatim", "id: *jatim", "2: found undefined alias 'jatim'"),
        ("name: Kiosk", "name: Ki\x07osk", "11: the character U+0007 is not allowed"),
        ("    services:\n", "\tservices:\n", "5: found character '\\t' that cannot start any token"),
    ],
)
def test_each_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """An operator finds the place without reading the file again."""
    assert old in SOUND
    (message, *_) = messages(tmp_path, SOUND.replace(old, new, 1))
    assert message.startswith(f"catalog.yaml:{expected}")


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """One round of mending is enough."""
    text = SOUND.replace("Asia/Jakarta", "WIB").replace("[ijazah]", "7").replace("id: ijazah", "id: Ijazah")
    assert [message.split()[0] for message in messages(tmp_path, text)] == [
        "catalog.yaml:4:",
        "catalog.yaml:6:",
        "catalog.yaml:13:",
    ]


def test_no_kind_of_fault_hides_another(tmp_path: Path) -> None:
    """A bad zone, ids used twice, an unknown parent, instrument and service are told in one go."""
    unit = SOUND.removeprefix("units:\n")
    wrong = unit.replace("Asia/Jakarta", "WITA\n    parent: pusat").replace("[smiley@1]", "[csat@1]")
    assert [message[:45] for message in messages(tmp_path, SOUND + wrong.replace("[ijazah]", "[data]"))] == [
        'catalog.yaml:14: unit id "jatim" is used twice'[:45],
        "catalog.yaml:16: units.1.timezone is not a time zone"[:45],
        'catalog.yaml:17: parent "pusat" is not the id of a unit'[:45],
        'catalog.yaml:21: instrument "csat@1" does not exist'[:45],
        'catalog.yaml:23: touchpoint id "kiosk-1" is already used'[:45],
        'catalog.yaml:26: service "data" is not a service of unit'[:45],
    ]


def test_one_fault_is_told_once(tmp_path: Path) -> None:
    """What has the wrong shape is not looked up as well."""
    text = SOUND.replace("[smiley@1]", "[Smiley]").replace("[ijazah]", "[ijazah, Data]").replace("id: kiosk-1", "id: 1")
    text = text.replace("timezone:", "parent: Pusat\n    timezone:")
    assert len(messages(tmp_path, text)) == 4


def test_ids_used_twice(tmp_path: Path) -> None:
    """Units and touchpoints in the whole file, services in their unit."""
    unit = SOUND.removeprefix("units:\n")
    service = "      - id: ijazah\n        name: Lagi\n        instruments: [smiley@1]\n"
    text = "units:\n" + unit.replace("    touchpoints:", service + "    touchpoints:") + unit
    assert messages(tmp_path, text) == [
        'catalog.yaml:9: service id "ijazah" is used twice in unit "jatim"',
        'catalog.yaml:17: unit id "jatim" is used twice',
        'catalog.yaml:25: touchpoint id "kiosk-1" is already used in unit "jatim"',
    ]


def test_parents_in_a_circle(tmp_path: Path) -> None:
    """Every unit of the circle is named; one that merely hangs from it is not."""
    units = [("a", "c"), ("b", "a"), ("c", "b"), ("d", "a")]
    text = "units:\n" + "".join(
        f"- {{id: {unit}, name: x, timezone: Asia/Jakarta, parent: {parent}}}\n" for unit, parent in units
    )
    assert messages(tmp_path, text) == [
        'catalog.yaml:2: unit "a" is its own ancestor',
        'catalog.yaml:3: unit "b" is its own ancestor',
        'catalog.yaml:4: unit "c" is its own ancestor',
    ]


def test_a_parent_may_stand_after_its_child_and_have_no_services(tmp_path: Path) -> None:
    """The order of the file is the operator's."""
    text = SOUND.replace("timezone:", "parent: pusat\n    timezone:")
    text += "  - {id: pusat, name: Pusat, timezone: Asia/Jakarta}\n"
    assert [unit.parent for unit in read(tmp_path, text).units] == ["pusat", None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: the file must be a block of"),
        ("- a", "1: the file must be a block of"),
        ("units: []", "1: units is empty: a catalog without a unit would retire everything"),
        ("# nothing\n\nunits:\n", "3: units has no value"),
        ("a: 1\n---\nb: 2\n", "2: "),
        ("units: !!python/object/apply:os.system [id]", "1: units.0 must be a block of"),
        ("[" * 5000, "1: too deeply nested"),
    ],
)
def test_files_that_are_no_catalog_at_all(tmp_path: Path, text: str, expected: str) -> None:
    """Empty, foreign and hostile files end in one sentence."""
    (message, *_) = messages(tmp_path, text)
    assert message.startswith(f"catalog.yaml:{expected}")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a directory and another encoding are told in one line."""
    with pytest.raises(CatalogFileInvalid, match="No such file or directory"):
        read_catalog(tmp_path / "missing.yaml", KNOWN)
    with pytest.raises(CatalogFileInvalid, match="Is a directory"):
        read_catalog(tmp_path, KNOWN)
    assert messages(tmp_path, SOUND.encode("utf-16")) == ["catalog.yaml:1: is not UTF-8 text"]
