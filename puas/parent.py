"""A child process that ends with its supervisor, however the supervisor ended."""

import os
import signal
import sys
import threading

GRACE_SECONDS = 10.0


def end_with_stdin() -> None:
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
