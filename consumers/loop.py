"""Poll, project, go on: every record of the log is counted once, whatever breaks in between."""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from threading import Event

import structlog
from sqlalchemy import Engine

from consumers.backoff import Backoff, first_line
from consumers.brake import Streaks, reasons
from consumers.progress import Progress
from consumers.projection import Projected, project
from consumers.starting import dead_in_a_row, starting_positions
from eventlog import Entry, EventLog, LogReader, LogUnavailable, Positions
from readmodel.catalog import catalog_version, load_catalog
from readmodel.database import DatabaseAway, writing
from readmodel.projection import StoredResponse
from schemas.catalog import EMPTY, Catalog

GROUP = "puas"
BATCH = 500
POLL_SECONDS = 0.5

_log = structlog.get_logger()


class NoCatalog(Exception):
    """No catalog has been applied yet, so nothing could be counted: wait for one."""


class Consumer:
    """Projects one log into one database; `counted` gets the responses of each batch once it is committed.

    Correctness rests on the positions stored with the results, never on which partitions the log assigns.
    """

    def __init__(
        self,
        log: EventLog,
        engine: Engine,
        progress: Progress,
        counted: Callable[[Sequence[StoredResponse]], None],
        brake_limit: int = 50,
        batch: int = BATCH,
        longest_pause: float = 10.0,
        identity_every: float = 60.0,
    ) -> None:
        self._log = log
        self._engine = engine
        self._progress = progress
        self._counted = counted
        self._batch = batch
        self._longest_pause = longest_pause
        self._identity_every = identity_every
        self._streaks = Streaks(brake_limit)
        self._catalog: tuple[int, Catalog] = (0, EMPTY)
        self._log_id = ""
        self._read_from: dict[int, int] = {}

    def run(self, stop: Event) -> None:
        """Until `stop` is set; the batch in hand is finished first, if the database lets it.

        An outage of the log or the database is waited out, with nothing skipped. Raises Brake, LogMisconfigured.
        """
        backoff = Backoff(stop, longest=self._longest_pause)
        while not stop.is_set():
            with closing(self._log.reader(self._start, GROUP)) as reader:
                self._follow(reader, backoff, stop)

    def _follow(self, reader: LogReader, backoff: Backoff, stop: Event) -> None:
        """Until `stop` is set or the log has been made anew."""
        held: list[Entry] = []
        look_again = time.monotonic() + self._identity_every
        while not stop.is_set():
            self._progress.beat()
            try:
                if not held and time.monotonic() > look_again:
                    look_again = time.monotonic() + self._identity_every
                    if reader.assigned() and self._log.identity() != self._log_id:
                        _log.error("log_made_anew", message="reading it from its first record", was=self._log_id)
                        return
                held = held or self._read(reader)
                if held:
                    self._store(reader, held)
                    held = []
            except (LogUnavailable, DatabaseAway, NoCatalog) as error:
                self._progress.trouble = f"{type(error).__name__}: {first_line(error)}"
                _log.warning("waiting", why=self._progress.trouble, held=len(held))
                backoff.wait()
            else:
                self._progress.trouble = None
                backoff.reset()

    def _start(self, partitions: Collection[int]) -> Positions:
        """Called by the log at each assignment. Raises LogUnavailable, DatabaseAway."""
        start = starting_positions(self._log, self._engine, partitions)
        self._log_id = start.log_id
        self._read_from = dict(start.positions)
        self._streaks = self._streaks.resumed(start.dead_in_a_row)
        self._progress.stored(dict.fromkeys(partitions, 0) | start.positions)
        _log.info("assigned", partitions=sorted(partitions), positions=start.positions)
        return start.positions

    def _read(self, reader: LogReader) -> list[Entry]:
        entries = reader.poll(self._batch, POLL_SECONDS)
        self._progress.assigned(reader.assigned())
        if entries:
            self._progress.holds(entries)
        return entries

    def _store(self, reader: LogReader, entries: list[Entry]) -> None:
        with writing(self._engine) as conn:
            # Asked after the entries were read, so whoever accepted them did so under this catalog or an earlier one.
            if catalog_version(conn) != self._catalog[0]:
                self._catalog = load_catalog(conn)
            if not self._catalog[0]:
                raise NoCatalog("no catalog has been applied yet (`puas catalog apply FILE`)")
            now_ms = round(time.time() * 1000)
            done = project(conn, self._log_id, entries, self._read_from, self._catalog[1], now_ms)
            streaks = self._streaks.after(done.outcomes)
            if done.moved:
                streaks = streaks.resumed(dead_in_a_row(conn, self._log_id, done.moved))
        self._committed(reader, done)
        self._streaks = streaks

    def _committed(self, reader: LogReader, done: Projected) -> None:
        if done.moved:
            _log.warning("moved", message="other positions have been stored meanwhile", read_on_from=done.moved)
            reader.seek(done.moved)
        positions = done.positions | done.moved
        self._read_from |= positions
        self._progress.stored(positions)
        if dead := [setback for _, setback in done.outcomes if setback is not None]:
            _log.warning("dead_letters", count=len(dead), reasons=reasons(dead), first=str(dead[0]))
        self._counted(done.responses)
        reader.stored(done.positions)
