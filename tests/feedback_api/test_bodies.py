"""Bodies that are no JSON of ours are refused with the right status, as problem+json."""

import io
import json

import pytest
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Response

from tests.feedback_api.office import Office, submission

SINGLE = "/v1/feedback"
BATCH = "/v1/feedback/batch"


def _post(office: Office, body: bytes, content_type: str = "application/json", path: str = SINGLE) -> TestResponse:
    return office.client.post(path, data=body, content_type=content_type)


def _streamed(
    office: Office, stream: io.RawIOBase | io.BytesIO, path: str = SINGLE, length: int | None = None
) -> Response:
    """As a server hands a request over; without a length it is chunked, and the stream ends by itself."""
    environ = EnvironBuilder(path=path, method="POST", content_type="application/json").get_environ()
    environ.pop("CONTENT_LENGTH", None)
    environ |= {"wsgi.input": stream, "wsgi.input_terminated": True}
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return Response.from_app(office.client.application.wsgi_app, environ)


def _refusal(answer: Response) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, json.loads(answer.get_data())["type"].removeprefix("/problems/")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"a": NaN}', "malformed_json"),
        (b"-Infinity", "malformed_json"),
        (b"1" * 5000, "malformed_json"),
        (b'{"comment": "a\x00b"}', "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        ('{"comment": "é"}'.encode("latin-1"), "not_utf8"),
        ("{}".encode("utf-16"), "not_utf8"),
        (b"[" * 30_000 + b"]" * 30_000, "too_deep"),
        (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, "too_deep"),
    ],
)
def test_what_is_no_json_is_a_400(office: Office, body: bytes, code: str) -> None:
    assert _refusal(_post(office, body)) == (400, code)
    assert _post(office, body, path=BATCH).status_code == 400


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "text/html; charset=utf-8"]
)
def test_another_content_type_is_a_415(office: Office, content_type: str) -> None:
    assert _refusal(_post(office, b"{}", content_type)) == (415, "unsupported_media_type")
    assert _refusal(_post(office, b"[]", content_type, BATCH)) == (415, "unsupported_media_type")


def test_ndjson_is_for_batches_only(office: Office) -> None:
    assert _post(office, b"{}", "application/x-ndjson").status_code == 415


def test_json_in_another_charset_or_compressed_is_a_415(office: Office) -> None:
    assert _post(office, b"{}", "application/json; charset=iso-8859-1").status_code == 415
    answer = office.client.post(SINGLE, json=submission(), headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


def test_json_that_says_it_is_utf8_is_taken(office: Office) -> None:
    body = json.dumps(submission()).encode()
    assert _post(office, body, "application/json; charset=UTF-8").status_code == 202


@pytest.mark.parametrize(("path", "limit"), [(SINGLE, 64 * 1024), (BATCH, 2 * 1024 * 1024)])
def test_a_body_above_the_limit_is_a_413_with_or_without_a_length(office: Office, path: str, limit: int) -> None:
    at_limit, above = b" " * limit, b" " * (limit + 1)
    assert _refusal(_post(office, at_limit, path=path)) == (400, "malformed_json")
    assert _refusal(_post(office, above, path=path)) == (413, "body_too_large")
    assert _refusal(_streamed(office, io.BytesIO(at_limit), path)) == (400, "malformed_json")
    assert _refusal(_streamed(office, io.BytesIO(above), path)) == (413, "body_too_large")
    assert _refusal(_streamed(office, io.BytesIO(b" " * 10_000_000), path)) == (413, "body_too_large")


class _Broken(io.RawIOBase):
    """The stream of a client that is gone."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise OSError("the client is gone")


@pytest.mark.parametrize("length", [None, 100])
def test_a_body_that_breaks_off_is_a_400(office: Office, length: int | None) -> None:
    assert _refusal(_streamed(office, _Broken(), length=length)) == (400, "bad_request")


def test_a_body_shorter_than_it_claims_is_a_400_even_when_it_is_json(office: Office) -> None:
    body = json.dumps(submission()).encode()
    assert _refusal(_streamed(office, io.BytesIO(body), length=len(body) + 1)) == (400, "bad_request")
    assert _streamed(office, io.BytesIO(body), length=len(body)).status_code == 202


@pytest.mark.parametrize(
    ("escaped", "field"), [(b'"\\u0000"', "comment"), (b'"\\ud800"', "comment"), (b'"\\ud83d\\ud83d"', "comment")]
)
def test_characters_no_database_takes_are_named(office: Office, escaped: bytes, field: str) -> None:
    body = json.dumps(submission()).encode()[:-1] + b', "comment": ' + escaped + b"}"
    answer = _post(office, body)
    assert answer.status_code == 422
    assert json.loads(answer.text)["errors"][0] | {"message": ""} == {
        "field": field,
        "code": "bad_characters",
        "message": "",
    }


def test_json_nested_just_less_deeply_is_no_crash_either(office: Office) -> None:
    for depth in (10, 100, 500, 900):
        nested = (
            json.dumps(submission(answers={"kepuasan": 4}))[:-1] + ', "comment": ' + "[" * depth + "]" * depth + "}"
        )
        assert _post(office, nested.encode()).status_code in (400, 422)
