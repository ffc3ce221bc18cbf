"""Commands that look at, feed and rebuild a running system, all on one `puas up`."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from eventlog import Record, open_log
from tests.puas.running import Up, environment, puas, wait_for


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return environment(tmp_path_factory.mktemp("system"))


@pytest.fixture(scope="module")
def system(env: dict[str, str]) -> Iterator[Up]:
    """A running system with the example catalog."""
    with Up(env) as up:
        up.wait_until_running()
        yield up
        up.child("api")
        up.child("consume")
        assert up.stop() == 0
        assert up.family() == []


def number(name: str, output: str) -> int:
    """The count that `puas simulate` printed beside `name`."""
    match = re.search(rf"^{name} +([\d,]+)", output, re.MULTILINE)
    assert match is not None, output
    return int(match[1].replace(",", ""))


def test_simulated_visitors_are_all_accepted_and_each_is_counted_once(env: dict[str, str], system: Up) -> None:
    before = system.counted()
    arguments = ("--visitors", "150", "--duplicates", "0.3", "--days", "30", "--seed", "4")
    done = puas(env, "simulate", "--url", system.url, *arguments)
    assert done.returncode == 0, done.stderr
    sent = number("sent", done.stdout)
    assert sent > 150
    assert number("accepted", done.stdout) + number("spooled", done.stdout) == sent
    assert number("refused", done.stdout) == 0
    wait_for("every visitor to be counted once", lambda: system.counted() == before + 150)


def test_a_rate_paces_the_visitors(env: dict[str, str], system: Up) -> None:
    done = puas(env, "simulate", "--url", system.url, "--rate", "20", "--seconds", "1")
    assert done.returncode == 0, done.stderr
    assert number("sent", done.stdout) == 20


@pytest.mark.usefixtures("system")
def test_doctor_finds_everything_well_while_it_runs(env: dict[str, str]) -> None:
    def without_lag() -> subprocess.CompletedProcess[str] | None:
        done = puas(env, "doctor")
        return done if "every record of the log is counted" in done.stdout else None

    checked = wait_for("no lag", without_lag)
    assert checked.returncode == 0
    statuses = re.findall(r"^  (ok|warn|fail) +(.+?)  ", checked.stdout, re.MULTILINE)
    assert {status for status, _ in statuses} == {"ok"}, checked.stdout
    names = {name for _, name in statuses}
    assert names >= {"event log", "database", "catalog", "lag", "dead letters", "spool", "API", "consumer"}
    assert re.search(rf"PUAS_PORT +{env['PUAS_PORT']}\n", checked.stdout)
    assert "PUAS_HOST              127.0.0.1 (default)" in checked.stdout


@pytest.mark.parametrize("options", [(), ("--from-log",)], ids=["tallies", "from-log"])
def test_a_replay_is_byte_identical_and_keeps_the_count(env: dict[str, str], system: Up, options: tuple[str]) -> None:
    system.post()
    before = system.counted()
    done = puas(env, "replay", *options)
    assert done.returncode == 0, done.stderr
    assert "byte-identical to what it replaced." in done.stdout
    wait_for("the same count", lambda: system.counted() >= before)


@pytest.mark.usefixtures("system")
def test_dead_letters_are_listed_and_retried(env: dict[str, str]) -> None:
    log = open_log(f"sqlite:///{env['PUAS_DATA_DIR']}/log.db", {})
    log.append([Record(b"loket", b"\xff no feedback")], 5.0)
    log.close()

    def listed() -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(puas(env, "dead-letters", "list", "--json").stdout)
        return found

    (record,) = wait_for("the dead letter", listed)
    assert record["reason"] == "not_json"
    assert record["value"] == "/yBubyBmZWVkYmFjaw=="
    shown = puas(env, "dead-letters", "list").stdout
    assert shown.startswith(f"{record['id']}  not_json: ")
    assert "key b'loket', 13 bytes: b'\\xff no feedback'" in shown
    doctor = puas(env, "doctor")
    assert doctor.returncode == 0
    assert "  warn  dead letters  not_json 1: see `puas dead-letters list`" in doctor.stdout
    retried = puas(env, "dead-letters", "retry", str(record["id"]))
    assert retried.returncode == 0
    assert "Appended 1 record again" in retried.stdout
    assert "1/1 record " in f"{retried.stderr} "
    assert "records" not in retried.stderr
    wait_for("the new dead letter", lambda: [each for each in listed() if each["id"] != record["id"]])
    again = puas(env, "dead-letters", "retry", str(record["id"]), "7:7")
    assert again.returncode == 1
    assert f"  {record['id']} not tried: it has been tried again already" in again.stderr
    assert "  7:7 not tried: there is no such dead letter" in again.stderr
    assert again.stderr.endswith("puas: 2 records were not tried\n")
    assert puas(env, "dead-letters", "retry", "7:7").stderr.endswith("puas: 1 record was not tried\n")


@pytest.mark.usefixtures("system")
def test_retrying_when_nothing_waits_shows_no_empty_bar(env: dict[str, str]) -> None:
    done = puas(env, "dead-letters", "retry", "--all", "--reason", "not_storable")
    assert (done.returncode, done.stdout) == (0, "No dead letters wait to be tried again.\n")
    assert done.stderr.strip() == ""


@pytest.mark.parametrize("command", [("list",), ("retry", "--all")], ids=" ".join)
def test_a_reason_that_does_not_exist_is_refused_with_those_that_do(env: dict[str, str], command: tuple[str]) -> None:
    done = puas(env, "dead-letters", *command, "--reason", "unknown_service")
    assert done.returncode == 2
    assert "'unknown_service' is not one of 'not_json'" in done.stderr
    assert "unknown_catalog_entry" in done.stderr
    assert "--reason unknown_catalog_entry" in puas(env, "dead-letters", "--help").stdout


def test_a_catalog_change_is_seen_without_a_restart(env: dict[str, str], system: Up, tmp_path: Path) -> None:
    shown = puas(env, "catalog", "show").stdout
    path = tmp_path / "catalog.yaml"
    path.write_text(shown.replace("Pengaduan masyarakat", "Pengaduan dan saran"), encoding="utf-8")
    assert puas(env, "catalog", "apply", path).returncode == 0
    wait_for("the new name", lambda: "Pengaduan dan saran" in json.dumps(system.get("/v1/catalog")))
