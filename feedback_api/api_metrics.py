"""The API's own metrics, right over several workers and their restarts, and the spool's gauges read at scrape."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, values
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from eventlog.interface import LogMisconfigured, LogUnavailable
from eventlog.spool import SpoolDepth
from runtime import metrics
from schemas.feedback import CHANNELS

UNKNOWN_CHANNEL = "unknown"
_VERSIONS = re.compile(r"version\s*=([^;]*)", re.IGNORECASE)
_VERSION = re.compile(r"\d{1,3}(\.\d{1,3}){0,2}", re.ASCII)
OUTCOMES = ("log", "spool", "invalid", "refused")


class ApiMetrics:
    """What this process counts. With `directory`, prometheus-client's multiprocess mode must be on and write there."""

    def __init__(self, directory: Path | None = None) -> None:
        self._own = CollectorRegistry()
        if directory is not None and os.environ.get("PROMETHEUS_MULTIPROC_DIR") != str(directory):
            raise RuntimeError(f"PROMETHEUS_MULTIPROC_DIR must be {directory}")
        if directory is not None and not getattr(values.ValueClass, "_multiprocess", False):
            raise RuntimeError("prometheus_client was imported before PROMETHEUS_MULTIPROC_DIR was set")
        self._directory = directory
        received = metrics.counter(metrics.FEEDBACK_RECEIVED, self._own)
        self._received = {
            (channel, outcome): received.labels(channel, outcome)
            for channel in (*CHANNELS, UNKNOWN_CHANNEL)
            for outcome in OUTCOMES
        }
        self.observe_intake = metrics.histogram(metrics.INTAKE_SECONDS, self._own).observe
        self.observe_append = metrics.histogram(metrics.LOG_APPEND_SECONDS, self._own).observe

    def count(self, channel: object, outcome: str) -> None:
        """One feedback was answered; a `channel` we don't have counts as unknown."""
        known = channel if isinstance(channel, str) and channel in CHANNELS else UNKNOWN_CHANNEL
        self._received[known, outcome].inc()

    def exposition(self, spool_depth: Callable[[], SpoolDepth], accept: str) -> tuple[bytes, str]:
        """Every metric of the API's workers on this host, and its content type, chosen by `accept`."""
        registry = CollectorRegistry()
        registry.register(_Spool(spool_depth))
        registry.register(self._own if self._directory is None else _Files(self._directory))
        encode, content_type = choose_encoder(_understood(accept))
        return encode(registry), content_type


def _understood(accept: str) -> str:
    """The media ranges whose version, if any, is one: the encoder chooses by it and repeats it in the content type."""
    return ",".join(one for one in accept.split(",") if all(map(_VERSION.fullmatch, _VERSIONS.findall(one))))


class _Files(Collector):
    """Sums what every worker of this server, living or dead, has written."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterable[Metric]:
        # A worker that was just started, or killed while it started, has an empty file, which the merge can't read.
        files = [str(file) for file in self._directory.glob("*.db") if file.stat().st_size > 0]
        merged: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return merged


class _Spool(Collector):
    def __init__(self, depth: Callable[[], SpoolDepth]) -> None:
        self._depth = depth

    def collect(self) -> Iterable[Metric]:
        try:
            depth = self._depth()
        except (LogUnavailable, LogMisconfigured) as error:  # no gauge is better than one that says 0
            structlog.get_logger().warning("spool can't be read", reason=str(error))
            return
        for declared, value in ((metrics.SPOOL_RECORDS, depth.records), (metrics.SPOOL_OLDEST, depth.oldest_seconds)):
            family = metrics.family(declared)
            family.add_metric([], value)
            yield family
