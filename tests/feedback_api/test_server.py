"""The real server: several workers, one truth in the metrics, and an end that loses nothing."""

import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eventlog import open_log
from feedback_api.worker import SILENCE_S
from schemas.feedback import decode
from tests.feedback_api.office import locked, put_catalog, settings_in, submission
from tests.feedback_api.serving import Server, wait_until

LOGGED = 'puas_feedback_received_total{channel="kiosk",outcome="log"}'
SPOOLED = 'puas_feedback_received_total{channel="kiosk",outcome="spool"}'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A data folder with a catalog."""
    put_catalog(settings_in(tmp_path))
    return tmp_path


def event_ids(directory: Path) -> Counter[str]:
    """How often each event is in the log."""
    log = open_log(f"sqlite:///{directory}/log.db")
    reader = log.reader(lambda _partitions: {}, None)
    found: Counter[str] = Counter()
    while batch := reader.poll(1000, 0.0):
        found.update(str(decode(entry.value).event_id) for entry in batch)
    reader.close()
    log.close()
    return found


def post_many(server: Server, number: int) -> list[str]:
    """Post from eight threads; the event ids acknowledged."""

    def post(_number: int) -> str:
        status, answer = server.request("POST", "/v1/feedback", submission())
        assert (status, answer["stored"]) == (202, "log"), answer
        return str(answer["event_id"])

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(post, range(number)))


def test_counters_are_right_over_two_workers_and_the_violent_death_of_one(directory: Path) -> None:
    with Server(directory) as server:
        server.wait_until_ready()
        wait_until("two workers", lambda: len(server.workers()) == 2)
        sent = post_many(server, 300)
        assert server.metric(LOGGED) == server.metric("puas_intake_seconds_count") == 300
        assert server.metric('puas_log_append_seconds_bucket{le="+Inf"}') == 300
        victim, survivor = server.workers()
        served = {
            pid: (directory / "metrics" / str(server.port) / f"counter_{pid}.db").exists() for pid in (victim, survivor)
        }
        assert served == {victim: True, survivor: True}
        os.kill(victim, signal.SIGKILL)
        # What a worker leaves that was killed between making its file and writing to it.
        (directory / "metrics" / str(server.port) / "counter_1.db").touch()
        wait_until("a new worker", lambda: len(server.workers()) == 2 and victim not in server.workers())
        server.wait_until_ready()
        sent += post_many(server, 100)
        assert server.metric(LOGGED) == server.metric("puas_intake_seconds_count") == 400
        assert server.stop() == 0
    assert event_ids(directory) == Counter(sent)


def test_a_new_server_starts_its_counters_at_nothing(directory: Path) -> None:
    port = None
    for _ in range(2):
        with Server(directory, **({"PUAS_PORT": str(port)} if port else {})) as server:
            server.port = port = port or server.port
            server.wait_until_ready()
            assert server.metric(LOGGED) == 0
            post_many(server, 3)
            assert server.metric(LOGGED) == 3
            assert server.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_finishes_what_is_in_flight_and_exits_0(directory: Path, number: signal.Signals) -> None:
    with Server(directory, PUAS_APPEND_TIMEOUT="1.5") as server:
        server.wait_until_ready()
        post_many(server, 4)
        answers: list[tuple[int, dict[str, str]]] = []

        def send() -> None:
            answers.append(server.request("POST", "/v1/feedback", submission()))

        with locked(directory / "log.db"):
            sending = threading.Thread(target=send)
            sending.start()
            sending.join(0.5)
            assert sending.is_alive()
            assert server.stop(number) == 0
            sending.join()
        ((status, answer),) = answers
        assert (status, answer["stored"]) == (202, "spool")
        assert "Traceback" not in server.said


def test_what_was_spooled_before_the_end_is_forwarded_by_the_next_server(directory: Path) -> None:
    with Server(directory, PUAS_APPEND_TIMEOUT="0.2") as server:
        server.wait_until_ready()
        sent = post_many(server, 2)
        with locked(directory / "log.db"):
            for _ in range(5):
                status, answer = server.request("POST", "/v1/feedback", submission())
                assert (status, answer["stored"]) == (202, "spool")
                sent.append(answer["event_id"])
            assert server.metric("puas_spool_records") == server.metric(SPOOLED) == 5
            server.process.kill()
            for pid in server.workers():
                os.kill(pid, signal.SIGKILL)
            server.process.wait()
    with Server(directory) as server:
        server.wait_until_ready()
        wait_until("an empty spool", lambda: server.metric("puas_spool_records") == 0)
    assert event_ids(directory).keys() == set(sent)


def test_a_database_away_at_the_start_keeps_no_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "puas.db").mkdir()
    with Server(tmp_path) as server:
        wait_until("an answer", lambda: _status(server) == 503)
        assert server.request("POST", "/v1/feedback", submission())[0] == 503
        assert server.request("GET", "/livez")[0] == 200
        (tmp_path / "puas.db").rmdir()
        put_catalog(settings_in(tmp_path))
        server.wait_until_ready()
        assert server.stop() == 0


def _status(server: Server) -> int:
    try:
        return server.request("GET", "/readyz")[0]
    except OSError:
        return 0


def exchange(server: Server, request: bytes) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer to raw bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    content_type = next(line.partition(": ")[2] for line in lines if line.lower().startswith("content-type:"))
    return int(lines[0].split()[1]), content_type, body


def test_requests_that_are_no_http_and_bodies_without_end_get_problems(directory: Path) -> None:
    post = b"POST /v1/feedback HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    requests = {
        b"nonsense\r\n\r\n": 400,
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n": 414,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n": 431,
        post + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3 + b"0\r\n\r\n": 413,
        post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n": 400,
        post + b"Content-Length: 3\r\n\r\n{}\n": 422,
    }
    with Server(directory) as server:
        server.wait_until_ready()
        for request, status in requests.items():
            answered, content_type, body = exchange(server, request)
            assert (answered, content_type) == (status, "application/problem+json"), request[:60]
            assert json.loads(body)["status"] == status
        large = post + b"Content-Length: 10000000\r\n\r\n"
        assert exchange(server, large)[0] == 413
        assert "127.0.0.1" not in server.said.replace('"host": "127.0.0.1"', "")


def test_clients_that_fall_silent_in_mid_request_do_not_hold_every_thread(directory: Path) -> None:
    head = b"POST /v1/feedback/batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    half = head + b"Content-Length: 100000\r\n\r\n["
    with Server(directory, PUAS_WORKERS="1", PUAS_THREADS="2") as server:
        server.wait_until_ready()
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2)]
        for connection in silent:
            connection.sendall(half)
        started = time.monotonic()
        post_many(server, 1)
        assert time.monotonic() - started < 2.5 * SILENCE_S
        for connection in silent:
            connection.close()
        assert "Traceback" not in server.said
