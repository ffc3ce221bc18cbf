"""Catalog files that are huge, that swell when read, that hide characters, or that are full of faults."""

from pathlib import Path

import pytest

from schemas.catalog_file import CatalogFileInvalid, read_catalog
from tests.schemas.samples import INSTRUMENTS, KNOWN
from tests.schemas.test_catalog_file import SOUND, messages, read


def swelling(levels: int) -> str:
    """A few lines that stand for 10 ** `levels` values."""
    first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    return first + "".join(f"a{at}: &a{at} [{f'*a{at - 1}, ' * 10}]\n" for at in range(1, levels))


def test_aliases_that_multiply_are_refused_at_once(tmp_path: Path) -> None:
    """Ten lines must not stand for ten thousand million values."""
    (message,) = messages(tmp_path, swelling(10))
    assert message == "catalog.yaml:1: aliases repeat more than 10000 values: write them out"


def test_aliases_of_reasonable_size_are_read(tmp_path: Path) -> None:
    """Every unit of a long file may share one list."""
    shared = SOUND.replace("[smiley@1]", "&both [skm-2017@1, smiley@1]")
    units = "".join(
        f"  - {{id: u{at}, name: x, timezone: Asia/Jakarta, services: [{{id: a, name: A, instruments: *both}}]}}\n"
        for at in range(1000)
    )
    assert read(tmp_path, shared + units).units[-1].services[0].instruments == INSTRUMENTS


def test_a_file_larger_than_any_catalog_is_refused_unread(tmp_path: Path) -> None:
    """Eight mebibytes are more than ten thousand units."""
    (message,) = messages(tmp_path, SOUND + "#" * (8 << 20))
    assert message == "catalog.yaml: is larger than 8 MiB"
    with pytest.raises(CatalogFileInvalid, match="/dev/zero: is larger than 8 MiB"):
        read_catalog(Path("/dev/zero"), KNOWN)


def test_a_flood_of_faults_is_cut_and_counted(tmp_path: Path) -> None:
    """The first hundred say enough."""
    units = "".join(f"  - {{id: A{at}, name: x, timezone: Asia/Jakarta}}\n" for at in range(250))
    told = messages(tmp_path, "units:\n" + units)
    assert len(told) == 101
    assert told[99].startswith("catalog.yaml:101: units.99.id must be ")
    assert told[100] == "catalog.yaml: and 150 more"


@pytest.mark.parametrize(
    "character", ["\\e", "\\r", "\\n", "\\t", "\\0", "\\x7F", "\\x9B", "\\N", "\\L", "\\u202E", "\\u2066", "\\u200F"]
)
@pytest.mark.parametrize(("name", "line"), [("ULT Jatim", 3), ("Legalisasi", 7), ("Kiosk", 11)])
def test_names_hold_no_character_that_steers_a_terminal(tmp_path: Path, character: str, name: str, line: int) -> None:
    """A name is shown in terminals, logs and pages: it must not move the cursor or turn the text around."""
    (message,) = messages(tmp_path, SOUND.replace(f"name: {name}", f'name: "{name}{character}x"'))
    assert message.startswith(f"catalog.yaml:{line}: units.0.")
    assert "name contains a control character (line break, escape, change of direction)" in message


def test_names_of_any_script_are_read(tmp_path: Path) -> None:
    """Javanese, Arabic and emoji joined without width are text like any other."""
    name = "ꦱꦸꦫꦧꦪ خدمة 👩\u200d💼"
    assert read(tmp_path, SOUND.replace("name: Kiosk", f"name: {name}")).units[0].touchpoints[0].name == name


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory", "posix/Asia/Jakarta", "right/Asia/Jakarta"])
def test_zones_that_mean_something_else_elsewhere_are_refused(tmp_path: Path, zone: str) -> None:
    """The same file gives the same hours on every machine."""
    (message,) = messages(tmp_path, SOUND.replace("Asia/Jakarta", zone))
    assert message.startswith("catalog.yaml:4: units.0.timezone is not a time zone")


def test_a_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    """An editor that saves another encoding spoils single letters."""
    text = SOUND.replace("name: Kiosk", "name: Kiósk").encode("latin-1")
    assert messages(tmp_path, text) == ["catalog.yaml:11: is not UTF-8 text"]


def test_a_hostile_file_name_stays_on_its_line(tmp_path: Path) -> None:
    """One fault is one line, whatever the file is called."""
    (message,) = messages(tmp_path, SOUND.replace("Asia/Jakarta", "WIB"), "a\nb\x1b[2J.yaml")
    assert message.startswith("a\ufffdb\ufffd[2J.yaml:4: ")
    missing = tmp_path / "no\nfile.yaml"
    with pytest.raises(CatalogFileInvalid) as caught:
        read_catalog(missing, KNOWN)
    assert caught.value.messages == [f"{tmp_path}/no\ufffdfile.yaml: No such file or directory"]


def test_a_long_line_of_parents_is_checked_in_time(tmp_path: Path) -> None:
    """Looking for circles costs once per unit, not once per unit and ancestor."""
    units = "".join(f"- {{id: u{at}, name: x, timezone: UTC, parent: u{at + 1}}}\n" for at in range(3000))
    (message,) = messages(tmp_path, "units:\n" + units)
    assert message == 'catalog.yaml:3001: parent "u3000" is not the id of a unit'
