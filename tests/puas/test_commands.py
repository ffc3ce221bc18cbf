"""One-shot commands end with one clear line and an exit code that means something."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.puas.running import environment, puas
from tests.servers.ports import free_port

COMMANDS = (
    ("up",),
    ("api",),
    ("consume",),
    ("catalog",),
    ("catalog", "check"),
    ("catalog", "apply"),
    ("catalog", "show"),
    ("simulate",),
    ("replay",),
    ("dead-letters",),
    ("dead-letters", "list"),
    ("dead-letters", "retry"),
    ("doctor",),
    ("key",),
    ("key", "create"),
    ("key", "list"),
    ("key", "revoke"),
    ("period",),
    ("period", "close"),
    ("period", "list"),
    ("period", "show"),
    ("period", "check"),
    ("period", "post"),
    ("import",),
    ("recompute",),
    ("report",),
)
ONE_SHOT = (
    ("catalog", "show"),
    ("catalog", "show", "--history"),
    ("replay",),
    ("replay", "--from-log"),
    ("dead-letters", "list"),
    ("dead-letters", "retry", "--all"),
    ("key", "list"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(tmp_path: Path, command: tuple[str, ...]) -> None:
    shown = puas(environment(tmp_path), *command, "--help")
    assert shown.returncode == 0
    assert shown.stdout.startswith(f"Usage: puas {' '.join(command)}")
    assert len(shown.stdout.splitlines()) > 5


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    program = "import sys; from puas.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert "Start everything" in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"sqlalchemy", "flask", "kafka", "marshmallow", "rich", "prometheus_client", "yaml"}


def test_python_m_puas_is_the_same_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "puas", "--version"], env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.stdout.startswith("puas ")


@pytest.mark.parametrize("command", ONE_SHOT, ids=" ".join)
def test_a_database_that_is_away_is_one_clear_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    database = f"postgresql+psycopg://puas:s3cret@127.0.0.1:{free_port()}/puas"
    done = puas(environment(tmp_path, PUAS_DATABASE=database), *command)
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1]
    assert line.startswith("puas: the database postgresql+psycopg://puas:***@127.0.0.1")
    assert "can't be reached" in line
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


def test_an_event_log_that_is_away_is_one_clear_line(tmp_path: Path) -> None:
    for command in (("replay", "--from-log"), ("dead-letters", "list"), ("dead-letters", "retry", "--all")):
        done = puas(environment(tmp_path, PUAS_EVENT_LOG=f"kafka://127.0.0.1:{free_port()}/feedback"), *command)
        assert done.returncode == 1, done.stderr
        assert "the event log kafka://127.0.0.1" in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "--seconds", "3"),
        ("simulate", "--seconds", "3", "--rate", "2", "--visitors", "9"),
        ("simulate", "--days", "31"),
        ("replay", "--allow-loss"),
        ("dead-letters", "retry"),
        ("dead-letters", "retry", "0:1", "--all"),
        ("dead-letters", "retry", "17"),
        ("catalog", "show", "--history", __file__),
        ("consume", "--brake", "-1"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = puas(environment(tmp_path), *arguments)
    assert done.returncode == 2
    assert "Error: " in done.stderr


def test_simulating_without_an_api_says_where_it_looked(tmp_path: Path) -> None:
    env = environment(tmp_path)
    done = puas(env, "simulate")
    assert done.returncode == 1
    assert f"http://127.0.0.1:{env['PUAS_PORT']}/v1/catalog no answer: Connection refused" in done.stderr
