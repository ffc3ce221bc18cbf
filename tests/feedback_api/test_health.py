"""Liveness is progress, readiness says why not, and neither needs anybody's leave."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_api.app import create_app
from feedback_api.background import Repeating
from tests.feedback_api.office import Office, locked, settings_in, submission
from tests.feedback_api.serving import wait_until


def test_a_process_without_a_catalog_is_alive_but_not_ready(tmp_path: Path) -> None:
    office = Office(settings_in(tmp_path))
    office.context.catalog.refresh()
    assert office.get("/livez").json == {"status": "alive"}
    answer = office.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json or {})["detail"] == "catalog: no catalog has been applied"
    office.close()


def test_with_a_catalog_and_room_in_the_spool_it_is_ready_before_the_log_has_proven_itself(office: Office) -> None:
    answer = office.get("/readyz")
    assert (answer.status_code, (answer.json or {})["checks"]["log"]["state"]) == (200, "unproven")
    office.post(submission())
    assert (office.get("/readyz").json or {})["checks"]["log"] == {"ok": True, "state": "up", "reason": None}


def test_with_the_log_down_and_the_spool_too_old_it_is_not_ready(office: Office) -> None:
    office.post(submission())
    with locked(office.settings.data_dir / "log.db"):
        office.post(submission())
    assert office.get("/readyz").status_code == 200
    context = replace(office.context, settings=replace(office.settings, spool_max_age_s=-1))
    answer = create_app(context).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "log: down; spool: a record has waited" in (answer.json or {})["detail"]
    assert (answer.json or {})["checks"]["spool"]["records"] == 1


def test_with_the_spool_unreadable_but_the_log_proven_it_is_ready(office: Office) -> None:
    office.post(submission())
    (office.settings.data_dir / "spool.db").write_bytes(b"no database" * 1000)
    answer = office.get("/readyz")
    assert (answer.status_code, (answer.json or {})["checks"]["spool"]["ok"]) == (200, False)
    metrics = office.get("/metrics")
    assert metrics.status_code == 200
    assert "puas_spool_records" not in metrics.text


def test_the_spools_depth_is_read_when_metrics_are_scraped(office: Office) -> None:
    assert "\npuas_spool_records 0.0\n" in office.get("/metrics").text
    office.post(submission())
    with locked(office.settings.data_dir / "log.db"):
        office.post(submission())
    assert "\npuas_spool_records 1.0\n" in office.get("/metrics").text


def test_metrics_are_shown_as_the_scraper_asks(office: Office) -> None:
    plain = office.get("/metrics")
    assert plain.content_type.startswith("text/plain; version=")
    open_metrics = office.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert open_metrics.content_type.startswith("application/openmetrics-text")
    assert open_metrics.text.endswith("# EOF\n")


@pytest.mark.parametrize(
    "version", ["abc", "nan;q=9", "", "1..0", "1.0.0.0.0", "\u0661.0.0", "1.0.0\x01", " ", "1" * 5000, "-1.0.0"]
)
@pytest.mark.parametrize("kind", ["application/openmetrics-text", "text/plain"])
def test_metrics_are_shown_whatever_version_is_asked_for(office: Office, kind: str, version: str) -> None:
    answer = office.client.get("/metrics", environ_overrides={"HTTP_ACCEPT": f"{kind}; version={version}"})
    assert (answer.status_code, answer.content_type.startswith("text/plain")) == (200, True)
    assert "puas_spool_records" in answer.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_background_thread_that_ended_makes_the_process_not_alive(office: Office) -> None:
    def broken() -> float:
        raise RuntimeError("a mistake of ours")

    work = Repeating("catalog refresh", broken)
    work.start()
    work.stop(5.0)
    client = create_app(replace(office.context, background=(work,))).test_client()
    answer = client.get("/livez")
    assert (answer.status_code, (answer.json or {})["detail"]) == (503, "catalog refresh has ended")


def test_background_work_repeats_until_it_is_stopped() -> None:
    steps = threading.Semaphore(0)

    def step() -> float:
        steps.release()
        return 0.0

    work = Repeating("counting", step)
    assert work.trouble() is None
    work.start()
    assert all(steps.acquire(timeout=5.0) for _ in range(3))
    assert work.trouble() is None
    work.stop(5.0)
    assert work.trouble() == "counting has ended"


def test_background_work_that_hangs_is_told() -> None:
    entered, leave = threading.Event(), threading.Event()

    def hang() -> float:
        entered.set()
        leave.wait()
        return 0.0

    work = Repeating("waiting", hang, stuck_after_s=0.0)
    work.start()
    assert entered.wait(5.0)
    wait_until("trouble", lambda: work.trouble() is not None)
    assert "silent" in (work.trouble() or "")
    leave.set()
    work.stop(5.0)
