"""`puas catalog` checks, applies and shows the catalog file."""

from pathlib import Path

import pytest

from puas.catalog import EXAMPLE
from tests.puas.running import environment, puas

UNIT = """\
units:
  - id: ult-a
    name: ULT A
    timezone: Asia/Jakarta
    services:
      - {id: izin, name: Izin, instruments: [smiley@1]}
    touchpoints:
      - {id: kiosk-a, name: Kiosk, channel: kiosk, services: [izin]}
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "catalog.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_packaged_example_has_nothing_wrong(env: dict[str, str]) -> None:
    checked = puas(env, "catalog", "check", EXAMPLE)
    assert checked.returncode == 0
    assert checked.stdout == f"{EXAMPLE}: 4 units, 12 services, 9 touchpoints. Nothing is wrong with it.\n"


def own(tmp_path: Path, old: str = "", new: str = "") -> Path:
    """The example with its own questionnaire taken out of the comment and asked about a service, `old` made `new`."""
    before, _, rest = EXAMPLE.read_text(encoding="utf-8").partition("# instruments:\n")
    commented, blank, after = rest.partition("\n\n")
    lines = [line.removeprefix("# ") for line in commented.splitlines()]
    text = "\n".join([before + "instruments:", *lines]) + blank + after
    return written(tmp_path, text.replace("[skm-2017@1, smiley@1]", "[skm-digital@1, smiley@1]", 1).replace(old, new))


def test_the_examples_own_questionnaire_is_applied_shown_and_told(tmp_path: Path, env: dict[str, str]) -> None:
    path = own(tmp_path)
    checked = puas(env, "catalog", "check", path)
    counted = f"{path}: 4 units, 12 services, 9 touchpoints, 1 own questionnaire. Nothing is wrong with it."
    assert checked.stdout.startswith(counted), checked.stderr
    assert checked.stdout.endswith("so its questionnaires are not compared with those applied.\n")
    assert not (tmp_path / "data").exists()
    applied = puas(env, "catalog", "apply", path)
    assert "  instrument skm-digital@1 added\n" in applied.stdout
    shown = puas(env, "catalog", "show").stdout
    assert "based_on: skm-2017@1" in shown
    assert "public: services" in shown
    assert "aplikasi: '0.15'" in shown
    assert puas(env, "catalog", "apply", written(tmp_path, shown)).stdout.startswith("Nothing to change: version 1 ")
    assert puas(env, "catalog", "check", own(tmp_path)).stdout.endswith(" go with those applied.\n")


def test_another_content_under_an_applied_id_is_refused_on_its_line(tmp_path: Path, env: dict[str, str]) -> None:
    puas(env, "catalog", "apply", own(tmp_path))
    changed = own(tmp_path, "Tidak mudah, en", "Sulit, en")
    line = 1 + changed.read_text(encoding="utf-8").splitlines().index("  - id: skm-digital@1")
    for verb in ("check", "apply"):
        refused = puas(env, "catalog", verb, changed)
        assert refused.returncode == 1
        assert refused.stderr == (
            f'{changed}:{line}: instrument "skm-digital@1" is applied with other content: '
            "give the change a new version, as in skm-digital@2\n"
        )
    assert puas(env, "catalog", "show", "--history").stdout.count("version ") == 1
    for process in ("api", "consume"):
        started = puas(env | {"PUAS_CATALOG": str(changed)}, process)
        assert started.returncode == 2
        assert "PUAS_CATALOG" in started.stderr
        assert f'{changed}:{line}: instrument "skm-digital@1" is applied with other content' in started.stderr
    renewed = own(tmp_path, "skm-digital@1", "skm-digital@2")
    assert "  instrument skm-digital@2 added\n" in puas(env, "catalog", "apply", renewed).stdout
    assert "skm-digital@1" in puas(env, "catalog", "show").stdout


@pytest.mark.parametrize("verb", ["check", "apply", "show"])
def test_every_fault_is_told_with_file_and_line_on_stderr(tmp_path: Path, env: dict[str, str], verb: str) -> None:
    path = written(tmp_path, UNIT.replace("Asia/Jakarta", "Mars").replace("[izin]", "[paspor]").replace("ULT A", "''"))
    checked = puas(env, "catalog", verb, path)
    assert checked.returncode == 1
    assert checked.stdout == ""
    assert [line.split(": ")[0] for line in checked.stderr.splitlines()] == [f"{path}:3", f"{path}:4", f"{path}:8"]
    assert not (tmp_path / "data").exists()


def test_a_file_that_swells_when_read_is_refused_at_once(tmp_path: Path, env: dict[str, str]) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{at}: &a{at} [{f'*a{at - 1}, ' * 10}]\n" for at in range(1, 11))
    checked = puas(env, "catalog", "check", written(tmp_path, bomb))
    assert checked.returncode == 1
    assert checked.stderr.count("\n") == 1


def test_a_line_break_in_the_name_of_the_file_splits_no_line(tmp_path: Path, env: dict[str, str]) -> None:
    path = tmp_path / "a\nb.yaml"
    path.write_text(UNIT, encoding="utf-8")
    for verb in ("check", "apply", "apply"):
        assert "a\ufffdb.yaml" in puas(env, "catalog", verb, path).stdout.splitlines()[-1]


def test_checking_needs_no_settings(tmp_path: Path) -> None:
    checked = puas(environment(tmp_path, PUAS_PORT="none"), "catalog", "check", EXAMPLE)
    assert checked.returncode == 0


def test_applying_twice_changes_nothing_the_second_time(tmp_path: Path, env: dict[str, str]) -> None:
    path = written(tmp_path, UNIT)
    first, second = puas(env, "catalog", "apply", path), puas(env, "catalog", "apply", path)
    assert first.returncode == second.returncode == 0
    assert f"Applied {path} as version 1: 1 unit, 1 service, 1 touchpoint." in first.stdout
    assert "  unit ult-a added\n" in first.stdout
    assert second.stdout == f"Nothing to change: version 1 already says what {path} says.\n"


def test_a_terminal_without_an_arrow_still_shows_the_changes(tmp_path: Path) -> None:
    env = environment(tmp_path, PYTHONIOENCODING="latin-1")
    puas(env, "catalog", "apply", written(tmp_path, UNIT))
    applied = puas(env, "catalog", "apply", written(tmp_path, UNIT.replace("ULT A", "ULT Baru")))
    assert applied.returncode == 0
    assert 'unit ult-a renamed "ULT A" ? "ULT Baru"' in applied.stdout


def test_what_is_shown_can_be_applied_again_and_tells_what_is_retired(tmp_path: Path, env: dict[str, str]) -> None:
    puas(env, "catalog", "apply", written(tmp_path, UNIT))
    two = UNIT.replace("izin, name: Izin", "izin2, name: Izin baru").replace("[izin]", "[izin2]")
    puas(env, "catalog", "apply", written(tmp_path, two))
    shown = puas(env, "catalog", "show")
    assert shown.stdout.startswith("# version 2: 1 unit, 1 service, 1 touchpoint\n")
    assert "retired: true" in shown.stdout
    again = puas(env, "catalog", "apply", written(tmp_path, shown.stdout))
    assert again.stdout.startswith("Nothing to change: version 2 ")


def test_showing_a_file_gives_its_reading_and_touches_no_database(tmp_path: Path, env: dict[str, str]) -> None:
    shown = puas(env, "catalog", "show", written(tmp_path, UNIT))
    assert shown.returncode == 0
    assert "access: open" in shown.stdout
    assert not (tmp_path / "data").exists()


def test_history_lists_the_versions_newest_first(tmp_path: Path, env: dict[str, str]) -> None:
    puas(env, "catalog", "apply", written(tmp_path, UNIT))
    puas(env, "catalog", "apply", written(tmp_path, UNIT.replace("ULT A", "ULT Baru")))
    lines = puas(env, "catalog", "show", "--history").stdout.splitlines()
    assert lines[0].startswith("version 2, 20")
    assert lines[1] == '  unit ult-a renamed "ULT A" → "ULT Baru"'
    assert any(line.startswith("version 1, 20") for line in lines)


def test_showing_before_anything_was_applied_fails_with_what_to_do(env: dict[str, str]) -> None:
    for options in ((), ("--history",)):
        shown = puas(env, "catalog", "show", *options)
        assert shown.returncode == 1
        assert shown.stderr == "puas: no catalog has been applied yet: `puas catalog apply FILE`\n"


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path, env: dict[str, str]) -> None:
    assert puas(env, "catalog", "check", tmp_path / "none.yaml").returncode == 2
