"""SIGTERM and SIGINT as an event that any thread can wait for."""

import signal
import threading
from queue import SimpleQueue
from types import FrameType


def stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` soon after SIGTERM or SIGINT, from now on. Call from the main thread."""
    # The handler interrupts the main thread, which may be within stop.wait() and hold the event's lock: setting it
    # there would wait for ever. A SimpleQueue may be put to from anywhere.
    asked: SimpleQueue[int] = SimpleQueue()

    def on_signal(number: int, _frame: FrameType | None) -> None:
        asked.put(number)

    def pass_on() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=pass_on, name="stop on signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
