"""The consumer's metrics and health over HTTP, on a small server of its own."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog
from prometheus_client import CollectorRegistry, make_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from consumers.progress import Progress

_log = structlog.get_logger()


def application(registry: CollectorRegistry, progress: "Progress") -> "WSGIApplication":
    """`/metrics`, `/livez` (200 while the loop moves) and `/readyz` (200 while feedback is being counted)."""
    metrics = make_wsgi_app(registry)
    health: dict[str, Callable[[], str | None]] = {"/livez": progress.not_alive, "/readyz": progress.not_ready}

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
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

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class's
        _log.warning("metrics_request_failed", error=repr(sys.exception()))


class _Handler(WSGIRequestHandler):
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Scrapes are no news."""


def _json(start_response: "StartResponse", status: str, document: dict[str, str]) -> list[bytes]:
    body = json.dumps(document).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
