"""Simulated visitors are people the intake would believe."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from puas.offers import offers
from puas.opening_hours import VisitTimes, arrivals
from puas.visitors import Offer, Question, submission, uuid7, weight
from satisfaction.instruments import instrument
from schemas.feedback import RESPONDENT, parse_submission

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


def offer(instrument_id: str, service: str = "layanan-dapodik", channel: str = "kiosk") -> Offer:
    asked = instrument(instrument_id)
    questions = tuple(Question(question.key, *asked.scale, question.optional) for question in asked.questions)
    return Offer("ult", JAKARTA, service, "kiosk-1", channel, instrument_id, questions)


@pytest.mark.parametrize("instrument_id", ["skm-2017@1", "smiley@1", "spkp@1", "spak@1", "nps@1"])
def test_every_submission_passes_the_contract_and_the_instrument(instrument_id: str) -> None:
    rng = Random(1)
    for _ in range(300):
        body = submission(offer(instrument_id), rng, None)
        feedback = parse_submission(body, datetime.now(UTC), "test")
        assert instrument(instrument_id).faults(feedback.answers) == []


def test_most_who_fill_a_long_form_say_who_they_are_as_people_are() -> None:
    """A report's profile has every row; nobody under seventeen has a degree, and some prefer to say nothing."""
    rng = Random(1)
    bodies = [submission(offer("skm-2017@1"), rng, None) for _ in range(2000)]
    said = [body["respondent"] for body in bodies if "respondent" in body]
    assert 0.8 < len(said) / len(bodies) < 0.95
    people = [dict(one) for one in said if isinstance(one, dict)]
    for field in ("sex", "age_band", "education", "occupation"):
        given = {one[field] for one in people if field in one}
        assert given <= set(RESPONDENT[field])
        assert len(given) >= min(5, len(RESPONDENT[field]))
        assert any(field not in one for one in people)
    assert all(one.get("education") not in ("s1", "s2", "s3") for one in people if one.get("age_band") == "under-17")
    assert 0.05 < sum("comment" in body for body in bodies) / len(bodies) < 0.2
    assert "respondent" not in submission(offer("smiley@1"), rng, None)


def test_surveys_for_an_award_are_filled_less_often_than_the_one_of_every_day() -> None:
    for channel in ("kiosk", "qr"):
        assert weight(offer("spak@1", channel=channel)) < weight(offer("skm-2017@1", channel=channel))


def test_nobody_is_asked_at_a_place_for_imports_or_what_the_catalog_has_not() -> None:
    """Own questionnaires of the catalog are asked like any other."""
    made = {
        "id": "antre@1",
        "questions": [{"key": "antre", "optional": False, "answers": [{"value": 0}, {"value": 5}]}],
    }
    place = {"id": "kertas", "access": "open", "services": ["izin"]}
    unit = {"id": "ult", "timezone": "Asia/Jakarta", "services": [{"id": "izin", "instruments": ["antre@1"]}]}
    for channel, asked in (("import", []), ("kiosk", [(Question("antre", 0, 5, False),)])):
        found = offers({"instruments": [made], "units": [unit | {"touchpoints": [place | {"channel": channel}]}]})
        assert [one.questions for one in found] == asked


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
