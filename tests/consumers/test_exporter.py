"""Metrics at scrape equal what is stored, and stay honest while the database is away."""

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from consumers.exporter import Figures, windows
from consumers.probe import Probe
from consumers.progress import Progress
from eventlog import LogUnavailable
from readmodel.database import open_database
from runtime import metrics
from satisfaction.index import measure
from satisfaction.instruments import instrument
from satisfaction.periods import containing, hour_start
from satisfaction.tally import Tally
from schemas.feedback import Feedback
from tests.consumers.conftest import Opening
from tests.consumers.pairs import Pair, consuming, eventually
from tests.consumers.visits import SKM, SMILEY, feedback, poison, questionnaires

NOW = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def idle(pair: Pair) -> Progress:
    """The progress of a consumer that has nothing to do."""
    return Progress(Probe("event log", pair.log.ends, (LogUnavailable,)))


def scraped(pair: Pair, progress: Progress | None = None) -> Samples:
    """Every sample of a scrape at NOW, read as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(Figures(pair.engine, progress or idle(pair), NOW.timestamp))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float | None:
    """The value of one sample; None when it is not there."""
    return samples.get((name, frozenset(labels.items())))


def counted(pair: Pair, *sent: Feedback) -> None:
    """Put them into the log and let a consumer count them."""
    before = pair.stored()
    pair.put(*sent)
    with consuming(pair):
        eventually(lambda: pair.stored() == before + len(sent))


def at(when: datetime, answer: int) -> Feedback:
    """A smiley for the service ktp at that time."""
    return feedback(service="ktp", answers={"kepuasan": answer}, received_at=when)


@pytest.mark.parametrize(
    ("hours_ago", "seen_in"),
    [(0, "24h 7d 30d"), (23, "24h 7d 30d"), (24, "7d 30d"), (167, "7d 30d"), (168, "30d"), (719, "30d"), (720, "")],
)
def test_an_index_rolls_by_whole_hours(embedded: Pair, hours_ago: int, seen_in: str) -> None:
    """The hour under way and those before it: an answer leaves each window at a full hour."""
    counted(embedded, at(NOW - timedelta(hours=hours_ago), 4), at(NOW - timedelta(hours=hours_ago), 3))
    samples = scraped(embedded)
    of = {"unit": "ult", "service": "ktp", "instrument": SMILEY}
    for window in ("24h", "7d", "30d"):
        seen = window in seen_in.split()
        assert value(samples, "puas_satisfaction_index", **of, window=window) == (3.5 if seen else None)
        assert value(samples, "puas_satisfaction_respondents", **of, window=window) == (2 if seen else 0)


def test_the_index_is_the_one_that_its_answers_give(pair: Pair) -> None:
    """Counted from what was sent, without the database; what was answered too fast stays out."""
    sent = questionnaires(200)
    counted(pair, *sent)
    samples = scraped(pair)
    for service in ("ktp", "kk", "akta"):
        answers = [each.answers for each in sent if each.service == service and each.duration_ms != 100]
        expected = measure(instrument(SKM), Tally.of(answers))
        of = {"unit": "ult", "service": service, "instrument": SKM, "window": "24h"}
        assert expected.index is not None
        assert value(samples, "puas_satisfaction_index", **of) == float(expected.index)
        assert value(samples, "puas_satisfaction_respondents", **of) == expected.n


def test_counters_equal_what_is_stored(pair: Pair) -> None:
    """Responses with those left out, answers without; flags; dead letters by reason."""
    sent = questionnaires(100)
    counted(pair, *sent)
    pair.put(*poison(3))
    with consuming(pair):
        eventually(lambda: pair.dead() == 3)
    samples = scraped(pair)
    for service in ("ktp", "kk", "akta"):
        mine = [each for each in sent if each.service == service]
        assert value(samples, "puas_responses_total", unit="ult", service=service, channel="kiosk") == len(mine)
        fours = sum(each.answers["biaya"] == 4 and each.duration_ms != 100 for each in mine)
        of = {"unit": "ult", "service": service, "question": "biaya", "answer": "4"}
        assert value(samples, "puas_answers_total", **of) == fours
    assert value(samples, "puas_flagged_total", rule="too_fast") == sum(each.duration_ms == 100 for each in sent)
    assert value(samples, "puas_flagged_total", rule="clock") == 0
    assert value(samples, "puas_dead_letters_total", reason="not_json") == 3
    assert value(samples, "puas_dead_letters_total", reason="unknown_version") == 0


def test_a_touchpoint_was_last_seen_when_its_latest_response_arrived(embedded: Pair) -> None:
    """For the alert on a silent kiosk."""
    counted(embedded, at(NOW, 4), at(NOW - timedelta(hours=1), 4))
    seen = value(scraped(embedded), "puas_touchpoint_last_seen_timestamp_seconds", unit="ult", touchpoint="kiosk-1")
    assert seen == NOW.timestamp()


def test_lag_is_told_by_partition(embedded: Pair) -> None:
    """What is in the log and not counted yet."""
    embedded.put(*(feedback() for _ in range(7)))
    ends = Probe("event log", embedded.log.ends, (LogUnavailable,), every=3600)
    ends.start(threading.Event())
    eventually(lambda: ends.trouble() is None)
    progress = Progress(ends)
    progress.assigned({0})
    progress.stored({0: 3})
    samples = scraped(embedded, progress)
    assert value(samples, "puas_consumer_lag_records", partition="0") == 4
    assert (value(samples, "puas_consumer_lag_seconds") or 0) > 0


def test_without_its_database_it_tells_of_itself_only(opening: Opening, tmp_path: Path) -> None:
    """An old figure would pass for a new one; tables not made yet are no better."""
    pair = opening(f"sqlite:///{tmp_path}/log.db", f"sqlite:///{tmp_path}/puas.db", {})
    assert {name for name, _ in scraped(pair)} == {"puas_consumer_lag_seconds"}
    pair.engine = open_database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert {name for name, _ in scraped(pair)} == {"puas_consumer_lag_seconds"}


def test_every_metric_is_exposed_as_it_is_declared(embedded: Pair) -> None:
    """Names, kinds and labels are promises to rules and dashboards."""
    counted(embedded, *questionnaires(10))
    registry = CollectorRegistry()
    registry.register(Figures(embedded.engine, idle(embedded), NOW.timestamp))
    text = generate_latest(registry).decode()
    declared = {each.name: each for each in metrics.DECLARED}
    exposed = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert set(exposed) <= set(declared)
    assert all(declared[name].kind == kind for name, kind in exposed.items())
    for name, labels in scraped(embedded):
        assert {label for label, _ in labels} == set(declared[name].labels)


def test_windows_end_with_the_hour_under_way() -> None:
    """An answer given just now counts at once."""
    for zone in map(ZoneInfo, ("Asia/Makassar", "Asia/Kathmandu", "Australia/Lord_Howe")):
        for span in windows(NOW, zone):
            assert span.start <= NOW < span.end == containing(NOW, "hour", zone).end
            assert hour_start(span.start, zone) == span.start
