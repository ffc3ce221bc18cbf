"""The real `puas` command as a test starts it: its own folder and ports, nothing of this shell's settings."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar
from uuid import uuid4

from tests.servers.ports import free_port

PUAS = Path(sys.executable).with_name("puas")
LIMIT = 60.0
Found = TypeVar("Found")


def environment(directory: Path, **settings: str) -> dict[str, str]:
    """This shell's environment with no PUAS_ variable but a data folder, free ports and `settings`."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PUAS_")}
    ports = {"PUAS_PORT": str(free_port()), "PUAS_METRICS_PORT": str(free_port())}
    return plain | {"PUAS_DATA_DIR": str(directory / "data"), "PUAS_WORKERS": "1"} | ports | settings


def puas(env: Mapping[str, str], *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([PUAS, *arguments], env=env, cwd=cwd, capture_output=True, text=True, timeout=LIMIT)


def wait_for(what: str, condition: Callable[[], Found | None], limit: float = LIMIT) -> Found:
    """The condition's first true value; fails, naming `what`, when there is none in time."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {limit:g} s in vain for {what}")


@dataclass(frozen=True)
class Process:
    """A living process as the kernel lists it."""

    pid: int
    parent: int
    group: int
    command: str


def processes() -> list[Process]:
    """Every process that has not ended (one that only waits to be collected has)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue
        if stat[0] != "Z":
            found.append(Process(int(folder.name), int(stat[1]), int(stat[2]), command))
    return found


class Up:
    """A running `puas up`; leaving the block kills what is left of it."""

    def __init__(self, env: Mapping[str, str], cwd: Path | None = None) -> None:
        self.url = f"http://127.0.0.1:{env['PUAS_PORT']}"
        self.metrics_url = f"http://127.0.0.1:{env['PUAS_METRICS_PORT']}"
        self.process = subprocess.Popen(
            [PUAS, "up"],
            env=env,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._data_dir = (cwd or Path()) / env.get("PUAS_DATA_DIR", "var")
        self._said: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        for output in (self.process.stdout, self.process.stderr):
            threading.Thread(target=self._listen, args=(output,), daemon=True).start()
        self._groups: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            print(self.said)  # noqa: T201 - shown with the failed test
        self.child("api", must=False), self.child("consume", must=False)
        self.process.kill()
        self.process.wait()
        for process in self.family():
            os.kill(process.pid, signal.SIGKILL)

    @property
    def said(self) -> str:
        """Everything printed so far, on stdout and stderr."""
        return "".join(self._said)

    def wait_until_running(self) -> None:
        """Wait for the addresses."""
        self.wait_for_words("Puas is running")

    def wait_for_words(self, words: str, times: int = 1) -> None:
        """Wait until it has said `words` so many times; fails when it ends before."""

        def said() -> bool:
            assert self.process.poll() is None or words in self.said, f"ended early:\n{self.said}"
            return self.said.count(words) >= times

        try:
            wait_for(f"{words!r}", said)
        except AssertionError as error:
            raise AssertionError(f"{error}; it said:\n{self.said}") from None

    def child(self, command: str, must: bool = True) -> int:
        """The process id of the running `puas COMMAND`; waits for it, or gives 0 when it need not be there."""

        def found() -> int | None:
            for process in processes():
                if process.parent == self.process.pid and f" puas {command} " in f"{process.command} ":
                    self._groups.add(process.pid)
                    return process.pid
            return None

        return wait_for(f"puas {command}", found) if must else found() or 0

    def family(self) -> list[Process]:
        """The living children seen by `child`, and what they started."""
        return [process for process in processes() if process.group in self._groups]

    def stop(self, number: int = signal.SIGINT) -> int:
        """Signal its process group, as a terminal's Ctrl-C does; wait for its end, give its exit code."""
        os.killpg(self.process.pid, number)
        return self.process.wait(LIMIT)

    def answers(self, path: str) -> bool:
        """Whether a path of the API answers 200."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - a http URL of ours
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False

    @property
    def key(self) -> str:
        """The operator's key, as `puas up` keeps it on the embedded default."""
        return (self._data_dir / "operator.key").read_text().strip()

    def get(self, path: str) -> Any:
        """The JSON at a path of the API, for the operator."""
        asked = urllib.request.Request(  # noqa: S310 - a http URL of ours
            self.url + path, headers={"Authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - the same
            return json.load(answer)

    def post(self, touchpoint: str = "kiosk-ult-jatim-1", service: str = "pengaduan") -> str:
        """Give one feedback for the example catalog, as a client that retries; its event_id once it is accepted."""
        event_id = str(uuid4())
        body = {
            "event_id": event_id,
            "unit": "ult-bbpmp-jatim",
            "service": service,
            "touchpoint": touchpoint,
            "channel": "kiosk",
            "instrument": "smiley@1",
            "answers": {"kepuasan": 4},
        }
        wait_for("202", lambda: self._post(body))
        return event_id

    def counted(self) -> int:
        """How many responses of this year the indices count, both instruments together."""
        document = self.get(f"/v1/indices?period={time.localtime().tm_year}")
        return sum(item["n"] + item["excluded"] for item in document["items"])

    def _post(self, body: Mapping[str, object]) -> bool:
        content = json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - a http URL of ours
            f"{self.url}/v1/feedback", content, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
                return bool(answer.status == 202)
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise
            return False
        except (OSError, http.client.HTTPException):
            return False

    def _listen(self, output: IO[str]) -> None:
        for line in output:
            self._said.append(line)
