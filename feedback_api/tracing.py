"""W3C trace context and request ids: what ties a log line to a request, never to a person."""

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<rest>-.*)?",
    re.ASCII,
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def traceparent(given: str | None) -> str:
    """`given` when it is a valid W3C traceparent, else a new one.

    Of a version above 00 the fields that version 00 knows are kept, as the recommendation asks.

    >>> traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    >>> traceparent("00-nonsense") != traceparent("00-nonsense")
    True
    """
    if given:
        found = _TRACEPARENT.fullmatch(given)
        if found and not (found["version"] == "00" and found["rest"]):
            return f"00-{found['trace']}-{found['span']}-{found['flags']}"
    made = os.urandom(24).hex()
    return f"00-{made[:32]}-{made[32:]}-00"


def request_trace(environ: "WSGIEnvironment") -> str:
    """A request's traceparent, made once per request."""
    trace = environ.get("puas.traceparent")
    if trace is None:
        trace = environ["puas.traceparent"] = traceparent(environ.get("HTTP_TRACEPARENT"))
    return str(trace)


def request_id(environ: "WSGIEnvironment") -> str:
    """The X-Request-Id that came with the request when it is a plain word of up to 64 characters, else the trace id."""
    given = environ.get("HTTP_X_REQUEST_ID")
    return given if given and _REQUEST_ID.fullmatch(given) else request_trace(environ)[3:35]
