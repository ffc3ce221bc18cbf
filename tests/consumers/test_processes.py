"""Whole consuming processes: killed, stopped, in competition, wrongly set."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

from readmodel.database import writing
from schemas.catalog import to_document
from schemas.feedback import Feedback
from tests.consumers.conftest import Opening
from tests.consumers.pairs import PATIENCE, Pair, eventually
from tests.consumers.visits import CATALOG, feedback, poison, questionnaires
from tests.servers.ports import free_port


class Process:
    """A running consumer; what it says goes to a file."""

    def __init__(self, environment: dict[str, str], output: Path, brake: int = 50) -> None:
        self.port = int(environment["PUAS_METRICS_PORT"])
        self._output = output
        with output.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.consumers.consuming", str(brake)],
                env=os.environ | environment,
                stdout=file,
                stderr=file,
            )

    def said(self) -> str:
        """What it has written so far."""
        return self._output.read_text()

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal it; its exit code."""
        self.process.send_signal(how)
        return self.exit_code()

    def exit_code(self) -> int:
        """Wait for its end."""
        return self.process.wait(PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page of its metrics port; 0 while nothing listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""


Starting = Callable[..., Process]


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starting]:
    """Starts consumers that don't outlive the test."""
    with ExitStack() as started:

        def start(pair: Pair, brake: int = 50, **settings: str) -> Process:
            own = {"PUAS_DATA_DIR": str(tmp_path), "PUAS_METRICS_PORT": str(free_port())}
            process = Process(own | pair.environment() | settings, tmp_path / "consumer.txt", brake)
            started.callback(process.process.wait)
            started.callback(process.process.kill)
            return process

        yield start


@contextlib.contextmanager
def feeding(pair: Pair) -> Iterator[list[Feedback]]:
    """Feedback is put into the log for as long as the block runs; every tenth goes in twice."""
    sent: list[Feedback] = []
    stop = threading.Event()

    def feed() -> None:
        seed = 0
        while not stop.wait(0.03):  # else it outruns the consumers
            more = questionnaires(10, seed)
            pair.put(*more, more[0])
            sent.extend(more)
            seed += 1

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield sent
    finally:
        stop.set()
        thread.join()


def test_sigterm_and_ctrl_c_end_it_in_order(embedded: Pair, starting: Starting) -> None:
    """With exit code 0, and what it has read stored."""
    for how in (signal.SIGTERM, signal.SIGINT):
        before = embedded.stored()
        embedded.put(*(feedback() for _ in range(10)))
        consumer = starting(embedded)
        eventually(lambda: embedded.stored() == before + 10)  # noqa: B023 - looked at within this turn
        assert consumer.end(how) == 0, consumer.said()


def test_sigterm_is_obeyed_while_the_database_is_away(embedded: Pair, starting: Starting) -> None:
    """An operator who stops everything need not start the database for it."""
    consumer = starting(embedded, PUAS_DATABASE="postgresql+psycopg://nobody@127.0.0.1:1/none")
    eventually(lambda: "waiting" in consumer.said())
    assert consumer.get("/livez")[0] == 200
    assert consumer.get("/readyz")[0] == 503
    assert consumer.end() == 0


def test_kill_9_at_any_moment_neither_loses_nor_repeats(pair: Pair, starting: Starting) -> None:
    """Six kills while feedback keeps coming; then one consumer finds everything that is left."""
    chance = random.Random(7)
    with feeding(pair) as sent:
        for _ in range(6):
            consumer = starting(pair)
            goal = pair.stored() + chance.randint(1, 150)
            eventually(lambda: pair.stored() >= goal)  # noqa: B023 - looked at within this turn
            consumer.end(signal.SIGKILL)
    last = starting(pair)
    eventually(lambda: pair.stored() == len(sent))
    eventually(lambda: last.get("/readyz")[0] == 200)
    assert last.end() == 0, last.said()
    pair.assert_counted_once(sent)


def test_three_processes_on_one_log_count_everything_once(pair: Pair, starting: Starting) -> None:
    """They share it, and who is left takes over from who ends."""
    consumers = [starting(pair) for _ in range(3)]
    with feeding(pair) as sent:
        eventually(lambda: pair.stored() > 100)
        eventually(lambda: all(consumer.get("/livez")[0] == 200 for consumer in consumers))
        assert consumers[0].end() == 0
        eventually(lambda: pair.stored() > 300)
        consumers[1].end(signal.SIGKILL)
        gone_at = len(sent)
        eventually(lambda: pair.stored() > gone_at)
    eventually(lambda: pair.stored() == len(sent))
    assert consumers[2].end() == 0
    pair.assert_counted_once(sent)


