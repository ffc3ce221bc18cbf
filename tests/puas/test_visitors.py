"""Simulated visitors are people the intake would believe."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from puas.opening_hours import VisitTimes, arrivals
from puas.visitors import Offer, Question, submission, uuid7, weight
from satisfaction.instruments import instrument
from schemas.feedback import parse_submission

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


def offer(instrument_id: str, service: str = "layanan-dapodik", channel: str = "kiosk") -> Offer:
    asked = instrument(instrument_id)
    questions = tuple(Question(question.key, *asked.scale, question.optional) for question in asked.questions)
    return Offer("ult", JAKARTA, service, "kiosk-1", channel, instrument_id, questions)


@pytest.mark.parametrize("instrument_id", ["skm-2017@1", "smiley@1"])
def test_every_submission_passes_the_contract_and_the_instrument(instrument_id: str) -> None:
    rng = Random(1)
    for _ in range(300):
        body = submission(offer(instrument_id), rng, None)
        feedback = parse_submission(body, datetime.now(UTC), "test")
        assert instrument(instrument_id).faults(feedback.answers) == []


def test_the_same_seed_gives_the_same_answers_under_new_ids() -> None:
    first, again = (submission(offer("skm-2017@1"), Random(7), None) for _ in range(2))
    assert first["event_id"] != again["event_id"]
    assert first | {"event_id": ""} == again | {"event_id": ""}


def test_services_differ_in_quality() -> None:
    means = []
    for service in ("a", "b", "c", "d", "e", "f"):
        rng = Random(3)
        said = [submission(offer("smiley@1", service), rng, None)["answers"] for _ in range(300)]
        means.append(sum(answers["kepuasan"] for answers in said if isinstance(answers, dict)) / 300)
    assert max(means) - min(means) > 0.3


def test_a_kiosk_asks_for_a_tap_more_often_than_for_the_long_form_and_a_phone_the_other_way_round() -> None:
    assert weight(offer("smiley@1")) > weight(offer("skm-2017@1"))
    assert weight(offer("smiley@1", channel="qr")) < weight(offer("skm-2017@1", channel="qr"))


def test_an_event_id_is_a_version_7_uuid_that_sorts_by_time() -> None:
    early, late = uuid7(1_700_000_000.0), uuid7(1_700_000_000.1)
    assert early.version == late.version == 7
    assert early.variant == "specified in RFC 4122"
    assert early < late


def test_visits_of_the_past_fall_into_office_hours_of_working_days_in_the_units_zone() -> None:
    times = VisitTimes(NOW, 30, JAKARTA, online=False)
    rng = Random(5)
    drawn = [times.draw(rng) for _ in range(2000)]
    assert all(NOW - timedelta(days=30) <= visit <= NOW for visit in drawn)
    assert all(8 <= visit.hour < 16 for visit in drawn)
    assert sum(visit.weekday() > 4 for visit in drawn) < 100
    assert len({visit.date() for visit in drawn}) > 20


def test_people_online_also_come_in_the_evening() -> None:
    times = VisitTimes(NOW, 30, JAKARTA, online=True)
    rng = Random(5)
    assert any(times.draw(rng).hour >= 19 for _ in range(500))


def test_arrivals_keep_to_their_span_and_order() -> None:
    moments = arrivals(50, 10.0, Random(2))
    assert len(moments) == 50
    assert list(moments) == sorted(moments)
    assert 0 <= moments[0] <= moments[-1] <= 10
