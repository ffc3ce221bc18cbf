"""The real HTTP process, started and ended as an operator does."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.servers.ports import free_port

LIMIT_S = 30.0
PROGRAM = """
import os
from feedback_api.server import serve
from runtime import logs
from runtime.settings import from_environment
logs.configure("json", "api")
serve(from_environment(os.environ))
"""


def wait_until(what: str, condition: Callable[[], bool]) -> None:
    """Return when the condition holds; fails, naming `what`, when it does not in time."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


class Server:
    """A running server over the data in `directory`."""

    def __init__(self, directory: Path, **variables: str) -> None:
        self.port = free_port()
        self._log = directory / f"api-{self.port}.log"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PUAS_")}
        plain.pop("PROMETHEUS_MULTIPROC_DIR", None)
        own = {"PUAS_DATA_DIR": str(directory), "PUAS_PORT": str(self.port), "PUAS_WORKERS": "2"}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM], env=plain | own | variables, stdout=log, stderr=log
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        children = self.workers()
        self.process.kill()
        self.process.wait()
        for pid in children:
            _kill(pid)

    @property
    def said(self) -> str:
        """What it logged so far."""
        return self._log.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        """Wait for /readyz."""

        def ready() -> bool:
            assert self.process.poll() is None, self.said
            try:
                return self.request("GET", "/readyz")[0] == 200
            except OSError:
                return False

        wait_until(f"/readyz\n{self.said}", ready)

    def request(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and body (parsed when it is JSON) of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        try:
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, path, content, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if "json" in answer.headers["Content-Type"] else text
        finally:
            connection.close()

    def metric(self, line: str) -> float:
        """The value of one line of /metrics, 0 when it is not there."""
        lines = self.request("GET", "/metrics")[1].splitlines()
        return next((float(found.rpartition(" ")[2]) for found in lines if found.rpartition(" ")[0] == line), 0.0)

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and its workers as a terminal does, wait for its end; the exit code."""
        targets = [self.process.pid, *(self.workers() if number is signal.SIGINT else ())]
        for pid in targets:
            os.kill(pid, number)
        return self.process.wait(LIMIT_S)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
