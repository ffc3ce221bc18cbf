"""Conditional GET: answers carry an entity tag, and who already has the answer is told so without figures being read.

A tag made of what figures are computed from (`state_tag`) is weak: another release may write the same figures in other
bytes. One made of the bytes themselves (`body_tag`) is strong.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version

from flask import Response, request

from feedback_api.access import Caller
from feedback_api.languages import preferred
from readmodel.queries import AsOf
from satisfaction.misuse import RULES_VERSION

REVALIDATE = "private, no-cache"
"""A client may keep the answer, not share it, and asks each time whether it still holds."""


@dataclass(frozen=True, slots=True)
class Tag:
    """An entity tag."""

    value: str
    weak: bool


def state_tag(state: AsOf, catalog_version: int, closings: int, caller: Caller, asked: Iterable[object]) -> Tag:
    """The tag of figures: what was counted and how far, which catalog and rules, who asks, in which language.

    `asked` is the query, the periods it means now, and the form of the answer.
    """
    rights = [caller.known, sorted(caller.scopes), None if caller.units is None else sorted(caller.units)]
    counted = [asdict(state), catalog_version, closings, RULES_VERSION, _release()]
    return Tag(_digest([counted, rights, preferred(), list(asked)]), weak=True)


def body_tag(body: bytes) -> Tag:
    """The tag of these bytes."""
    return Tag(sha256(body).hexdigest()[:32], weak=False)


def known_to_client(tag: Tag) -> bool:
    """Whether the client has the answer already (If-None-Match, RFC 9110 13.1.2)."""
    return bool(request.if_none_match.contains_weak(tag.value))


def not_modified(tag: Tag) -> Response:
    """304: what the client has still holds."""
    return tagged(Response(status=304), tag)


def tagged(response: Response, tag: Tag) -> Response:
    """The response, to be kept by its reader and asked about each time."""
    response.set_etag(tag.value, tag.weak)
    response.headers["Cache-Control"] = REVALIDATE
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _digest(parts: object) -> str:
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


@cache
def _release() -> str:
    return version("puas")
