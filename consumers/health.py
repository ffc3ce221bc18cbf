"""The consumer's metrics and health over HTTP, on a small server of its own."""

import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog
from prometheus_client import CollectorRegistry, make_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from consumers.progress import Progress

NAME = "puas"
CONNECTIONS = 16
"""Answered at the same time; who comes when so many are open is turned away."""
SILENCE_S = 10.0
"""A client that says nothing, or takes nothing, for so long is let go."""
VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}", re.ASCII)

_log = structlog.get_logger()


def application(registry: CollectorRegistry, progress: "Progress") -> "WSGIApplication":
    """`/metrics`, `/livez` (200 while the loop moves) and `/readyz` (200 while feedback is being counted)."""
    metrics = make_wsgi_app(registry)
    health: dict[str, Callable[[], str | None]] = {"/livez": progress.not_alive, "/readyz": progress.not_ready}

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def start_response(
            status: str, headers: list[tuple[str, str]], error: Any = None, /
        ) -> Callable[[bytes], object]:
            return start(status, [*headers, ("Server", NAME)], error)

        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            if not _understood(environ.get("HTTP_ACCEPT", "")):
                environ.pop("HTTP_ACCEPT")
            found: Iterable[bytes] = metrics(environ, start_response)
            return found
        if path not in health:
            return _json(start_response, "404 Not Found", {"status": "not found"})
        trouble = health[path]()
        if trouble:
            return _json(start_response, "503 Service Unavailable", {"status": "unavailable", "detail": trouble})
        return _json(start_response, "200 OK", {"status": "ok"})

    return answer


def serve(app: "WSGIApplication", host: str, port: int) -> WSGIServer:
    """Answer at `host:port` from a thread until `shutdown`. Raises OSError when the port can't be had."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    server_class = type("_Server", (_Server,), {"address_family": family})
    server: WSGIServer = server_class((str(address[0]), port), _Handler)
    server.set_app(app)
    threading.Thread(target=server.serve_forever, name="metrics and health", daemon=True).start()
    return server


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[WSGIRequestHandler]) -> None:
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class's
        error = sys.exception()
        if not isinstance(error, TimeoutError | ConnectionError):  # clients that fall silent or go away are no news
            _log.warning("metrics_request_failed", error=repr(error))


class _Handler(WSGIRequestHandler):
    timeout = SILENCE_S

    def version_string(self) -> str:
        """What errors name as the server."""
        return NAME

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Scrapes are no news."""


def _understood(accept: str) -> bool:
    """Whether every version that this header asks for is one; the exposition fails on others."""
    return all(VERSION.fullmatch(asked.strip()) for asked in re.findall("version=([^,;]*)", accept))


def _json(start_response: "StartResponse", status: str, document: dict[str, str]) -> list[bytes]:
    body = json.dumps(document).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
