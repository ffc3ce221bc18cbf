"""Reading a request's JSON: bounded, UTF-8, RFC 8259 and nothing wider. Raises Problem for all else."""

import json
import time
from typing import TYPE_CHECKING, NoReturn

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from feedback_api.problems import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"
NDJSON = "application/x-ndjson"
MAX_SINGLE = 64 * 1024
MAX_BATCH = 2 * 1024 * 1024
MAX_ITEMS = 500

DISCARDED_BYTES = 16 * 1024 * 1024
DISCARD_S = 5.0
"""How much of a body that is too large is read, and for how long, so that its sender gets to read why."""
_PIECE = 64 * 1024


def read_json(environ: "WSGIEnvironment") -> object:
    """The one JSON value of a request of at most 64 KiB."""
    if environ.get("CONTENT_TYPE") != JSON or "HTTP_CONTENT_ENCODING" in environ:
        _require_type(environ, (JSON,))
    return _parse(_body(environ, MAX_SINGLE))


def read_batch(environ: "WSGIEnvironment") -> "list[object | Problem]":
    """The items of a batch of at most 2 MiB, in order: a JSON array, or a JSON value a line (NDJSON).

    A line of NDJSON that can't be parsed is given as the Problem it is; empty lines are passed over.
    """
    content_type = _require_type(environ, (JSON, NDJSON))
    body = _body(environ, MAX_BATCH)
    if content_type == NDJSON:
        items = [_parsed_or_problem(line) for line in body.split(b"\n") if line.strip()]
    else:
        value = _parse(body)
        if not isinstance(value, list):
            raise Problem("not_a_list")
        items = value
    if len(items) > MAX_ITEMS:
        raise Problem("too_many_items", values={"max": MAX_ITEMS})
    return items


def _require_type(environ: "WSGIEnvironment", types: tuple[str, ...]) -> str:
    """The content type, which must be one of `types`, in UTF-8 and not compressed."""
    content_type, options = parse_options_header(environ.get("CONTENT_TYPE"))
    content_type = content_type.lower()
    utf8 = options.get("charset", "utf-8").lower() in ("utf-8", "utf8")
    plain = environ.get("HTTP_CONTENT_ENCODING", "identity").lower() == "identity"
    if content_type not in types or not utf8 or not plain:
        raise Problem("unsupported_media_type", values={"types": ", ".join(types)})
    return content_type


def _parse(body: bytes) -> object:
    try:
        return _DECODER.decode(body.decode())
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
        return _parse(line)
    except Problem as problem:
        return problem


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_not_json)


def _body(environ: "WSGIEnvironment", limit: int) -> bytes:
    length = environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and len(length) < 10:
        return _body_of_length(environ, int(length), limit)
    # werkzeug cuts a body without a length at the limit, silently: so the limit is one byte further.
    try:
        body = get_input_stream(environ, max_content_length=limit + 1).read()
    except RequestEntityTooLarge:
        raise _too_large(environ, limit) from None
    except ClientDisconnected:
        raise Problem("bad_request") from None
    if len(body) > limit:
        raise _too_large(environ, limit)
    return body


def _body_of_length(environ: "WSGIEnvironment", length: int, limit: int) -> bytes:
    # What nearly every request is; werkzeug's stream would take a fifth of all our time for it.
    if length > limit:
        raise _too_large(environ, limit)
    try:
        body: bytes = environ["wsgi.input"].read(length)
    except OSError:
        raise Problem("bad_request") from None
    if len(body) < length:
        raise Problem("bad_request")
    return body


def _too_large(environ: "WSGIEnvironment", limit: int) -> Problem:
    """The Problem, once the sender stopped sending or had its time; its connection ends with the answer."""
    body = environ["wsgi.input"]
    if (end_connection := getattr(body, "end_connection", None)) is not None:
        end_connection()
    connection = environ.get("gunicorn.socket")
    deadline, left = time.monotonic() + DISCARD_S, DISCARDED_BYTES
    try:
        while left > 0 and (seconds := deadline - time.monotonic()) > 0:
            if connection is not None:
                connection.settimeout(seconds)
            piece = body.read(_PIECE)
            if not piece:
                break
            left -= len(piece)
    except OSError:
        pass  # a sender that fell silent or is gone: what is left of it is answered all the same
    finally:
        if connection is not None:
            connection.settimeout(None)
    return Problem("body_too_large", values={"max": limit})
