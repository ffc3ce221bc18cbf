"""While the log is down, feedback is kept on this host's disk, and nobody waits for the log more than must be."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from eventlog import LogUnavailable, Record, open_log
from eventlog.spool import Spool
from feedback_api.acceptance import Acceptance
from feedback_api.breaker import Breaker
from feedback_api.forwarding import EVERY_S, LONGEST_PAUSE_S, Forwarder
from feedback_api.problems import Problem
from schemas.feedback import decode
from tests.feedback_api.office import Office, locked, put_catalog, settings_in, submission
from tests.feedback_api.serving import wait_until
from tests.servers.ports import free_port

RECORD = Record(b"legalisasi", b"{}")


def _log_file(office: Office) -> Path:
    return office.settings.data_dir / "log.db"


def test_a_log_that_does_not_confirm_in_time_leaves_the_feedback_in_the_spool(office: Office) -> None:
    office.post(submission())
    with locked(_log_file(office)):
        sent = submission()
        started = time.monotonic()
        answer = office.post(sent)
        assert time.monotonic() - started < 3 * office.settings.append_timeout_s
        assert answer.json == {"event_id": sent["event_id"], "status": "accepted", "stored": "spool"}
        assert office.context.spool.depth().records == 1
    assert office.counted("kiosk", "spool") == 1


def test_while_the_log_is_down_requests_go_straight_to_the_spool(office: Office) -> None:
    office.post(submission())
    with locked(_log_file(office)):
        office.post(submission())
        started = time.monotonic()
        assert {(office.post(submission()).json or {})["stored"] for _ in range(20)} == {"spool"}
        assert time.monotonic() - started < 20 * office.settings.append_timeout_s / 2


def test_what_was_spooled_reaches_the_log_once_it_is_back(office: Office) -> None:
    office.post(submission())
    with locked(_log_file(office)):
        spooled = {(office.post(submission()).json or {})["event_id"] for _ in range(3)}
    forwarder = office.context.background[1]
    forwarder.start()
    wait_until("an empty spool", lambda: office.context.spool.depth().records == 0)
    assert spooled <= {str(decode(entry.value).event_id) for entry in office.logged()}
    wait_until("a closed breaker", lambda: office.context.acceptance.breaker.closed)
    assert (office.post(submission()).json or {})["stored"] == "log"


def test_a_full_spool_makes_the_sender_keep_its_feedback(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, PUAS_SPOOL_MAX_BYTES="1024")
    put_catalog(settings)
    office = Office(settings)
    office.context.catalog.refresh()
    office.post(submission())
    with locked(_log_file(office)):
        answers = [office.post(submission()) for _ in range(8)]
        batch = office.client.post("/v1/feedback/batch", json=[submission(), {}])
        not_ready = office.get("/readyz")
    taken = [answer for answer in answers if answer.status_code == 202]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(taken) == office.context.spool.depth().records > 0
    assert len(taken) + len(refused) == len(answers)
    assert len(refused) > 0
    assert (refused[0].headers["Retry-After"], (refused[0].json or {})["type"]) == ("5", "/problems/no_room")
    assert batch.status_code == 503
    assert not_ready.status_code in (200, 503)
    office.close()


def test_a_log_at_a_closed_port_is_a_log_that_is_down(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, PUAS_EVENT_LOG=f"kafka://127.0.0.1:{free_port()}/feedback")
    put_catalog(settings)
    office = Office(settings)
    office.context.catalog.refresh()
    started = time.monotonic()
    answer = office.post(submission())
    assert time.monotonic() - started < 5 * settings.append_timeout_s
    assert (answer.json or {})["stored"] == "spool"
    assert (office.get("/readyz").json or {})["checks"]["log"]["state"] == "down"
    office.close()


def test_a_log_that_is_something_else_is_shown_as_misconfigured_and_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"this is no database " * 100)
    settings = settings_in(tmp_path)
    put_catalog(settings)
    office = Office(settings)
    office.context.catalog.refresh()
    assert (office.post(submission()).json or {})["stored"] == "spool"
    checks = (office.get("/readyz").json or {})["checks"]
    assert (checks["log"]["state"], checks["spool"]["ok"]) == ("misconfigured", True)
    assert "log.db" in checks["log"]["reason"]
    office.close()


@pytest.mark.parametrize("kind", ["down", "misconfigured"])
def test_a_log_that_can_not_be_used_is_known_before_the_first_visitor(tmp_path: Path, kind: str) -> None:
    (tmp_path / "log.db").write_bytes(b"this is no database " * 100)
    elsewhere = {"PUAS_EVENT_LOG": f"kafka://127.0.0.1:{free_port()}/feedback"} if kind == "down" else {}
    office = Office(settings_in(tmp_path, **elsewhere))
    Forwarder(office.context.log, office.context.spool, office.context.acceptance.breaker, lambda: False).step()
    assert (office.get("/readyz").json or {})["checks"]["log"]["state"] == kind
    assert not office.context.acceptance.breaker.closed
    office.close()


class _Away:
    """A log that is away until told otherwise, and says how many wait for it at once."""

    def __init__(self) -> None:
        self.back = threading.Event()
        self.waiting = 0
        self.most_waiting = 0
        self._counting = threading.Lock()

    def append(self, _records: Sequence[Record], timeout: float) -> None:
        with self._counting:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
        came_back = self.back.wait(timeout)
        with self._counting:
            self.waiting -= 1
        if not came_back:
            raise LogUnavailable("away")


def test_only_one_request_at_a_time_probes_a_log_that_is_down(tmp_path: Path) -> None:
    log, spool, now = _Away(), Spool(tmp_path / "spool.db", 10**6, 10**6), [0.0]
    breaker = Breaker(clock=lambda: now[0])
    acceptance = Acceptance(log, spool, breaker, 0.3, lambda _seconds: None)  # type: ignore[arg-type]
    assert acceptance.accept([RECORD]) == "spool"
    now[0] = 100.0
    log.most_waiting = 0
    stored: list[str] = []
    threads = [threading.Thread(target=lambda: stored.append(acceptance.accept([RECORD]))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (log.most_waiting, stored) == (1, ["spool"] * 12)
    log.back.set()
    now[0] = 200.0
    assert acceptance.accept([RECORD]) == "log"
    assert breaker.state.status == "up"
    spool.close()


def test_a_broken_spool_under_a_log_that_is_down_refuses_instead_of_losing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", 10**6, 10**6)
    spool.append([RECORD], 1.0)
    acceptance = Acceptance(_Away(), spool, Breaker(), 0.1, lambda _seconds: None, spool_timeout_s=0.1)  # type: ignore[arg-type]
    with locked(tmp_path / "spool.db"), pytest.raises(Problem) as refused:
        acceptance.accept([RECORD])
    assert refused.value.code == "no_room"
    spool.close()


def test_a_forwarder_that_fails_waits_longer_each_time_and_leaves_the_breaker_alone(tmp_path: Path) -> None:
    log = open_log(f"sqlite:///{tmp_path}/log.db")
    log.append([RECORD], 1.0)
    spool, breaker = Spool(tmp_path / "spool.db", 10**6, 10**6), Breaker()
    forwarder = Forwarder(log, spool, breaker, lambda: False)
    assert forwarder.step() == EVERY_S
    spool.append([RECORD], 1.0)
    with locked(tmp_path / "spool.db"):
        pauses = [forwarder.step() for _ in range(2)]
    assert EVERY_S < pauses[0] < pauses[1] <= LONGEST_PAUSE_S
    assert (breaker.closed, breaker.state.status) == (True, "unproven")
    assert forwarder.step() == EVERY_S
    assert (spool.depth().records, breaker.state.status, forwarder.failing) == (0, "up", None)
    log.close()
    spool.close()
