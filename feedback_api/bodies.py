"""Reading a request's JSON: bounded, UTF-8, RFC 8259 and nothing wider. Raises Problem for all else."""

import json
from typing import NoReturn

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from feedback_api.problems import Problem

JSON = "application/json"
NDJSON = "application/x-ndjson"
MAX_SINGLE = 64 * 1024
MAX_BATCH = 2 * 1024 * 1024
MAX_ITEMS = 500


def read_json(request: Request) -> object:
    """The one JSON value of a request of at most 64 KiB."""
    if request.environ.get("CONTENT_TYPE") != JSON or "HTTP_CONTENT_ENCODING" in request.environ:
        require_type(request, (JSON,))
    return parse(_body(request, MAX_SINGLE))


def read_batch(request: Request) -> "list[object | Problem]":
    """The items of a batch of at most 2 MiB, in order: a JSON array, or a JSON value a line (NDJSON).

    A line of NDJSON that can't be parsed is given as the Problem it is; empty lines are passed over.
    """
    content_type = require_type(request, (JSON, NDJSON))
    body = _body(request, MAX_BATCH)
    if content_type == NDJSON:
        items = [_parsed_or_problem(line) for line in body.split(b"\n") if line.strip()]
    else:
        value = parse(body)
        if not isinstance(value, list):
            raise Problem("not_a_list")
        items = value
    if len(items) > MAX_ITEMS:
        raise Problem("too_many_items", values={"max": MAX_ITEMS})
    return items


def require_type(request: Request, types: tuple[str, ...]) -> str:
    """The request's content type, which must be one of `types`, in UTF-8 and not compressed."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if request.mimetype not in types or charset not in ("utf-8", "utf8") or encoding != "identity":
        raise Problem("unsupported_media_type", values={"types": ", ".join(types)})
    return request.mimetype


def parse(body: bytes) -> object:
    """The JSON value that `body` is.

    >>> parse(b'{"a": [1]}')
    {'a': [1]}
    """
    try:
        return json.loads(body.decode(), parse_constant=_not_json)
    except UnicodeDecodeError:
        raise Problem("not_utf8") from None
    except RecursionError:
        raise Problem("too_deep") from None
    except ValueError:  # also an integer of more digits than Python converts
        raise Problem("malformed_json") from None


def _parsed_or_problem(line: bytes) -> "object | Problem":
    if len(line) > MAX_SINGLE:
        return Problem("body_too_large", values={"max": MAX_SINGLE})
    try:
        return parse(line)
    except Problem as problem:
        return problem


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _body(request: Request, limit: int) -> bytes:
    request.max_content_length = limit + 1  # a chunked body is cut there without an error, so look one byte further
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Problem("body_too_large", values={"max": limit}) from None
    if len(body) > limit:
        raise Problem("body_too_large", values={"max": limit})
    return body
