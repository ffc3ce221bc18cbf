"""`puas api` and `puas consume` run and end by themselves, too."""

import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from eventlog import Record, open_log
from puas.catalog import EXAMPLE
from puas.readiness import not_ready
from tests.puas.running import LIMIT, PUAS, environment, puas, wait_for


@contextmanager
def running(env: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command, killed at the end of the block if it has not ended."""
    with subprocess.Popen([PUAS, *arguments], env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ready(health: str) -> bool:
    """Whether the process is at work."""
    return not_ready(health) is None


def poison(env: Mapping[str, str], count: int) -> None:
    """Put records into the log that no consumer can use."""
    log = open_log(f"sqlite:///{env['PUAS_DATA_DIR']}/log.db", {})
    log.append([Record(b"k", b"no feedback")] * count, 5.0)
    log.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_each_process_serves_its_health_applies_the_catalog_and_ends_with_0(tmp_path: Path, number: int) -> None:
    for command, variable in (("api", "PUAS_PORT"), ("consume", "PUAS_METRICS_PORT")):
        env = environment(tmp_path / command, PUAS_CATALOG=str(EXAMPLE))
        health = f"http://127.0.0.1:{env[variable]}/readyz"
        with running(env, command) as process:
            wait_for(command, partial(ready, health))
            assert "# version 1: " in puas(env, "catalog", "show").stdout
            process.send_signal(number)
            assert process.wait(LIMIT) == 0


def test_the_brake_is_exit_code_3_at_the_number_given(tmp_path: Path) -> None:
    env = environment(tmp_path, PUAS_CATALOG=str(EXAMPLE))
    poison(env, 5)
    with running(env, "consume", "--brake", "5") as process:
        assert process.wait(LIMIT) == 3
        assert process.stderr is not None
        assert "stopped by the brake: 5 records in a row" in process.stderr.read()


def test_without_a_brake_the_consumer_goes_on(tmp_path: Path) -> None:
    env = environment(tmp_path, PUAS_CATALOG=str(EXAMPLE))
    poison(env, 60)
    with running(env, "consume", "--brake", "0") as process:
        wait_for("60 dead letters", lambda: puas(env, "doctor").stdout.count("not_json 60"))
        process.terminate()
        assert process.wait(LIMIT) == 0
