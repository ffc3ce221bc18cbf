"""Keeps programs running: a dead one is restarted with growing pauses, all are stopped together."""

import queue
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from puas.child import Child, Exit, Program

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 60.0
STOP_SECONDS = 20.0
ECHO_SECONDS = 1.0
"""A signal this soon after the first is the same wish told twice (by a terminal and a wrapper, say)."""


class Supervisor:
    """Runs programs until told to stop.

    `say` gets a sentence for the operator, `line` each line of a program's output with the program's name.
    """

    def __init__(
        self, programs: Sequence[Program], say: Callable[[str], None], line: Callable[[str, str], None]
    ) -> None:
        self._programs = {program.name: program for program in programs}
        self._say = say
        self._line = line
        self._children: dict[str, Child] = {}
        self._started: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._due: dict[str, float] = {}
        # A SimpleQueue may be put to from a signal handler; an Event may deadlock there.
        self._events: queue.SimpleQueue[Exit | signal.Signals] = queue.SimpleQueue()

    def run(self) -> None:
        """Start every program, keep them running until SIGINT, SIGTERM or SIGHUP, then stop them.

        A program that ended with a code it is to stay down after is left alone. Call from the main thread.
        """
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN or number is not signal.SIGHUP:
                signal.signal(number, self._asked)
        try:
            for name in self._programs:
                self._start(name)
            self._keep_running()
            self._stop()
        finally:
            for child in self._children.values():
                child.kill()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        self._events.put(signal.Signals(number))

    def _start(self, name: str) -> None:
        self._due.pop(name, None)
        self._started[name] = time.monotonic()
        self._children[name] = Child(self._programs[name], self._line, self._events.put)

    def _next(self, until: float | None) -> Exit | signal.Signals | None:
        try:
            return self._events.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None

    def _keep_running(self) -> None:
        while True:
            event = self._next(min(self._due.values(), default=None))
            if isinstance(event, signal.Signals):
                return
            if event is not None:
                self._restart_later(event)
            for name in [name for name, due in self._due.items() if due <= time.monotonic()]:
                self._start(name)

    def _restart_later(self, end: Exit) -> None:
        del self._children[end.name]
        final = self._programs[end.name].stays_down.get(end.code)
        if final is not None:
            if final:
                self._say(f"{end.name} ended: {final}{_indented(end.last_lines)}")
            return
        if time.monotonic() - self._started[end.name] >= STEADY_SECONDS:
            self._pauses.pop(end.name, None)
        pause = self._pauses.get(end.name, FIRST_PAUSE)
        self._pauses[end.name] = min(pause * 2, LONGEST_PAUSE)
        self._due[end.name] = time.monotonic() + pause
        quiet = end.code in (
            -signal.SIGKILL,
            -signal.SIGTERM,
        )  # from outside: its last lines say nothing
        said = "" if quiet else _indented(end.last_lines)
        self._say(f"{end.name} ended: {end.reason()}. Starting it again in {pause:g} s.{said}")

    def _stop(self) -> None:
        for child in self._children.values():
            child.terminate()
        asked = time.monotonic()
        deadline = asked + STOP_SECONDS
        while self._children:
            event = self._next(deadline)
            if isinstance(event, Exit):
                del self._children[event.name]
                continue
            if event is not None and time.monotonic() - asked < ECHO_SECONDS:
                continue
            names = " and ".join(self._children)
            self._say(f"{names} did not end in {STOP_SECONDS:g} s: killed." if event is None else f"{names}: killed.")
            for child in self._children.values():
                child.kill()
            deadline = time.monotonic() + STOP_SECONDS


def _indented(lines: Sequence[str]) -> str:
    return "".join(f"\n    {line}" for line in lines)
