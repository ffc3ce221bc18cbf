"""A signal ends the consumer whatever its main thread is doing."""

import subprocess
import sys

PROGRAM = """
import os, signal, threading
from consumers.stopping import stop_on_signals

stop = threading.Event()
stop_on_signals(stop)
with stop._cond:  # as the main thread holds it for a moment in every wait
    os.kill(os.getpid(), signal.{signal})
print(stop.wait(20))
"""


def test_a_signal_in_the_midst_of_a_wait_is_no_deadlock() -> None:
    """The event's lock can't be taken twice by one thread, so the handler must not ask for it."""
    for name in ("SIGTERM", "SIGINT"):
        program = PROGRAM.format(signal=name)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
        assert (done.stdout, done.stderr) == ("True\n", "")
