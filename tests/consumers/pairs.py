"""A log and a database to project it into, and a consumer loop that runs beside the test."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text

from consumers.loop import Consumer
from consumers.probe import Probe
from consumers.progress import Progress
from eventlog import EventLog, LogUnavailable, Record
from readmodel.catalog import apply_catalog
from readmodel.database import migrate, reading, writing
from readmodel.projection import StoredResponse
from readmodel.queries import Span, tallies
from schemas.catalog import Catalog
from schemas.feedback import Feedback
from tests.consumers.visits import CATALOG, record
from tests.system.ledger import assert_tallies_equal_a_recount

PATIENCE = 120.0
ALWAYS = Span("always", datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), UTC)


def eventually(happened: Callable[[], object], within: float = PATIENCE) -> None:
    """Return once it has happened; fail when it has not within so many seconds."""
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@dataclass(slots=True)
class Pair:
    """One log, one database; the URLs are for other processes."""

    log_url: str
    database_url: str
    log: EventLog
    engine: Engine
    options: Mapping[str, str] = field(default_factory=dict)

    def prepare(self, catalog: Catalog = CATALOG) -> None:
        """Make the tables and put the catalog in force."""
        migrate(self.engine)
        with writing(self.engine) as conn:
            apply_catalog(conn, catalog, 0)

    def put(self, *sent: Feedback | Record) -> None:
        """Append feedback, or records as they are."""
        self.log.append([each if isinstance(each, Record) else record(each) for each in sent], 30.0)

    def put_one_by_one(self, sent: Sequence[Feedback]) -> None:
        """As visitors do."""
        for each in sent:
            self.put(each)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The result of one SELECT."""
        with reading(self.engine) as conn:
            return [tuple(row) for row in conn.execute(text(query))]

    def stored(self) -> int:
        """How many responses are stored."""
        return int(self.rows("SELECT count(*) FROM responses")[0][0])

    def dead(self) -> int:
        """How many dead letters there are."""
        return int(self.rows("SELECT count(*) FROM dead_letters")[0][0])

    def environment(self) -> dict[str, str]:
        """The settings of a process that consumes this log into this database."""
        kafka = {f"PUAS_KAFKA_{name.upper()}": value for name, value in self.options.items()}
        return {"PUAS_EVENT_LOG": self.log_url, "PUAS_DATABASE": self.database_url} | kafka

    def assert_counted_once(self, sent: Sequence[Feedback]) -> None:
        """Exactly these are stored, and the tallies are those of their answers."""
        assert self.rows("SELECT count(*), count(DISTINCT event_id) FROM responses") == [(len(sent), len(sent))]
        answers: Counter[tuple[str, str, int]] = Counter()
        for each in sent:
            for question, answer in each.answers.items():
                if answer is not None:
                    answers[each.service, question, answer] += 1
        with reading(self.engine) as conn:
            counted = tallies(conn, [ALWAYS], group_by=("service",))
        tallied: Counter[tuple[str, str, int]] = Counter()
        for group in counted:
            for question, counts in (group.tally + group.excluded_tally).answers.items():
                tallied.update({(group.group["service"], question, answer): n for answer, n in counts.items()})
        assert tallied == answers
        assert sum(group.tally.responses + group.excluded for group in counted) == len(sent)
        assert_tallies_equal_a_recount(self.database_url)


class Running:
    """A consumer on a thread; `finish` stops it and gives what it raised."""

    def __init__(self, log: EventLog, engine: Engine, **options: Any) -> None:
        self.counted: list[StoredResponse] = []
        self.stop = threading.Event()
        self.error: Exception | None = None
        ends = Probe("event log", log.ends, (LogUnavailable,), every=0.2)
        self.progress = Progress(ends)
        ends.start(self.stop)
        self._consumer = Consumer(
            log, engine, self.progress, self.counted.extend, **{"longest_pause": 0.5, "batch": 50} | options
        )
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def finish(self) -> Exception | None:
        """Stop it, or wait until it has stopped itself after an error."""
        self.stop.set()
        return self.ended()

    def ended(self) -> Exception | None:
        """Wait until it has stopped; what it raised."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.error

    def _run(self) -> None:
        try:
            self._consumer.run(self.stop)
        except Exception as error:  # noqa: BLE001 - handed to whoever asks how it ended
            self.error = error
        finally:
            self.stop.set()


@contextlib.contextmanager
def consuming(pair: Pair, **options: Any) -> Iterator[Running]:
    """A running consumer that must not have failed by the end."""
    running = Running(pair.log, pair.engine, **options)
    try:
        yield running
    finally:
        error = running.finish()
    assert error is None, error