def test_the_brake_ends_the_process_with_3_and_says_how_to_go_on(embedded: Pair, starting: Starting) -> None:
    """Again at once after a restart, until the limit is lifted."""
    embedded.put(*poison(50), feedback())
    for _ in range(2):
        consumer = starting(embedded)
        assert consumer.exit_code() == 3, consumer.said()
    assert "puas consume --brake 0" in consumer.said()
    assert "Traceback" not in consumer.said()
    assert embedded.stored() == 0
    released = starting(embedded, 0)
    eventually(lambda: (embedded.stored(), embedded.dead()) == (1, 50))
    assert released.end() == 0


def test_it_applies_its_catalog_file_before_it_counts(opening: Opening, starting: Starting, tmp_path: Path) -> None:
    """On an empty database: tables, catalog, then feedback."""
    pair = opening(f"sqlite:///{tmp_path}/log.db", f"sqlite:///{tmp_path}/puas.db", {})
    file = tmp_path / "catalog.yaml"
    file.write_text(yaml.safe_dump(to_document(CATALOG)))
    pair.put(feedback())
    consumer = starting(pair, PUAS_CATALOG=str(file))
    eventually(lambda: consumer.get("/readyz")[0] == 200)
    eventually(lambda: pair.stored() == 1)
    assert consumer.end() == 0


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PUAS_EVENT_LOG": "kafka://nowhere"}, "PUAS_EVENT_LOG"),
        ({"PUAS_EVENT_LOG": "kafka://127.0.0.1:1/t", "PUAS_KAFKA_NONSENSE": "1"}, "PUAS_KAFKA_NONSENSE"),
        ({"PUAS_DATABASE": "sqlite:///:memory:"}, "PUAS_DATABASE"),
        ({"PUAS_CATALOG": "/nowhere/catalog.yaml"}, "/nowhere/catalog.yaml"),
    ],
)
def test_a_wrong_setting_ends_it_with_2_and_one_line_that_names_it(
    settings: dict[str, str], named: str, embedded: Pair, starting: Starting
) -> None:
    """Not a traceback, and not a process that waits for ever."""
    consumer = starting(embedded, **settings)
    assert consumer.exit_code() == 2, consumer.said()
    (line,) = consumer.said().splitlines()
    assert named in line


def test_a_database_file_that_is_none_ends_it_with_2_and_one_line(
    embedded: Pair, starting: Starting, tmp_path: Path
) -> None:
    """To start again would not help."""
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"this was never a database\n" * 1000)
    consumer = starting(embedded, PUAS_DATABASE=f"sqlite:///{garbage}")
    assert consumer.exit_code() == 2, consumer.said()
    assert "Traceback" not in consumer.said()
    assert "PUAS_DATABASE" in consumer.said().splitlines()[-1]
    assert "file is not a database" in consumer.said().splitlines()[-1]


def test_a_database_that_is_spoiled_while_it_is_used_ends_it_with_2(embedded: Pair, starting: Starting) -> None:
    """As when somebody drops a table: one line, and no restart that would end the same."""
    embedded.put(feedback())
    consumer = starting(embedded)
    eventually(lambda: embedded.stored() == 1)
    with writing(embedded.engine) as conn:
        conn.execute(text("DROP TABLE cells"))
    embedded.put(feedback())
    assert consumer.exit_code() == 2, consumer.said()
    assert "Traceback" not in consumer.said()
    assert "no such table: cells" in consumer.said().splitlines()[-1]


def test_a_port_in_use_ends_it_with_2_and_names_the_setting(embedded: Pair, starting: Starting) -> None:
    """Two consumers on one host need two ports."""
    first = starting(embedded)
    eventually(lambda: first.get("/livez")[0] == 200)
    second = starting(embedded, PUAS_METRICS_PORT=str(first.port))
    assert second.exit_code() == 2
    assert "PUAS_METRICS_PORT" in second.said()
    assert first.end() == 0


def test_a_log_replaced_while_it_is_read_ends_it_with_2(embedded: Pair, starting: Starting, tmp_path: Path) -> None:
    """Positions of the old log mean nothing in the new; a start reads the new one from its first record."""
    embedded.put(feedback())
    consumer = starting(embedded)
    eventually(lambda: embedded.stored() == 1)
    embedded.log.close()
    for name in ("log.db", "log.db-wal", "log.db-shm"):
        with contextlib.suppress(FileNotFoundError):
            (tmp_path / name).unlink()
    assert consumer.exit_code() == 2, consumer.said()
    assert "log.db was replaced by another log" in consumer.said()
    assert "Traceback" not in consumer.said()


def test_it_serves_nothing_but_metrics_and_health(embedded: Pair, starting: Starting) -> None:
    """Anything else is not found."""
    consumer = starting(embedded)
    eventually(lambda: consumer.get("/readyz") == (200, '{"status": "ok"}'))
    assert consumer.get("/livez") == (200, '{"status": "ok"}')
    assert consumer.get("/metrics")[0] == 200
    assert consumer.get("/")[0] == 404
    assert consumer.end() == 0
