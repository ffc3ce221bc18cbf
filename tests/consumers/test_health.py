"""The consumer's small HTTP server stands what the network sends it."""

import socket
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from consumers.health import CONNECTIONS, SILENCE_S, application, serve
from consumers.probe import Probe
from consumers.progress import Progress
from tests.consumers.pairs import eventually


@pytest.fixture
def port() -> Iterator[int]:
    """Where a server answers that has no metrics to tell."""
    progress = Progress(Probe[Mapping[int, int]]("event log", dict, ()))
    server = serve(application(CollectorRegistry(), progress), "127.0.0.1", 0)
    yield server.server_port
    server.shutdown()
    server.server_close()


def connected(port: int) -> socket.socket:
    """A connection on which nothing has been said."""
    return socket.create_connection(("127.0.0.1", port), timeout=2 * SILENCE_S)


def said(connection: socket.socket, request: bytes) -> bytes:
    """All that is answered to these bytes."""
    connection.sendall(request)
    with connection.makefile("rb") as answer:
        return answer.read()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/openmetrics-text; version=abc", "text/plain"),
        ("text/plain; version=1.x", "text/plain"),
        ("application/openmetrics-text; version=2.0.x", "text/plain"),
        ("application/openmetrics-text; version=" + "9" * 5000, "text/plain"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text"),
        ("*/*", "text/plain"),
    ],
)
def test_a_version_that_is_none_is_answered_in_the_text_format(port: int, accept: str, kind: str) -> None:
    """A scraper that asks strangely is still a scraper."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - a http URL of ours
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)


def test_connections_beyond_the_limit_are_closed_at_once(port: int) -> None:
    """They cost no thread, and when one of the others ends there is room again."""
    with ExitStack() as opened:
        silent = [opened.enter_context(closing(connected(port))) for _ in range(CONNECTIONS)]
        for _ in range(3):
            with closing(connected(port)) as one_too_many:
                assert one_too_many.recv(1) == b""
        silent[0].close()

        def answered() -> bool:
            with closing(connected(port)) as next_one:
                try:
                    return said(next_one, b"GET /livez HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200")
                except OSError:
                    return False

        eventually(answered, within=SILENCE_S / 2)


def test_a_silent_client_is_let_go_without_a_word_in_the_log(port: int) -> None:
    """A port scan is no news."""
    with capture_logs() as logged, closing(connected(port)) as silent:
        assert silent.recv(1) == b""
    assert logged == []


@pytest.mark.parametrize(
    "request_line", [b"nonsense\r\n\r\n", b"GET / HTTP/x.y\r\n\r\n", b"GET /livez HTTP/1.1\r\n\r\n"]
)
def test_it_does_not_tell_what_it_is_made_of(port: int, request_line: bytes) -> None:
    """Neither in an error nor in an answer."""
    with closing(connected(port)) as connection:
        answer = said(connection, request_line)
    assert answer
    assert b"WSGIServer" not in answer
    assert b"Python" not in answer
