"""The vocabulary of metrics: every name, label and meaning is declared here and nowhere else.

Declarations are plain values, so importing this module registers nothing; a process builds what it exposes
with `counter`, `histogram` and `family`. prometheus-client is imported inside these on purpose: it chooses
its multiprocess mode once, at import, from an environment variable that the API's server sets first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily


@dataclass(frozen=True, slots=True)
class Declared:
    """One metric: its exposed name, kind, meaning and labels; `buckets` in seconds for a histogram."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_REQUEST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0)
_PIPELINE = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 21600.0, 86400.0)

FEEDBACK_RECEIVED = Declared(
    "puas_feedback_received_total",
    "counter",
    "Feedback submissions by how the intake answered: log, spool, invalid, refused.",
    ("channel", "outcome"),
)
INTAKE_SECONDS = Declared("puas_intake_seconds", "histogram", "Time to answer one feedback request.", (), _REQUEST)
LOG_APPEND_SECONDS = Declared(
    "puas_log_append_seconds", "histogram", "Time until the event log confirmed or gave up.", (), _REQUEST
)
SPOOL_RECORDS = Declared("puas_spool_records", "gauge", "Records kept on this host until the event log is back.")
SPOOL_OLDEST = Declared("puas_spool_oldest_seconds", "gauge", "Age of the oldest record in the spool.")
RESPONSES = Declared(
    "puas_responses_total", "counter", "Responses stored, each event_id once.", ("unit", "service", "channel")
)
ANSWERS = Declared(
    "puas_answers_total",
    "counter",
    "Answers counted into indices.",
    ("unit", "service", "question", "answer"),
)
INDEX = Declared(
    "puas_satisfaction_index",
    "gauge",
    "Satisfaction index on the instrument's own scale (1 to 4 for the SKM; times 25 is the IKM).",
    ("unit", "service", "instrument", "window"),
)
RESPONDENTS = Declared(
    "puas_satisfaction_respondents",
    "gauge",
    "Respondents behind puas_satisfaction_index.",
    ("unit", "service", "instrument", "window"),
)
LAG_RECORDS = Declared(
    "puas_consumer_lag_records", "gauge", "Records in the event log not yet counted.", ("partition",)
)
LAG_SECONDS = Declared("puas_consumer_lag_seconds", "gauge", "Age of the oldest record not yet counted, at most.")
FEEDBACK_TO_INDEX = Declared(
    "puas_feedback_to_index_seconds",
    "histogram",
    "Time from receipt at the intake to being counted.",
    (),
    _PIPELINE,
)
DEAD_LETTERS = Declared("puas_dead_letters_total", "counter", "Records set aside as unusable.", ("reason",))
FLAGGED = Declared("puas_flagged_total", "counter", "Responses flagged by a misuse rule.", ("rule",))
LAST_SEEN = Declared(
    "puas_touchpoint_last_seen_timestamp_seconds",
    "gauge",
    "When a touchpoint's latest response was received, in Unix seconds.",
    ("unit", "touchpoint"),
)

DECLARED = (
    FEEDBACK_RECEIVED,
    INTAKE_SECONDS,
    LOG_APPEND_SECONDS,
    SPOOL_RECORDS,
    SPOOL_OLDEST,
    RESPONSES,
    ANSWERS,
    INDEX,
    RESPONDENTS,
    LAG_RECORDS,
    LAG_SECONDS,
    FEEDBACK_TO_INDEX,
    DEAD_LETTERS,
    FLAGGED,
    LAST_SEEN,
)


def counter(declared: Declared, registry: CollectorRegistry) -> Counter:
    """A counter that this process increments."""
    from prometheus_client import Counter

    return Counter(declared.name, declared.meaning, declared.labels, registry=registry)


def histogram(declared: Declared, registry: CollectorRegistry) -> Histogram:
    """A histogram that this process observes into."""
    from prometheus_client import Histogram

    return Histogram(declared.name, declared.meaning, declared.labels, buckets=declared.buckets, registry=registry)


def family(declared: Declared) -> CounterMetricFamily | GaugeMetricFamily:
    """An empty family for a collector that reads its values at scrape.

    >>> found = family(DEAD_LETTERS)
    >>> found.add_metric(["not_json"], 2)
    >>> found.samples[0].name, found.samples[0].labels
    ('puas_dead_letters_total', {'reason': 'not_json'})
    """
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    kind = CounterMetricFamily if declared.kind == "counter" else GaugeMetricFamily
    return kind(declared.name, declared.meaning, labels=declared.labels)
