"""While neither log nor spool take feedback, the process says so: to load balancers, and to operators once."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedback_api.acceptance import LARGEST_RECORD_BYTES
from feedback_api.checking import checked, record
from satisfaction.instruments import instruments
from tests.feedback_api.office import CATALOG, Office, locked, put_catalog, settings_in, submission

ROOM = 3 * LARGEST_RECORD_BYTES


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Office]:
    """An office whose spool is small."""
    settings = settings_in(tmp_path, PUAS_SPOOL_MAX_BYTES=str(ROOM))
    put_catalog(settings)
    opened = Office(settings)
    opened.context.catalog.refresh()
    opened.post(submission())
    yield opened
    opened.close()


def events(said: io.StringIO, event: str) -> int:
    """How often it was logged."""
    return sum(json.loads(line)["event"] == event for line in said.getvalue().splitlines())


def fill(office: Office) -> None:
    """Send until the spool takes no more."""
    for _ in range(100):
        if office.post(submission(comment="x" * 2000)).status_code == 503:
            return
    raise AssertionError("the spool never was full")


def ready(office: Office) -> tuple[int, Any]:
    """Status and body of /readyz."""
    answer = office.get("/readyz")
    return answer.status_code, answer.json


def test_the_largest_feedback_fits_into_what_ready_promises(office: Office) -> None:
    answers = {question.key: 4 for question in instruments()["skm-2017@1"].questions}
    largest = submission(instrument="skm-2017@1", answers=answers, comment="\U0001f600" * 2000)
    made = record(checked(largest, CATALOG, office.context.clock()), "0" * 55)
    assert len(made.key or b"") + len(made.value or b"") + 1000 < LARGEST_RECORD_BYTES


def test_a_spool_that_took_all_it_can_is_not_ready_and_ready_again_with_room(small: Office) -> None:
    with locked(small.settings.data_dir / "log.db"):
        small.post(submission())
        assert ready(small)[0] == 200
        fill(small)
        status, document = ready(small)
    assert (status, document["checks"]["spool"]["ok"]) == (503, False)
    assert "bytes are taken" in document["detail"]
    context = small.context
    assert context.spool.forward(context.log, lambda: False) > 0
    assert ready(small)[0] == 200


def test_a_spool_without_room_for_a_large_feedback_is_not_ready_before_it_refuses_one(small: Office) -> None:
    with locked(small.settings.data_dir / "log.db"):
        while small.context.spool.depth().bytes <= ROOM - LARGEST_RECORD_BYTES:
            assert small.post(submission(comment="x" * 2000)).status_code == 202
        assert ready(small)[0] == 503


def test_a_spool_that_can_not_be_written_is_not_ready_until_it_can(small: Office) -> None:
    data = small.settings.data_dir
    with locked(data / "log.db"):
        small.post(submission())
        small.context.acceptance.spool_timeout_s = 0.1
        with locked(data / "spool.db"):
            assert small.post(submission()).status_code == 503
        status, document = ready(small)
        assert (status, document["checks"]["spool"]["ok"]) == (503, False)
        assert small.post(submission()).status_code == 202
        assert ready(small)[0] == 200


def test_an_outage_is_logged_once_and_its_end_once(small: Office, said: io.StringIO) -> None:
    with locked(small.settings.data_dir / "log.db"):
        fill(small)
        for _ in range(5):
            assert small.post(submission(comment="x" * 2000)).status_code == 503
        assert events(said, "feedback refused, no room") == 1
    context = small.context
    assert context.spool.forward(context.log, lambda: False) > 0
    context.acceptance.breaker.succeeded()
    for _ in range(2):
        assert small.post(submission()).status_code == 202
    assert events(said, "feedback taken again") == 1
    assert events(said, "feedback refused, no room") == 1
