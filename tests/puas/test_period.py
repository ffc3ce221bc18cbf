"""`puas period`: close, list, show, check, post."""

import json
import sqlite3
from pathlib import Path

import pytest

from readmodel.database import open_database
from tests.puas.running import environment, puas
from tests.readmodel.samples import project
from tests.readmodel.test_closings import visit

CATALOG = """
units:
  - id: dukcapil
    name: Dukcapil
    timezone: Asia/Jayapura
    services:
      - {id: akta, name: Akta, instruments: [skm-2017@1]}
      - {id: ktp, name: KTP, instruments: [skm-2017@1]}
    touchpoints: [{id: kiosk-1, name: Kiosk, channel: kiosk, services: [akta, ktp]}]
"""
Q3 = ("dukcapil", "2026-Q3")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An installation that has counted 40 visits of the third quarter."""
    made = environment(tmp_path)
    (tmp_path / "catalog.yaml").write_text(CATALOG)
    assert puas(made, "catalog", "apply", tmp_path / "catalog.yaml").returncode == 0
    engine = open_database(f"sqlite:///{tmp_path}/data/puas.db")
    project(engine, [visit(number, 7 + number % 3) for number in range(40)], {0: 40})
    engine.dispose()
    return made


def test_a_closed_period_is_told_listed_shown_and_checked(env: dict[str, str]) -> None:
    closed = puas(env, "period", "close", *Q3, "--note", "Disetujui")
    assert closed.returncode == 0, closed.stderr
    assert closed.stdout.startswith("Closed 2026-Q3 of dukcapil: revision 1.\nskm-2017@1 (weights exact)\n  whole unit")
    assert "n = 36, 4 left out" in closed.stdout
    listed = puas(env, "period", "list").stdout
    assert all(word in listed for word in ("dukcapil", "2026-Q3", "Disetujui"))
    shown = puas(env, "period", "show", *Q3).stdout
    assert "log positions: 0: 40" in shown
    document = json.loads(puas(env, "period", "show", *Q3, "--json").stdout)
    assert document["digest"] in shown
    checked = puas(env, "period", "check")
    assert (checked.returncode, checked.stdout) == (0, "dukcapil 2026-Q3 revision 1: can be made again\n")


def test_closing_twice_needs_a_revision(env: dict[str, str]) -> None:
    puas(env, "period", "close", *Q3)
    again = puas(env, "period", "close", *Q3)
    assert (again.returncode, again.stderr) == (
        1,
        "puas: 2026-Q3 of dukcapil is closed already (revision 1); --revise makes a new revision\n",
    )
    assert puas(env, "period", "close", *Q3, "--revise", "--weights", "0.11").returncode == 0
    assert "revision 2" in puas(env, "period", "show", *Q3).stdout
    assert "weights exact" in puas(env, "period", "show", *Q3, "--revision", "1").stdout


def test_a_changed_response_is_told_by_check(env: dict[str, str], tmp_path: Path) -> None:
    puas(env, "period", "close", *Q3)
    with sqlite3.connect(tmp_path / "data" / "puas.db") as connection:
        connection.execute("UPDATE responses SET answers = '{\"waktu\": 4}' WHERE position = 3")
    checked = puas(env, "period", "check", "dukcapil")
    assert checked.returncode == 1
    assert "CAN'T BE MADE AGAIN: its responses are not those it counted" in checked.stdout


def test_a_result_is_noted_where_it_was_put_up(env: dict[str, str]) -> None:
    assert "there is no closing" in puas(env, "period", "post", *Q3, "Papan lobi").stderr
    puas(env, "period", "close", *Q3)
    done = puas(env, "period", "post", *Q3, "Papan lobi", "--on", "2026-10-05")
    assert done.stdout.startswith("dukcapil 2026-Q3: Papan lobi, 2026-10-05 (")
    refused = puas(env, "period", "post", *Q3, "Papan lobi", "--on", "2099-01-01")
    assert (refused.returncode, "can't have been put up on 2099-01-01" in refused.stderr) == (1, True), refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("close", "dukcapil", "2026-W10"), 2, "'2026-W10' is no period to close"),
        (("close", "dukcapil", "2999"), 1, "2999 of dukcapil is not over: it ends at 3000-01-01"),
        (("close", "nowhere", "2026-Q3"), 1, "the catalog has no unit 'nowhere'"),
        (("close", *Q3, "--revise"), 1, "has not been closed yet"),
        (("close", *Q3, "--weights", "0.071"), 1, "fits none of the questionnaires skm-2017@1"),
        (("show", *Q3), 1, "there is no closing of 2026-Q3 of dukcapil"),
        (("post", *Q3, " "), 2, "PLACE is empty"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(env: dict[str, str], arguments: tuple[str, ...], code: int, line: str) -> None:
    done = puas(env, "period", *arguments)
    assert (done.returncode, line in done.stderr) == (code, True), done.stderr


def test_the_list_names_the_ikm_of_the_regulations_questionnaire_before_that_of_an_own_one(
    env: dict[str, str], tmp_path: Path
) -> None:
    own = """
instruments:
  - id: aplikasi@1
    name: {id: Aplikasi, en: App}
    answers: {1: {id: Buruk, en: Poor}, 2: {id: Baik, en: Good}}
    elements: [{key: mudah, code: T1, name: {id: Kemudahan, en: Ease}}]
    questions: [{key: mudah, element: mudah, text: {id: Mudah, en: Easy}}]
"""
    (tmp_path / "catalog.yaml").write_text(own + CATALOG.replace("[skm-2017@1]", "[skm-2017@1, aplikasi@1]"))
    assert puas(env, "catalog", "apply", tmp_path / "catalog.yaml").returncode == 0
    engine = open_database(f"sqlite:///{tmp_path}/data/puas.db")
    app = [visit(number, instrument="aplikasi@1", answers={"mudah": 2}) for number in range(40, 60)]
    project(engine, app, {0: 60})
    engine.dispose()
    shown = puas(env, "period", "close", *Q3).stdout
    assert "index 2.0000  n = " in shown
    whole = shown.partition("skm-2017@1")[2].partition("IKM ")[2].split()[0]
    assert whole in puas(env, "period", "list").stdout
