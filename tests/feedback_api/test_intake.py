"""One feedback over HTTP: what is acknowledged is in the log, what is wrong is told field by field."""

import json
import re
from uuid import UUID

import pytest

from schemas.feedback import decode
from tests.feedback_api.office import Office, put_catalog, settings_in, submission

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_accepted_feedback_is_in_the_log_when_202_is_answered(office: Office) -> None:
    sent = submission(comment="Cepat 👍", duration_ms=900, language="id")
    answer = office.post(sent)
    assert (answer.status_code, answer.mimetype) == (202, "application/json")
    assert answer.json == {"event_id": sent["event_id"], "status": "accepted", "stored": "log"}
    (entry,) = office.logged()
    feedback = decode(entry.value)
    assert (feedback.event_id, feedback.comment, feedback.answers) == (
        UUID(sent["event_id"]),
        "Cepat 👍",
        {"kepuasan": 4},
    )
    assert feedback.producer == "feedback_api"


def test_the_record_is_keyed_by_service_and_says_what_it_is(office: Office) -> None:
    office.post(submission(), traceparent=TRACE)
    (entry,) = office.logged()
    assert entry.key == b"legalisasi"
    assert dict(entry.headers) == {
        "content-type": b"application/json",
        "schema-version": b"1",
        "traceparent": TRACE.encode(),
    }


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nonsense",
        TRACE.upper(),
        TRACE + "-more",
        "ff" + TRACE[2:],
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        "00-" + "é" * 52,
    ],
)
def test_a_malformed_traceparent_is_replaced_by_a_new_one(office: Office, given: str) -> None:
    office.client.post("/v1/feedback", json=submission(), environ_overrides={"HTTP_TRACEPARENT": given})
    (entry,) = office.logged()
    made = dict(entry.headers)["traceparent"].decode()
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", made)
    assert made[3:35] not in given


def test_the_same_event_id_again_is_acknowledged_again(office: Office) -> None:
    sent = submission()
    assert [office.post(sent).status_code, office.post(sent).status_code] == [202, 202]


def test_every_fault_is_named_with_its_field_in_indonesian_by_default(office: Office) -> None:
    answer = office.post(submission(unit="", colour="red"))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    problem = answer.json or {}
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [
        ("colour", "unknown_field"),
        ("unit", "not_a_slug"),
    ]
    assert (problem["title"], problem["errors"][0]["message"]) == ("Masukan tidak sah", "Isian itu tidak dikenal.")
    assert answer.headers["Content-Language"] == "id"
    assert office.logged() == []


def test_faults_are_told_in_english_to_who_prefers_it(office: Office) -> None:
    answer = office.post(submission(answers={"kepuasan": 5}), **{"Accept-Language": "en-GB, id;q=0.5"})
    (error,) = (answer.json or {})["errors"]
    assert error == {
        "field": "answers.kepuasan",
        "code": "out_of_scale",
        "message": "Is none of the question's answers.",
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"unit": "nowhere"}, "unit", "unknown_unit"),
        ({"service": "nothing"}, "service", "unknown_service"),
        ({"touchpoint": "kiosk-2"}, "touchpoint", "unknown_touchpoint"),
        ({"touchpoint": "qr-1", "service": "konsultasi"}, "service", "not_at_touchpoint"),
        ({"service": "lama"}, "service", "retired_service"),
        ({"touchpoint": "kiosk-lama"}, "touchpoint", "retired_touchpoint"),
        ({"unit": "tutup", "touchpoint": "kiosk-3"}, "unit", "retired_unit"),
        ({"instrument": "nps@9"}, "instrument", "unknown_instrument"),
        ({"answers": {}}, "answers.kepuasan", "required"),
        ({"answers": {"waktu": 3, "kepuasan": 1}}, "answers.waktu", "unknown_question"),
        ({"instrument": "skm-2017@1", "answers": {"waktu": None}}, "answers", "required"),
        ({"occurred_at": "2001-01-01T00:00:00Z"}, "occurred_at", "clock_years_off"),
    ],
)
def test_feedback_that_fits_no_catalog_or_questionnaire_is_refused(
    office: Office, changes: dict[str, object], field: str, code: str
) -> None:
    answer = office.post(submission(**changes))
    assert answer.status_code == 422
    assert (field, code) in [(error["field"], error["code"]) for error in (answer.json or {})["errors"]]


def test_answers_are_counted_by_channel_and_outcome(office: Office) -> None:
    office.post(submission())
    office.post(submission(channel="qr", touchpoint="qr-1"))
    office.post(submission(answers={"kepuasan": 9}))
    office.post(submission(channel="smoke signal"))
    office.client.post("/v1/feedback", data=b"[", content_type="application/json")
    assert office.counted("kiosk", "log") == office.counted("qr", "log") == office.counted("kiosk", "invalid") == 1
    assert office.counted("unknown", "invalid") == 2


def test_every_answer_carries_a_request_id_and_the_security_headers(office: Office) -> None:
    accepted = office.post(submission(), **{"X-Request-Id": "kiosk-7.42", "traceparent": TRACE})
    assert accepted.headers["X-Request-Id"] == "kiosk-7.42"
    refused = office.post({}, **{"X-Request-Id": "no spaces, please", "traceparent": TRACE})
    assert refused.headers["X-Request-Id"] == TRACE[3:35]
    for answer in (accepted, refused, office.get("/nowhere"), office.get("/livez")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    for answer in (refused, office.get("/nowhere"), office.get("/livez")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_without_a_catalog_the_intake_asks_to_come_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = settings_in(tmp_path_factory.mktemp("empty"))
    office = Office(settings)
    office.context.catalog.refresh()
    answer = office.post(submission())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert json.loads(answer.text)["type"] == "/problems/no_catalog"
    assert office.counted("kiosk", "refused") == 1
    put_catalog(settings)
    office.context.catalog.refresh()
    assert office.post(submission()).status_code == 202
    office.close()
