"""Prometheus metrics of what is counted: read from the read model at each scrape, so every consumer tells the same."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from schemas.catalog import Catalog

HOUR_MS = 3_600_000
WINDOWS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
"""Name → whole hours, the running one among them."""

Family = CounterMetricFamily | GaugeMetricFamily

_log = structlog.get_logger()


def windows(now_ms: int) -> list[Span]:
    """The spans of WINDOWS, each ending with the hour that is under way.

    >>> [(span.label, (span.end_ms - span.start_ms) // HOUR_MS) for span in windows(90 * 60_000)]
    [('24h', 24), ('7d', 168), ('30d', 720)]
    """
    end = (now_ms // HOUR_MS + 1) * HOUR_MS
    return [Span(name, end - hours * HOUR_MS, end) for name, hours in WINDOWS.items()]


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
                counted = [*_totals(conn), *_indices(conn, round(self._clock() * 1000))]
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


def _indices(conn: Connection, now_ms: int) -> Iterator[Family]:
    index, respondents = metrics.family(metrics.INDEX), metrics.family(metrics.RESPONDENTS)
    spans = windows(now_ms)
    found = {
        (group.group["unit"], group.group["service"], group.group["instrument"], group.label): group.tally
        for group in tallies(conn, spans, group_by=("unit", "service", "instrument"))
    }
    _, catalog = load_catalog(conn)
    asked = instruments_of(catalog)
    offered = dict.fromkeys(_offered(catalog, spans))
    for labels in offered | dict.fromkeys(found):
        tally = found.get(labels)
        respondents.add_metric(labels, 0 if tally is None else tally.responses)
        known = asked.get(labels[2])
        value = None if tally is None or known is None else measure(known, tally).index
        if value is not None:
            index.add_metric(labels, float(value))
    yield from (index, respondents)


def _offered(catalog: Catalog, spans: Sequence[Span]) -> Iterator[tuple[str, str, str, str]]:
    for unit in catalog.units:
        for service in unit.services:
            if not (unit.retired or service.retired):
                for instrument in service.instruments:
                    yield from ((unit.id, service.id, instrument, span.label) for span in spans)
