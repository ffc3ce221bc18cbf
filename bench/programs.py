"""Starting a server that is not an Installation, and waiting until it answers."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_READY_WITHIN = 60.0
_ROOT = Path(__file__).parent.parent


class Program:
    """A Python module run as a server; what it says goes to a file in `folder`."""

    def __init__(self, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
        self._log = folder / "output.log"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PUAS_")}
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=_ROOT,
                env={**inherited, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return when `ready()`. Raises RuntimeError, with what the program said, when that does not come."""
        deadline = time.monotonic() + _READY_WITHIN
        while not ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"it did not start:\n{self._log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in order."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def status(port: int, path: str) -> int:
    """What a GET to 127.0.0.1:`port` is answered with; 0 while nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
