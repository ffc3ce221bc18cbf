"""The declared metrics keep Prometheus' rules and design's promises."""

import re

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from runtime import metrics


@pytest.mark.parametrize("declared", metrics.DECLARED, ids=lambda declared: declared.name)
def test_a_name_says_its_kind_and_unit(declared: metrics.Declared) -> None:
    assert re.fullmatch(r"puas_[a-z_]+", declared.name)
    assert declared.name.endswith("_total") == (declared.kind == "counter")
    assert bool(declared.buckets) == (declared.kind == "histogram")


def test_a_counter_is_exposed_under_its_declared_name() -> None:
    registry = CollectorRegistry()
    metrics.counter(metrics.FEEDBACK_RECEIVED, registry).labels("kiosk", "log").inc(3)
    assert b'puas_feedback_received_total{channel="kiosk",outcome="log"} 3.0' in generate_latest(registry)


def test_a_histogram_has_its_declared_buckets() -> None:
    registry = CollectorRegistry()
    metrics.histogram(metrics.INTAKE_SECONDS, registry).observe(0.002)
    assert b'puas_intake_seconds_bucket{le="0.0025"} 1.0' in generate_latest(registry)
