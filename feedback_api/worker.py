"""gunicorn's worker and logger, made to keep our promises: no HTML errors, no visitor's address in a log."""

import errno
import json
import logging
import signal
import socket
import struct
import sys
from http import HTTPStatus
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker  # type: ignore[import-untyped]

from feedback_api.arrivals import Arrivals
from feedback_api.lingering import Lingering

_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (errors.UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (errors.ParseException, HTTPStatus.BAD_REQUEST),
)
"""What a request that is no HTTP is answered with; the first match counts."""


SILENCE_S = 10
"""How long a thread waits for the next bytes of a large body; a client that lost its network never sends them."""


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Hands gunicorn's warnings to the process's own log."""

    def setup(self, cfg: Any) -> None:
        """Add no handler; what happens every day (workers that boot and exit) is not worth a line."""
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.setLevel(logging.WARNING)
        self.error_log.propagate = True

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Like the logger's; a client that fell silent is nothing to report."""
        if not isinstance(sys.exc_info()[1], BlockingIOError):
            super().exception(msg, *args, **kwargs)


class GracefulArbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's master, for which Ctrl-C is as gentle as SIGTERM; a second one is not."""

    def handle_int(self) -> None:
        """SIGINT."""
        self.handle_term()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker, whose threads work on requests that have arrived and never wait for a client's end.

    gunicorn's own gives a thread to every connection before anything came, and its main thread waits up to two
    seconds for each client to close: a handful of clients that don't would stop the whole API.
    """

    def init_process(self) -> None:
        """Bound how long a thread waits for a silent client, then serve."""
        for listener in self.sockets:  # accepted sockets inherit it
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE_S, 0))
        super().init_process()

    def run(self) -> None:
        """Serve until told to stop."""
        self._lingering = Lingering(self.poller)
        self._arrivals = Arrivals(self.poller, self._arrived, self._gone)
        super().run()

    def accept(self, listener: Any) -> None:
        """Take a new connection and wait for its request."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        self._arrivals.add(TConn(self.cfg, client, address, listener.getsockname()), self.cfg.keepalive)

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """The next request of a connection that was kept begins to arrive."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._arrivals.add(conn, self.cfg.keepalive)

    def murder_pending(self) -> None:
        """Called about every second: let go of connections that had their time."""
        super().murder_pending()
        self._arrivals.expire(None if self.alive else STOP_KEEPALIVE_LINGER)
        self._lingering.expire()

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Keep the connection, or close it without waiting for the client."""
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
        else:
            self._gone(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """As gunicorn's; the app can end the connection through the body it gives up reading."""
        req.body.end_connection = req.force_close
        return super().handle_request(req, conn)

    def _arrived(self, conn: Any, received: bytes) -> None:
        conn.init()
        conn.sock.setblocking(True)
        conn.parser.unreader.unread(received)
        self.enqueue_req(conn)

    def _gone(self, conn: Any) -> None:
        self.nr_conns -= 1
        self._lingering.add(conn.sock)

    def init_signals(self) -> None:
        """As gunicorn's; a Ctrl-C in a terminal reaches workers, too, and finishes what is in flight."""
        super().init_signals()
        signal.signal(signal.SIGINT, self.handle_exit)

    def handle_error(self, _request: Any, client: Any, _address: Any, error: Exception) -> None:
        """Answer a request that never reached the app; `_address` is the visitor's and stays out of the log."""
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.exception("Error handling request")
        else:
            self.log.debug("Not HTTP: %s", type(error).__name__)
        document = {"type": "about:blank", "title": status.phrase, "status": status.value}
        try:
            write_nonblock(client, _answer(status, json.dumps(document).encode()))
        except OSError:
            self.log.debug("The client is gone.")


def _answer(status: HTTPStatus, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Connection: close",
        "Content-Type: application/problem+json",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*head, "", "")).encode("latin-1") + body
