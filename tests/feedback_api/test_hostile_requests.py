"""Whatever is sent, the answer is 202, 200 or a problem that is the sender's: never a 500."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from feedback_api.indices_query import KNOWN
from tests.feedback_api.office import Office, put_catalog, settings_in, submission

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from([*submission(), "respondent", "comment", "language", "duration_ms", "occurred_at"])
CHANGED = st.dictionaries(FIELDS, JSON, max_size=3).map(lambda changes: submission(**changes))
MANY = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@pytest.fixture(scope="module")
def open_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    chosen = settings_in(tmp_path_factory.mktemp("hostile"))
    put_catalog(chosen)
    opened = Office(chosen)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


def well_answered(answer: TestResponse) -> dict[str, Any]:
    """The JSON answered; fails on a 500, an HTML error or a problem that can't be read."""
    assert answer.status_code < 500
    document: dict[str, Any] = json.loads(answer.get_data())
    assert answer.mimetype == ("application/json" if answer.status_code < 400 else "application/problem+json")
    assert answer.status_code < 400 or document["status"] == answer.status_code
    return document


@MANY
@given(payload=JSON | CHANGED)
def test_any_json_value_is_answered(open_office: Office, payload: object) -> None:
    body = json.dumps(payload).encode()
    well_answered(open_office.client.post("/v1/feedback", data=body, content_type="application/json"))


@MANY
@given(payload=st.lists(JSON | CHANGED, max_size=4))
def test_any_batch_has_one_result_per_item(open_office: Office, payload: list[object]) -> None:
    body = json.dumps(payload).encode()
    document = well_answered(open_office.client.post("/v1/feedback/batch", data=body, content_type="application/json"))
    if "NaN" not in body.decode() and "Infinity" not in body.decode():
        assert len(document) == len(payload)


@MANY
@given(
    body=st.binary(max_size=200),
    content_type=st.sampled_from(["application/json", "application/x-ndjson", "", "a/b;c"]),
)
def test_any_bytes_are_answered(open_office: Office, body: bytes, content_type: str) -> None:
    for path in ("/v1/feedback", "/v1/feedback/batch"):
        well_answered(open_office.client.post(path, data=body, content_type=content_type))


@MANY
@given(
    parameters=st.dictionaries(
        st.sampled_from(KNOWN) | st.text(max_size=5),
        st.sampled_from(["ult-makassar", "legalisasi", "2026", "2026-Q4", "2026-11-21", "day", "service", "0.11", ""])
        | st.text(max_size=20),
        max_size=5,
    )
)
def test_any_query_is_answered(open_office: Office, parameters: dict[str, str]) -> None:
    query = urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in parameters.items()})
    well_answered(open_office.client.get(f"/v1/indices?{query}"))


@MANY
@given(
    headers=st.dictionaries(
        st.sampled_from(
            ["Accept", "Accept-Language", "Content-Type", "Content-Encoding", "X-Request-Id", "traceparent"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40),
    )
)
def test_any_headers_are_answered(open_office: Office, headers: dict[str, str]) -> None:
    overrides = {
        name.upper().replace("-", "_") if name == "Content-Type" else f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in headers.items()
    }
    body = json.dumps(submission()).encode()
    client = open_office.client
    posted = client.post("/v1/feedback", data=body, content_type="application/json", environ_overrides=overrides)
    well_answered(posted)
    for path in ("/v1/indices", "/nowhere", "/problems/no_room"):
        well_answered(client.get(path, environ_overrides=overrides))
    assert client.get("/metrics", environ_overrides=overrides).status_code == 200
