"""A tabulation takes no more memory for ten times the responses: asked of the real server, seen from outside."""

import http.client
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert

from readmodel.database import open_database, writing
from readmodel.projection import add_tallies, insert_responses, store_positions
from readmodel.tables import responses
from runtime.settings import Settings
from satisfaction.instruments import instrument
from tests.feedback_api.counting import response
from tests.feedback_api.office import Office, put_catalog, settings_in
from tests.feedback_api.serving import Server

MANY = 200_000
START = datetime(2026, 1, 1, tzinfo=UTC)
QUESTIONS = [question.key for question in instrument("skm-2017@1").questions]
ALLOWED_KB = 24 * 1024
"""What a server may take more for ten times the rows, a tenth of what they would fill."""


def seed(settings: Settings, number: int) -> None:
    """Responses half a minute apart, all in the log; the first is tallied, so that its questions are known."""
    first = response(START.isoformat(), dict.fromkeys(QUESTIONS, 4), instrument="skm-2017@1")
    row = {column: getattr(first, column) for column in responses.columns.keys()}  # noqa: SIM118 - no dict
    engine = open_database(settings.database)
    with writing(engine) as connection:
        add_tallies(connection, insert_responses(connection, [first]))
        for begin in range(1, number, 5000):
            connection.execute(
                insert(responses),
                [
                    row
                    | {
                        "event_id": UUID(int=at),
                        "occurred_ms": round((START + timedelta(seconds=30 * at)).timestamp() * 1000),
                        "comment": f"Petugas ramah, antrean {at % 40} menit" * (at % 3),
                    }
                    for at in range(begin, min(begin + 5000, number))
                ],
            )
        store_positions(connection, "the-log", {0: number}, 0)
    engine.dispose()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An office with many responses."""
    made = settings_in(tmp_path_factory.mktemp("many"))
    put_catalog(made)
    seed(made, MANY)
    return made


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    """A real server with one worker."""
    variables = {"PUAS_WORKERS": "1", "PUAS_SECRET_KEY": "s" * 32}
    with Server(settings.data_dir, **variables) as started:
        started.wait_until_ready()
        yield started


def day(number: int) -> date:
    """The day of the response with this number."""
    return (START + timedelta(seconds=30 * number)).date()


def peak_kb(server: Server) -> int:
    """The most memory that the worker has ever held."""
    (pid,) = server.workers()
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def download(server: Server, key: str, path: str) -> int:
    """Read a file to its end without keeping it; its bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=250)
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    total = 0
    while piece := answer.read(65536):
        total += len(piece)
    connection.close()
    return total


@pytest.mark.parametrize(("form", "number"), [("csv", MANY), ("xlsx", MANY // 2)])
def test_ten_times_the_responses_take_no_more_memory(
    settings: Settings, server: Server, form: str, number: int
) -> None:
    office = Office(settings)
    key = office.key
    office.close()
    few = download(server, key, f"/v1/responses.{form}?from=2026-01-01&to={day(number // 10)}")
    before = peak_kb(server)
    many = download(server, key, f"/v1/responses.{form}?from=2026-01-01&to={day(number)}")
    assert many > 7 * few
    assert peak_kb(server) - before < ALLOWED_KB
