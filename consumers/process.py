"""The consuming process, wired: log, database, catalog file, metrics and health, signals, loop, exit code."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, current_thread, main_thread

import structlog
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from consumers.backoff import Backoff, first_line
from consumers.brake import Brake
from consumers.exporter import Figures
from consumers.health import application, serve
from consumers.loop import Consumer
from consumers.probe import Probe
from consumers.progress import Progress
from consumers.stopping import stop_on_signals
from eventlog import EventLog, LogMisconfigured, LogUnavailable, open_log
from readmodel.catalog import InstrumentsChanged, apply_catalog, catalog_version, load_catalog
from readmodel.database import DatabaseAway, migrate, open_database, reading, writing
from readmodel.projection import StoredResponse
from readmodel.questionnaires import questionnaires
from runtime import metrics
from runtime.settings import Settings
from schemas.catalog import EMPTY, Catalog
from schemas.catalog_file import CatalogFileInvalid, read_catalog

DONE, MISCONFIGURED, BRAKED = 0, 2, 3

_log = structlog.get_logger()


class CannotStart(Exception):
    """A setting, or what it names, can't be used: one line for the operator."""


def consume(settings: Settings, brake_limit: int = 50, stop: Event | None = None) -> int:
    """Count feedback until SIGTERM or SIGINT (or `stop`, where given) and return the exit code.

    0: stopped as asked; 2: something is set wrongly; 3: the brake. A log or database that is away is waited for.
    """
    ending = stop or Event()
    if stop is None and current_thread() is main_thread():
        stop_on_signals(ending)
    try:
        _run(settings, brake_limit, ending)
    except Brake as brake:
        _log.error(str(brake))
        return BRAKED
    except (CannotStart, LogMisconfigured) as error:
        _log.error(str(error))
        return MISCONFIGURED
    except DBAPIError as error:  # none that passes: those are DatabaseAway, and waited out
        _log.error(f"PUAS_DATABASE: the database can't be used: {first_line(error)}")
        return MISCONFIGURED
    finally:
        ending.set()
    return DONE


def _run(settings: Settings, brake_limit: int, stop: Event) -> None:
    catalog = _catalog_file(settings)
    with _opened(settings) as (log, engine):
        ends = Probe("event log", log.ends, (LogUnavailable, LogMisconfigured))
        database = Probe("database", lambda: _catalog_version(engine), (DatabaseAway,))
        progress = Progress(ends, [database])
        registry = CollectorRegistry()
        registry.register(Figures(engine, progress))
        seconds = metrics.histogram(metrics.FEEDBACK_TO_INDEX, registry)

        def counted(responses: Sequence[StoredResponse]) -> None:
            now = time.time()
            for response in responses:
                seconds.observe(max(0.0, now - response.received_ms / 1000))

        with _served(settings, registry, progress):
            ends.start(stop)
            if not _prepared(engine, settings, catalog, progress, stop):
                return
            database.start(stop)
            Consumer(log, engine, progress, counted, brake_limit).run(stop)


def _catalog_file(settings: Settings, in_force: Catalog = EMPTY) -> Catalog | None:
    if settings.catalog is None:
        return None
    try:
        return read_catalog(settings.catalog, questionnaires(), in_force)
    except CatalogFileInvalid as error:
        raise CannotStart(f"PUAS_CATALOG: {'; '.join(error.messages)}") from None


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[EventLog, Engine]]:
    try:
        log = open_log(settings.event_log, settings.kafka)
    except ValueError as error:
        raise CannotStart(f"PUAS_EVENT_LOG: {error}") from None
    try:
        engine = open_database(settings.database)
    except ValueError as error:
        raise CannotStart(f"PUAS_DATABASE: {error}") from None
    try:
        yield log, engine
    finally:
        log.close()
        engine.dispose()


@contextmanager
def _served(settings: Settings, registry: CollectorRegistry, progress: Progress) -> Iterator[None]:
    host, port = settings.host, settings.metrics_port
    try:
        server = serve(application(registry, progress), host, port)
    except OSError as error:
        raise CannotStart(f"PUAS_METRICS_PORT: can't listen on {host} port {port}: {error.strerror}") from None
    _log.info("metrics", address=f"http://{host}:{port}/metrics")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _prepared(engine: Engine, settings: Settings, catalog: Catalog | None, progress: Progress, stop: Event) -> bool:
    """Bring the tables and the catalog up to date, waiting for the database; False when told to stop first."""
    backoff = Backoff(stop)
    while not stop.is_set():
        try:
            migrate(engine)
            _apply(engine, settings, catalog)
        except DatabaseAway as error:
            progress.trouble = f"database: {first_line(error)}"
            _log.warning("waiting", why=progress.trouble)
            backoff.wait()
        except RuntimeError as error:
            raise CannotStart(f"PUAS_DATABASE: {error}") from error
        else:
            return True
    return False


def _apply(engine: Engine, settings: Settings, catalog: Catalog | None) -> None:
    if catalog is None:
        return
    try:
        with writing(engine) as conn:
            applied = apply_catalog(conn, catalog, round(time.time() * 1000))
    except InstrumentsChanged as error:
        with reading(engine) as conn:
            _catalog_file(settings, load_catalog(conn)[1])  # tells the file's lines
        raise CannotStart(f"PUAS_CATALOG: {error}") from None
    if applied.changed:
        _log.info("catalog_applied", version=applied.version, changes=len(applied.changes))


def _catalog_version(engine: Engine) -> int:
    with reading(engine) as conn:
        return catalog_version(conn)
