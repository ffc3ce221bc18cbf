"""Quantiles of a Prometheus histogram between two scrapes, as histogram_quantile() gives them."""

import urllib.request
from collections.abc import Mapping
from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families

Buckets = Mapping[float, float]
"""Upper bound → how many observations were at most that, since the process began."""


def scraped(port: int, name: str) -> Buckets:
    """The histogram `name` of the process whose metrics are on 127.0.0.1:`port`."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    return {
        float(sample.labels["le"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"{name}_bucket"
    }


def quantile(share: float, before: Buckets, after: Buckets) -> float:
    """Where `share` of what was observed between the scrapes lies; straight lines within buckets.

    >>> quantile(0.5, {1.0: 0, 2.0: 5, float("inf"): 5}, {1.0: 2, 2.0: 9, float("inf"): 9})
    1.0
    """
    grown = [(0.0, 0.0)] + [(bound, after[bound] - before.get(bound, 0.0)) for bound in sorted(after)]
    wanted = share * grown[-1][1]
    for (low, below), (high, count) in pairwise(grown):
        if count >= wanted and count > below:
            return low if high == float("inf") else low + (high - low) * (wanted - below) / (count - below)
    raise ValueError("nothing was observed")
