"""Connections whose request is still on its way: they wait for it without holding a thread."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from selectors import EVENT_READ, BaseSelector
from typing import Any

REQUEST_S = 30.0
"""How long a request may take to arrive, from its first byte."""
LARGEST = 64 * 1024
"""What is awaited before a thread gets it: nearly every request whole. A thread waits for the rest of a larger one."""
_LOOK_EVERY_S = 0.5
_PIECE = 64 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)


@dataclass(slots=True)
class _Arrival:
    connection: Any
    deadline: float
    received: bytearray = field(default_factory=bytearray)


class Arrivals:
    """Belongs to the worker's main thread. `arrived` takes a connection and what came; `gone` one that is given up.

    What a request's head says of its length only tells when a thread is due; gunicorn's parser judges the bytes.
    """

    def __init__(
        self, poller: BaseSelector, arrived: Callable[[Any, bytes], None], gone: Callable[[Any], None]
    ) -> None:
        self._poller = poller
        self._arrived = arrived
        self._gone = gone
        self._waiting: dict[int, _Arrival] = {}
        self._next_look = 0.0

    def add(self, connection: Any, idle_s: float) -> None:
        """Wait for a request, up to `idle_s` for its first byte."""
        arrival = _Arrival(connection, time.monotonic() + idle_s)
        connection.sock.setblocking(False)
        descriptor = connection.sock.fileno()
        self._waiting[descriptor] = arrival
        self._poller.register(descriptor, EVENT_READ, self._read)

    def expire(self, idle_s: float | None = None) -> None:
        """Give up those whose time is over; with `idle_s`, those of which nothing came have only so long from now."""
        now = time.monotonic()
        if now < self._next_look:  # called after every event; a look at all of them costs
            return
        self._next_look = now + _LOOK_EVERY_S
        for descriptor, arrival in list(self._waiting.items()):
            if idle_s is not None and not arrival.received:
                arrival.deadline = min(arrival.deadline, now + idle_s)
            if arrival.deadline <= now:
                self._give_up(descriptor)

    def _read(self, descriptor: int) -> None:
        arrival = self._waiting[descriptor]
        try:
            piece = arrival.connection.sock.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            self._give_up(descriptor)
            return
        received = arrival.received
        if piece and not received:
            arrival.deadline = time.monotonic() + REQUEST_S
        received += piece
        if not received:
            self._give_up(descriptor)
        elif not piece or _is_due(received):
            self._leave(descriptor)
            self._arrived(arrival.connection, bytes(received))

    def _give_up(self, descriptor: int) -> None:
        self._gone(self._leave(descriptor).connection)

    def _leave(self, descriptor: int) -> _Arrival:
        self._poller.unregister(descriptor)
        return self._waiting.pop(descriptor)


def _is_due(received: bytearray) -> bool:
    """Whether a thread can work on what came, or must see more of it to judge."""
    if len(received) >= LARGEST:
        return True
    end = received.find(_END)
    if end < 0:
        return False
    head = bytes(received[: end + 2])
    length = _LENGTH.search(head)
    if length is None or _EXPECT.search(head):  # who expects a 100 sends nothing before it
        return True
    needed = int(length[1])
    return needed > LARGEST or len(received) >= end + len(_END) + needed
