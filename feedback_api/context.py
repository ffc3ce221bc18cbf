"""What one API process works with, opened once and handed to every view: no globals."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore, Event

from sqlalchemy import Engine

from eventlog.interface import EventLog
from eventlog.opening import open_log
from eventlog.spool import Spool
from feedback_api.acceptance import Acceptance
from feedback_api.api_metrics import ApiMetrics
from feedback_api.background import Repeating
from feedback_api.breaker import Breaker
from feedback_api.catalog_cache import CatalogCache
from feedback_api.forwarding import Forwarder
from feedback_api.sign_ins import SignIns
from readmodel.database import open_database
from runtime.secret import secret_key
from runtime.settings import Settings

QUERY_TIMEOUT_S = 5.0
STOP_S = 6.0
FIRST_LOOK_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The process's collaborators. `readers` bounds how many threads may wait for the database at once."""

    settings: Settings
    log: EventLog
    spool: Spool
    acceptance: Acceptance
    engine: Engine
    readers: BoundedSemaphore
    catalog: CatalogCache
    metrics: ApiMetrics
    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    background: tuple[Repeating, ...]
    stopping: Event

    @property
    def sign_ins(self) -> SignIns:
        """The cookies of people who signed in."""
        return SignIns(self.secret, self.clock)

    def start(self) -> None:
        """Start the threads; after a fork, never before. Gives a database that is there time to tell the catalog."""
        for work in self.background:
            work.start()
        self.catalog.looked.wait(FIRST_LOOK_S)

    def close(self) -> None:
        """Stop the threads and close what was opened."""
        self.stopping.set()
        for work in self.background:
            work.stop(STOP_S)
        self.log.close()
        self.spool.close()
        self.engine.dispose()


def open_context(settings: Settings, metrics_directory: Path | None = None) -> Context:
    """Wire one process. Touches no network; `start` does.

    Raises ValueError for an address that can't be one, BadSetting for a secret that is missing.
    """
    secret = secret_key(settings)
    metrics = ApiMetrics(metrics_directory)
    log = open_log(settings.event_log, settings.kafka)
    spool = Spool(settings.spool, settings.spool_max_bytes, settings.spool_max_age_s)
    engine = open_database(settings.database, QUERY_TIMEOUT_S)
    breaker, stopping, catalog = Breaker(), Event(), CatalogCache(engine)
    forwarder = Forwarder(log, spool, breaker, stopping.is_set)
    return Context(
        settings=settings,
        log=log,
        spool=spool,
        acceptance=Acceptance(log, spool, breaker, settings.append_timeout_s, metrics.observe_append),
        engine=engine,
        readers=BoundedSemaphore(max(1, settings.threads // 2)),
        catalog=catalog,
        metrics=metrics,
        secret=secret,
        clock=lambda: datetime.now(UTC),
        background=(Repeating("catalog refresh", catalog.refresh), Repeating("spool forwarder", forwarder.step)),
        stopping=stopping,
    )
