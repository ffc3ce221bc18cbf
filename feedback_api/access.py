"""Who asks, and what they may see: a key in the Authorization header, or a person who signed in with one.

Keys are looked up at every request, so that a revoked one opens nothing from the next request on, in every worker.
Guessing needs no brake: a key is 256 random bits.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Connection

from feedback_api.context import Context
from feedback_api.problems import Problem
from feedback_api.reading import read_database
from readmodel.keys import Key, find_key, standing_key
from schemas.catalog import Catalog

REALM = 'Bearer realm="puas"'
DEPENDS_ON = ("Authorization", "Cookie")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a key's name and rights, or nobody we know. `units` None means all; each covers those below it."""

    name: str | None
    scopes: frozenset[str]
    units: frozenset[str] | None

    def may(self, scope: str, unit_id: str, catalog: Catalog) -> bool:
        """Whether the caller has this right for this unit, its own or a unit's above it."""
        return scope in self.scopes and (self.units is None or not self.units.isdisjoint(_line(unit_id, catalog)))

    @property
    def known(self) -> bool:
        """Whether a key stands behind the request."""
        return self.name is not None


ANONYMOUS = Caller(None, frozenset(), frozenset())


def install(app: Flask) -> None:
    """Let no cache give one caller what another was answered."""
    app.after_request(_keep_apart)


def caller(context: Context) -> Caller:
    """Who sent the current request; its answer is from then on marked as depending on that.

    A cookie counts for GET and HEAD only, so that no other site can make a signed-in browser change anything; one that
    no longer stands counts as none. Raises Problem 401 `bad_key` for an Authorization header that is no standing key.
    """
    if "puas_caller" not in g:
        g.puas_caller = ANONYMOUS
        g.puas_caller = _caller(context)
    found: Caller = g.puas_caller
    return found


def require(context: Context, scope: str, unit_ids: Iterable[str]) -> Caller:
    """The caller, who has this right for each of these units.

    Raises Problem 401 `needs_key` for who shows no key, `bad_key` for one that does not stand, and 403 `not_allowed`.
    """
    found = caller(context)
    if not found.known:
        raise needs_key()
    catalog = context.catalog.required()
    if scope not in found.scopes or not all(found.may(scope, unit_id, catalog) for unit_id in unit_ids):
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        raise Problem("not_allowed", values={"scope": scope}, challenge=challenge)
    return found


def needs_key() -> Problem:
    """The answer to an anonymous request for what is not public."""
    return Problem("needs_key", challenge=REALM)


def _caller(context: Context) -> Caller:
    now_ms = round(context.clock().timestamp() * 1000)
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, text = header.strip().partition(" ")
        words = text.strip()
        key = None
        if scheme.lower() == "bearer":
            key = read_database(context, lambda connection: find_key(connection, words, now_ms))
        if key is None:
            raise Problem("bad_key", challenge=f'{REALM}, error="invalid_token"')
        return caller_of(key)
    key_id = context.sign_ins.key_id(request.cookies) if request.method in ("GET", "HEAD") else None
    if key_id is None:
        return ANONYMOUS

    def look_up(connection: Connection) -> Key | None:
        return standing_key(connection, key_id, now_ms)

    key = read_database(context, look_up)
    return ANONYMOUS if key is None else caller_of(key)


def caller_of(key: Key) -> Caller:
    """What this key lets its holder do."""
    return Caller(key.name, key.scopes, key.units)


def _line(unit_id: str, catalog: Catalog) -> set[str]:
    """The unit and those above it; a unit the catalog does not know is below nothing."""
    line: set[str] = set()
    unit = catalog.unit(unit_id)
    while unit is not None and unit.id not in line:
        line.add(unit.id)
        unit = None if unit.parent is None else catalog.unit(unit.parent)
    return line


def _keep_apart(response: Response) -> Response:
    if has_request_context() and "puas_caller" in g:
        response.vary.update(DEPENDS_ON)
        if g.puas_caller.known and "Cache-Control" in response.headers and not response.cache_control.no_store:
            response.cache_control.public = False
            response.cache_control.private = True
    return response
