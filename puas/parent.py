"""A child process that ends with its supervisor, however the supervisor ended."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

P = ParamSpec("P")
GRACE_SECONDS = 10.0


def supervised(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command the hidden flag --end-with-stdin, with which `puas up` starts it."""

    @click.option("--end-with-stdin", "has_supervisor", is_flag=True, hidden=True)
    @wraps(command)
    def watched(*args: P.args, **kwargs: P.kwargs) -> None:
        if kwargs.pop("has_supervisor"):
            _end_with_stdin()
        command(*args, **kwargs)

    return watched


def _end_with_stdin() -> None:
    """Watch standard input, a pipe whose other end only the supervisor holds.

    End of file means that the supervisor is gone, even by SIGKILL: this process gets SIGTERM and, when that has
    not ended it after GRACE_SECONDS, its process group (its workers, too) gets SIGKILL.
    """
    threading.Thread(target=_watch, args=(sys.stdin.fileno(),), name="supervisor-watch", daemon=True).start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    if not threading.Event().wait(GRACE_SECONDS):
        os.killpg(os.getpgrp(), signal.SIGKILL)
