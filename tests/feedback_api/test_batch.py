"""Many submissions at once: one result each, in order, and one append for all that are good."""

import json
from dataclasses import replace

from eventlog.sqlite import SqliteLog
from feedback_api.acceptance import Acceptance
from feedback_api.app import create_app
from feedback_api.breaker import Breaker
from schemas.feedback import decode
from tests.feedback_api.office import Office, submission

BATCH = "/v1/feedback/batch"


def test_a_bad_item_never_blocks_a_good_one(office: Office) -> None:
    good, worse, also_good = submission(), submission(unit="nowhere"), submission(channel="qr", touchpoint="qr-1")
    answer = office.client.post(BATCH, json=[good, worse, 7, also_good])
    assert answer.status_code == 200
    first, second, third, fourth = answer.json or []
    assert first == {"event_id": good["event_id"], "status": "accepted", "stored": "log"}
    assert (second["event_id"], second["status"]) == (worse["event_id"], "invalid")
    assert [(error["field"], error["code"]) for error in second["errors"]] == [("unit", "unknown_unit")]
    assert (third["status"], third["errors"][0]["code"], "event_id" in third) == ("invalid", "not_an_object", False)
    assert fourth["event_id"] == also_good["event_id"]
    assert [str(decode(entry.value).event_id) for entry in office.logged()] == [good["event_id"], also_good["event_id"]]


def test_all_good_items_go_to_the_log_in_one_append(office: Office) -> None:
    assert isinstance(office.context.log, SqliteLog)
    office.client.post(BATCH, json=[submission() for _ in range(500)])
    assert len(office.logged()) == 500
    assert office.context.log.commits == 1
    assert office.counted("kiosk", "log") == 500


def test_ndjson_is_one_submission_a_line_and_a_torn_line_is_only_itself(office: Office) -> None:
    lines = [
        json.dumps(submission()).encode(),
        b'{"event_id": ',
        b"",
        b"\xff",
        json.dumps(submission()).encode(),
        b"NaN",
    ]
    answer = office.client.post(BATCH, data=b"\r\n".join(lines), content_type="application/x-ndjson")
    results = answer.json or []
    said = [result["status"] if result["status"] == "accepted" else result["errors"][0]["code"] for result in results]
    assert said == ["accepted", "malformed_json", "not_utf8", "accepted", "malformed_json"]
    assert len(office.logged()) == 2


def test_a_line_of_ndjson_is_no_longer_than_a_single_feedback_may_be(office: Office) -> None:
    long = json.dumps(submission(comment="a" * 70_000)).encode()
    answer = office.client.post(BATCH, data=long, content_type="application/x-ndjson")
    (result,) = answer.json or []
    assert (result["status"], result["errors"][0]["code"]) == ("invalid", "body_too_large")


def test_more_than_500_items_are_refused_as_a_whole(office: Office) -> None:
    answer = office.client.post(BATCH, json=[submission() for _ in range(501)])
    assert (answer.status_code, (answer.json or {})["type"]) == (413, "/problems/too_many_items")
    assert office.logged() == []


def test_an_empty_batch_has_no_results(office: Office) -> None:
    assert office.client.post(BATCH, json=[]).json == []
    assert office.client.post(BATCH, data=b"\n", content_type="application/x-ndjson").json == []


def test_one_object_is_no_batch(office: Office) -> None:
    answer = office.client.post(BATCH, json=submission())
    assert (answer.status_code, (answer.json or {})["type"]) == (400, "/problems/not_a_list")


def test_a_record_that_the_log_refuses_costs_only_itself(office: Office) -> None:
    tight = SqliteLog(office.settings.data_dir / "tight.db", max_record_bytes=600)
    acceptance = Acceptance(tight, office.context.spool, Breaker(), 5.0, lambda _seconds: None)
    client = create_app(replace(office.context, acceptance=acceptance)).test_client()
    sent = [submission(), submission(comment="a" * 1000), submission()]
    results = client.post(BATCH, json=sent).json or []
    assert [result["status"] for result in results] == ["accepted", "invalid", "accepted"]
    assert results[1]["errors"][0]["code"] == "refused_by_log"
    alone = client.post("/v1/feedback", json=sent[1])
    assert (alone.status_code, (alone.json or {})["type"]) == (422, "/problems/refused_by_log")
    tight.close()
