"""Answered connections that are being closed: the answer must arrive, but nobody waits for the client.

A socket closed over bytes that were not read resets the connection, and with it the answer on its way (RFC 9112,
9.6). So the rest is read and thrown away, for a while, by the worker's poller.
"""

import socket
import time
from collections import OrderedDict
from selectors import EVENT_READ, BaseSelector

LINGER_S = 2.0
MOST_SOCKETS = 100
MOST_BYTES = 16 * 1024 * 1024
_PIECE = 64 * 1024


class Lingering:
    """Belongs to the worker's main thread."""

    def __init__(self, poller: BaseSelector) -> None:
        self._poller = poller
        self._closing: OrderedDict[socket.socket, tuple[float, int]] = OrderedDict()

    def add(self, connection: socket.socket) -> None:
        """Send FIN now, and close once the client does, after LINGER_S, or when more than MOST_SOCKETS wait."""
        try:
            connection.setblocking(False)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            connection.close()
            return
        self._closing[connection] = (time.monotonic() + LINGER_S, MOST_BYTES)
        self._poller.register(connection, EVENT_READ, self._read)
        if len(self._closing) > MOST_SOCKETS:
            self._close(next(iter(self._closing)))

    def expire(self) -> None:
        """Close those that had their time."""
        now = time.monotonic()
        while self._closing:
            connection, (deadline, _left) = next(iter(self._closing.items()))
            if deadline > now:
                return
            self._close(connection)

    def _read(self, connection: socket.socket) -> None:
        if connection not in self._closing:  # closed by another event of the same round
            return
        try:
            read = len(connection.recv(_PIECE))
        except BlockingIOError:
            return
        except OSError:
            read = 0
        deadline, left = self._closing[connection]
        if read == 0 or read >= left:
            self._close(connection)
        else:
            self._closing[connection] = (deadline, left - read)

    def _close(self, connection: socket.socket) -> None:
        del self._closing[connection]
        self._poller.unregister(connection)
        connection.close()
