"""Clients that misbehave on the wire cost nobody else anything, and are answered as far as they listen."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.feedback_api.office import put_catalog, settings_in, submission
from tests.feedback_api.serving import Server, wait_until

PROMPT_S = 3.0
CLOSING = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
HALF_HEAD = b"POST /v1/feedback HTTP/1.1\r\nHost: x\r\nContent-Ty"
HALF_BODY = b"POST /v1/feedback HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 300\r\n\r\n{"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two workers."""
    directory: Path = tmp_path_factory.mktemp("clients")
    put_catalog(settings_in(directory))
    with Server(directory) as started:
        started.wait_until_ready()
        wait_until("two workers", lambda: len(started.workers()) == 2)
        yield started


@pytest.mark.parametrize("sent", [b"", CLOSING, HALF_HEAD, HALF_BODY], ids=["nothing", "closing", "head", "body"])
def test_forty_clients_that_keep_their_sockets_open_delay_nobody(server: Server, sent: bytes) -> None:
    workers = server.workers()
    with ExitStack() as held:
        for _ in range(40):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            connection.sendall(sent)
        for _ in range(10):
            started = time.monotonic()
            assert server.request("POST", "/v1/feedback", submission())[0] == 202
            assert time.monotonic() - started < PROMPT_S
    assert server.workers() == workers
    assert "Traceback" not in server.said


def test_a_request_that_comes_in_pieces_and_one_right_behind_another_are_answered(server: Server) -> None:
    body = json.dumps(submission()).encode()
    head = b"POST /v1/feedback HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(
        body
    )
    request = head + b"\r\n" + body
    last = head + b"Connection: close\r\n\r\n" + body
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(request), 40):
            connection.sendall(request[at : at + 40])
            time.sleep(0.002)  # so that they arrive apart
        connection.sendall(request + request + last)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    assert received.count(b"HTTP/1.1 202 Accepted") == 4


@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/feedback/batch"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_client_that_sends_ten_megabytes_reads_why_they_are_refused(server: Server, path: str, chunked: bool) -> None:
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        body = (b"x" * 100_000 for _ in range(100)) if chunked else b"x" * 10_000_000
        connection.request("POST", path, body, JSON, encode_chunked=chunked)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Connection"]) == (413, "close")
        assert json.loads(answer.read())["type"] == "/problems/body_too_large"
        connection.close()


@pytest.mark.parametrize(
    ("path", "content_type", "status"), [("/", JSON["Content-Type"], 405), ("/v1/feedback", "a/b", 415)]
)
def test_a_large_body_that_is_not_even_looked_at_is_answered_readably(
    server: Server, path: str, content_type: str, status: int
) -> None:
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("POST", path, b"x" * 10_000_000, {"Content-Type": content_type})
        assert connection.getresponse().status == status
        connection.close()


def test_a_client_that_announces_more_than_it_sends_is_answered_without_it(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(HALF_BODY.replace(b" 300", b" 10000000"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")
