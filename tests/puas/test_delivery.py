"""Delivery keeps an event_id until somebody has taken it."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from puas.delivery import Totals, couriers

Answer = tuple[int, dict[str, object]]
TAKEN: Answer = (202, {"status": "accepted", "stored": "log"})


@contextmanager
def api(script: Sequence[Answer | None]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """A server that answers as told (None: hangs up), TAKEN after that; its address and what it was sent."""
    received: list[dict[str, object]] = []
    answers = iter(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = next(answers, TAKEN)
            if answer is None:
                self.close_connection = True
                return
            content = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def deliver(url: str, bodies: int, patience: float = 20.0) -> Totals:
    totals = Totals()
    with couriers(url, 1, patience, totals) as send:
        for number in range(bodies):
            send({"event_id": number})
    return totals


def test_a_503_and_a_lost_connection_are_retried_with_the_same_id_until_taken() -> None:
    with api([(503, {"detail": "full"}), None, (500, {})]) as (url, received):
        totals = deliver(url, 1)
    assert [body["event_id"] for body in received] == [0, 0, 0, 0]
    assert (totals.outcomes["accepted"], totals.retried, totals.failed) == (1, 3, 0)


def test_what_the_spool_took_is_counted_as_spooled() -> None:
    with api([(202, {"stored": "spool"})]) as (url, _):
        totals = deliver(url, 2)
    assert dict(totals.outcomes) == {"spooled": 1, "accepted": 1}


def test_a_refusal_is_not_retried_and_keeps_the_first_reason() -> None:
    refusal: dict[str, object] = {"title": "Invalid", "errors": [{"field": "answers.waktu", "message": "out of scale"}]}
    with api([(422, refusal)]) as (url, received):
        totals = deliver(url, 1)
    assert len(received) == 1
    assert totals.failed == 1
    assert dict(totals.complaints) == {"422 answers.waktu: out of scale": 1}


def test_patience_ends() -> None:
    with api([(503, {"detail": "full"})] * 1000) as (url, received):
        totals = deliver(url, 1, patience=0.3)
    assert totals.outcomes["undelivered"] == 1
    assert totals.retried == len(received) - 1 >= 1


def test_leaving_by_an_exception_gives_up_at_once() -> None:
    totals = Totals()

    def interrupted(url: str) -> None:
        with couriers(url, 1, 3600.0, totals) as send:
            send({"event_id": 1})
            raise KeyboardInterrupt

    with api([(503, {})] * 1000) as (url, _), pytest.raises(KeyboardInterrupt):
        interrupted(url)
    assert totals.outcomes["undelivered"] == 1
