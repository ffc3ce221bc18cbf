"""What one worker counts, and when it refuses to count wrongly."""

from pathlib import Path

import pytest

from eventlog.spool import SpoolDepth
from feedback_api.api_metrics import OUTCOMES, ApiMetrics


def shown(metrics: ApiMetrics) -> list[str]:
    """The lines of /metrics."""
    return metrics.exposition(lambda: SpoolDepth(2, 700, 1.5), "")[0].decode().splitlines()


def test_every_channel_and_outcome_is_there_before_it_happens() -> None:
    lines = [line for line in shown(ApiMetrics()) if line.startswith("puas_feedback_received_total{")]
    assert len(lines) == 6 * len(OUTCOMES)
    assert all(line.endswith(" 0.0") for line in lines)


def test_a_channel_we_do_not_have_is_counted_as_unknown_whatever_it_is() -> None:
    metrics = ApiMetrics()
    for channel in (None, 7, ["kiosk"], {"kiosk": 1}, "carrier-pigeon"):
        metrics.count(channel, "invalid")
    assert 'puas_feedback_received_total{channel="unknown",outcome="invalid"} 5.0' in shown(metrics)


def test_the_spools_gauges_are_read_at_each_scrape() -> None:
    lines = shown(ApiMetrics())
    assert "puas_spool_records 2.0" in lines
    assert "puas_spool_oldest_seconds 1.5" in lines


def test_workers_that_would_each_count_for_themselves_refuse_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RuntimeError, match="PROMETHEUS_MULTIPROC_DIR must be"):
        ApiMetrics(tmp_path)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    with pytest.raises(RuntimeError, match="was imported before"):
        ApiMetrics(tmp_path)
