"""An installation as an operator starts it: the `puas` command with environment variables, and nothing else."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.servers.ports import free_port

CATALOG = Path(__file__).with_name("catalog.yaml")
PUAS = Path(sys.executable).with_name("puas")
NO_HEADERS: Mapping[str, str] = {}


def _pause() -> None:
    time.sleep(0.05)


def eventually(
    what: str, holds: Callable[[], object], within: float = 60.0, pause: Callable[[], None] = _pause
) -> None:
    """Wait until `holds()` is true, looking again after each `pause`; fail with `what` after `within` seconds."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        pause()


class Process:
    """One `puas` process in a group of its own, so that a kill takes its workers too, as a power cut would."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                [str(PUAS), *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, number)

    def kill(self) -> None:
        """End it at once, workers and all."""
        self.signal(signal.SIGKILL)
        self._popen.wait(20)

    def terminate(self) -> int:
        """Ask it to end as an init system would; its exit status."""
        self._popen.terminate()
        return self.exit_status()

    def exit_status(self, within: float = 40.0) -> int:
        """Wait for its end; its exit status."""
        try:
            return self._popen.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end within {within:.0f} s:\n{self.said()}") from None

    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._popen.poll() is None

    def said(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text(errors="replace")[-4000:]


class Installation:
    """One event log, one database, an API and any number of consumers."""

    def __init__(self, directory: Path, event_log: str, database: str, **variables: str) -> None:
        self._directory = directory
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PUAS_")} | {
            "PUAS_DATA_DIR": str(directory / "data"),
            "PUAS_PORT": str(self.port),
            "PUAS_CATALOG": str(CATALOG),
            "PUAS_EVENT_LOG": event_log,
            "PUAS_DATABASE": database,
            "PUAS_SECRET_KEY": "a-secret-of-the-tests-and-of-nobody-else",
            **variables,
        }
        self.database = database.replace("{data}", str(directory / "data"))
        self.processes: list[Process] = []
        self._key = ""

    @property
    def address(self) -> tuple[str, int]:
        """Where the API listens."""
        return ("127.0.0.1", self.port)

    def start_api(self) -> Process:
        """Start the API and wait until it takes work."""
        api = self._start(["api"], {}, "api.log")
        eventually(f"the API takes work\n{api.log}", lambda: _get(self.port, "/readyz")[0] == 200 or _ended(api))
        return api

    def start_consumer(self, *options: str, ready: bool = True) -> Process:
        """Start one more consumer; with `ready`, wait until it counts."""
        port = free_port()
        number = len(self.processes)
        consumer = self._start(["consume", *options], {"PUAS_METRICS_PORT": str(port)}, f"consumer-{number}.log")
        if ready:
            eventually(
                f"a consumer counts\n{consumer.log}", lambda: _get(port, "/readyz")[0] == 200 or _ended(consumer)
            )
        return consumer

    def run(self, *arguments: str, within: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run one `puas` command to its end."""
        return subprocess.run(
            [str(PUAS), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    @property
    def key(self) -> str:
        """A key with every right, made when it is first asked for."""
        if not self._key:
            scopes = ("--scope", "read", "--scope", "export", "--scope", "close")
            made = self.run("key", "create", "Pengujian", *scopes)
            assert made.returncode == 0, made.stderr
            self._key = made.stdout.strip()
        return self._key

    def get(self, path: str) -> Any:
        """The JSON that the API answers to a GET with a key."""
        return json.loads(self.text(path))

    def text(self, path: str) -> str:
        """What the API answers to a GET with a key."""
        status, body = _get(self.port, path, {"Authorization": f"Bearer {self.key}"})
        assert status == 200, (status, body)
        return body

    def post(self, path: str, document: object) -> tuple[int, Any]:
        """Status and JSON of the answer to a POST."""
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        connection.request("POST", path, json.dumps(document), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        return answer.status, said

    def close(self) -> None:
        """End everything that still runs."""
        for process in self.processes:
            if process.running():
                process.signal(signal.SIGCONT)
                process.kill()

    def _start(self, arguments: list[str], variables: dict[str, str], log: str) -> Process:
        self._directory.mkdir(parents=True, exist_ok=True)
        process = Process(arguments, self.environment | variables, self._directory / log)
        self.processes.append(process)
        return process


def _get(port: int, path: str, headers: Mapping[str, str] = NO_HEADERS) -> tuple[int, str]:
    """Status and body of a GET; status 0 while nothing listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def _ended(process: Process) -> bool:
    assert process.running(), process.said()
    return False


@contextlib.contextmanager
def installed(installation: Installation) -> Iterator[Installation]:
    """The installation; whatever happens, nothing of it goes on running."""
    try:
        yield installation
    finally:
        installation.close()
