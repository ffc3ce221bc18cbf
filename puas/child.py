"""One supervised process: started in its own process group, its output passed on, its end reported."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

LAST_LINES = 5
LEFTOVER_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: `puas` with these arguments, shown under this name.

    `stays_down` maps an exit code after which it must not be started again to what the operator is told then (nothing
    for "").
    """

    name: str
    arguments: tuple[str, ...]
    stays_down: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exit:
    """How a child ended; `code` is the exit code, or minus the signal's number."""

    name: str
    code: int
    last_lines: tuple[str, ...]

    def reason(self) -> str:
        """The end in words.

        >>> Exit("api", -9, ()).reason()
        'killed by SIGKILL'
        """
        if self.code < 0:
            return f"killed by {signal.Signals(-self.code).name}"
        return f"exit code {self.code}"


class Child:
    """A running Program. Its own process group keeps the terminal's Ctrl-C from reaching it twice.

    Its standard input is a pipe that ends when this process ends, by whatever means: the program is told to
    stop then. `line` gets each line of output; `ended` is called once, from a thread, when the process and what it
    started are gone.
    """

    def __init__(self, program: Program, line: Callable[[str, str], None], ended: Callable[[Exit], None]) -> None:
        self.program = program
        self._line = line
        self._ended = ended
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        environment = {name: value for name, value in os.environ.items() if name != "PUAS_CATALOG"}
        self._process = subprocess.Popen(  # noqa: S603 - this program again
            [sys.executable, "-m", "puas", *program.arguments, "--end-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment | {"PYTHONUNBUFFERED": "1"},
            process_group=0,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        threading.Thread(target=self._wait, daemon=True).start()

    @property
    def pid(self) -> int:
        """The process id, also the id of its process group."""
        return self._process.pid

    def terminate(self) -> None:
        """Ask the process to finish what it holds and end."""
        self._process.terminate()

    def kill(self) -> None:
        """End the process and everything it started, now."""
        self._signal_group(signal.SIGKILL)

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._last.append(line.rstrip("\n"))
            self._line(self.program.name, line.rstrip("\n"))

    def _wait(self) -> None:
        code = self._process.wait()
        self._signal_group(signal.SIGTERM)
        self._reader.join(LEFTOVER_SECONDS)  # the output ends when the last process that writes to it has ended
        if self._reader.is_alive():
            self.kill()
            self._reader.join(LEFTOVER_SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._ended(Exit(self.program.name, code, tuple(self._last)))

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
