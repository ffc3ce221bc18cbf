"""gunicorn's worker and logger, made to keep our promises: no HTML errors, no visitor's address in a log."""

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
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

_STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (errors.UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (errors.ParseException, HTTPStatus.BAD_REQUEST),
)
"""What a request that is no HTTP is answered with; the first match counts."""


SILENCE_S = 10
"""How long a thread waits for the next bytes of a request; a kiosk that lost its network never sends them."""


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
    """gunicorn's threaded worker."""

    def init_process(self) -> None:
        """Bound how long a thread waits for a silent client, then serve."""
        for listener in self.sockets:  # accepted sockets inherit it
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE_S, 0))
        super().init_process()

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
