"""Prometheus metrics of what is counted: read from the read model at each scrape, so every consumer tells the same."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import get_args

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from consumers.backoff import first_line
from consumers.progress import Progress
from consumers.reasons import Reason
from readmodel.catalog import load_catalog
from readmodel.database import DatabaseAway, reading
from readmodel.queries import (
    Scope,
    Span,
    answers_by_question,
    dead_letters_by_reason,
    flagged_by_rule,
    last_seen,
    responses_by_channel,
    tallies,
)
from readmodel.questionnaires import instruments_of
from runtime import metrics
from satisfaction.index import measure
from satisfaction.misuse import RULES
from satisfaction.periods import containing, hour_start
from satisfaction.tally import Tally
from schemas.catalog import Catalog

WINDOWS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
"""Name → whole hours, the running one among them."""

_Labels = tuple[str, str, str, str]
"""unit, service, instrument, window"""
Family = CounterMetricFamily | GaugeMetricFamily

_log = structlog.get_logger()


def windows(now: datetime, zone: tzinfo) -> list[Span]:
    """The spans of WINDOWS, each ending with the local hour that is under way.

    >>> from zoneinfo import ZoneInfo
    >>> spans = windows(datetime(2026, 11, 21, 5, 30, tzinfo=UTC), ZoneInfo("Asia/Makassar"))
    >>> [(span.label, (span.end - span.start) // timedelta(hours=1), span.end.isoformat()) for span in spans]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('24h', 24, '2026-11-21T14:00:00+08:00'), ('7d', 168, '2026-11-21T14:00:00+08:00'),
     ('30d', 720, '2026-11-21T14:00:00+08:00')]
    """
    end = containing(now, "hour", zone).end
    return [Span(name, hour_start(end - timedelta(hours=hours), zone), end, zone) for name, hours in WINDOWS.items()]


class Figures(Collector):
    """The consumer's own state, always; the read model's figures while the database answers.

    An index is given where anybody answered, respondents (0 too) for all that the catalog offers. While the
    database is away its figures are left out: an old figure would pass for a new one.
    """

    def __init__(self, engine: Engine, progress: Progress, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._progress = progress
        self._clock = clock

    def describe(self) -> Iterable[Family]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Family]:
        """One family after another, as prometheus-client asks for them at each scrape."""
        lag = metrics.family(metrics.LAG_RECORDS)
        for partition, records in self._progress.lag_records().items():
            lag.add_metric([str(partition)], records)
        seconds = metrics.family(metrics.LAG_SECONDS)
        seconds.add_metric([], self._progress.lag_seconds())
        yield from (lag, seconds)
        try:
            with reading(self._engine) as conn:
                counted = [*_totals(conn), *_indices(conn, datetime.fromtimestamp(self._clock(), UTC))]
        except (DatabaseAway, OperationalError, ProgrammingError) as error:  # the latter two: no tables yet
            _log.warning("metrics_without_figures", why=first_line(error))
            return
        yield from counted


def _totals(conn: Connection) -> Iterator[Family]:
    responses = metrics.family(metrics.RESPONSES)
    for key, total in responses_by_channel(conn).items():
        responses.add_metric(key, total.included + total.excluded)
    answers = metrics.family(metrics.ANSWERS)
    for given in answers_by_question(conn):
        answers.add_metric([given.unit, given.service, given.question, str(given.answer)], given.count)
    dead = metrics.family(metrics.DEAD_LETTERS)
    for reason, count in (dict.fromkeys(get_args(Reason), 0) | dead_letters_by_reason(conn)).items():
        dead.add_metric([reason], count)
    flagged = metrics.family(metrics.FLAGGED)
    for rule, count in (dict.fromkeys(RULES, 0) | flagged_by_rule(conn)).items():
        flagged.add_metric([rule], count)
    seen = metrics.family(metrics.LAST_SEEN)
    for place, last in last_seen(conn).items():
        seen.add_metric(place, last.received_ms / 1000)
    yield from (responses, answers, dead, flagged, seen)


def _indices(conn: Connection, now: datetime) -> Iterator[Family]:
    index, respondents = metrics.family(metrics.INDEX), metrics.family(metrics.RESPONDENTS)
    _, catalog = load_catalog(conn)
    asked = instruments_of(catalog)
    found = _running(conn, catalog, now)
    offered = dict.fromkeys(_offered(catalog))
    for labels in offered | dict.fromkeys(found):
        tally = found.get(labels)
        respondents.add_metric(labels, 0 if tally is None else tally.responses)
        known = asked.get(labels[2])
        value = None if tally is None or known is None else measure(known, tally).index
        if value is not None:
            index.add_metric(labels, float(value))
    yield from (index, respondents)


def _running(conn: Connection, catalog: Catalog, now: datetime) -> dict[_Labels, Tally]:
    """The counts of every window: one query for each time zone, whose hours and days are the same."""
    found: dict[_Labels, Tally] = {}
    for zone in dict.fromkeys(unit.zone for unit in catalog.units):
        scope = Scope(unit=[unit.id for unit in catalog.units if unit.zone == zone])
        for group in tallies(conn, windows(now, zone), scope, ("unit", "service", "instrument")):
            unit, service, instrument = group.group.values()
            found[unit, service, instrument, group.label] = group.tally
    return found


def _offered(catalog: Catalog) -> Iterator[_Labels]:
    for unit in catalog.units:
        for service in unit.services:
            if not (unit.retired or service.retired):
                for instrument in service.instruments:
                    yield from ((unit.id, service.id, instrument, window) for window in WINDOWS)
