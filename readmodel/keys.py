"""Keys that open figures: made, found by their text or id, listed and revoked.

A key is `puas_<key_id>_<secret>`. The secret is 256 random bits and only its SHA-256 is stored: guessing is hopeless,
so a hash that is slow on purpose would protect nothing and would cost every request.
"""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from readmodel.tables import api_keys

SCOPES = ("read", "export", "close")
"""`read`: every figure; `export`: responses and comments; `close`: closing periods and postings."""

_TEXT = re.compile(r"puas_([0-9a-f]{12})_([0-9a-f]{64})", re.ASCII)
_SHOWN = [column for column in api_keys.c if column.name != "secret_hash"]


@dataclass(frozen=True, slots=True)
class Key:
    """What a key may do. `units` are ids, each with the units below it; None means all. Times are Unix milliseconds."""

    key_id: str
    name: str
    scopes: frozenset[str]
    units: frozenset[str] | None
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None

    def stands(self, now_ms: int) -> bool:
        """Whether it opens anything now: neither revoked nor expired."""
        return self.revoked_ms is None and (self.expires_ms is None or now_ms < self.expires_ms)


def create_key(
    conn: Connection,
    name: str,
    scopes: Collection[str],
    units: Collection[str] | None,
    now_ms: int,
    expires_ms: int | None = None,
) -> tuple[Key, str]:
    """Make a key, in a `writing` transaction: the key and its text, which is known here and never again.

    Raises ValueError for no name, no scope or an unknown one, and no unit where `units` is not None.
    """
    if not name.strip():
        raise ValueError("a key needs a name")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise ValueError(f"a key's scopes are some of {', '.join(SCOPES)}")
    if units is not None and not units:
        raise ValueError("a key for no unit opens nothing")
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    values = {
        "key_id": key_id,
        "name": name,
        "secret_hash": _hash(secret),
        "scopes": [scope for scope in SCOPES if scope in scopes],
        "units": None if units is None else sorted(set(units)),
        "created_ms": now_ms,
        "expires_ms": expires_ms,
        "revoked_ms": None,
    }
    conn.execute(insert(api_keys).values(values))
    return _key(values), f"puas_{key_id}_{secret}"


def find_key(conn: Connection, text: str, now_ms: int) -> Key | None:
    """The key whose text this is; None when there is none or it no longer stands."""
    parts = _TEXT.fullmatch(text)
    if parts is None:
        return None
    row = conn.execute(select(api_keys).where(api_keys.c.key_id == parts[1])).mappings().one_or_none()
    if row is None or not compare_digest(str(row["secret_hash"]), _hash(parts[2])):
        return None
    key = _key(row)
    return key if key.stands(now_ms) else None


def standing_key(conn: Connection, key_id: str, now_ms: int) -> Key | None:
    """The key of this id, for who has proven to hold it before; None when it no longer stands."""
    row = conn.execute(select(*_SHOWN).where(api_keys.c.key_id == key_id)).mappings().one_or_none()
    key = None if row is None else _key(row)
    return key if key is not None and key.stands(now_ms) else None


def list_keys(conn: Connection) -> list[Key]:
    """Every key there has been, oldest first."""
    rows = conn.execute(select(*_SHOWN).order_by(api_keys.c.created_ms, api_keys.c.key_id)).mappings()
    return [_key(row) for row in rows]


def any_key(conn: Connection) -> bool:
    """Whether a key was ever made."""
    return bool(conn.execute(select(func.count()).select_from(api_keys)).scalar_one())


def revoke_key(conn: Connection, key_id: str, now_ms: int) -> bool:
    """Let a key open nothing from now on, in a `writing` transaction; False when none of this id was left to revoke."""
    unrevoked = (api_keys.c.key_id == key_id) & api_keys.c.revoked_ms.is_(None)
    return conn.execute(update(api_keys).where(unrevoked).values(revoked_ms=now_ms)).rowcount == 1


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _key(row: Mapping[Any, Any]) -> Key:
    units = row["units"]
    return Key(
        key_id=row["key_id"],
        name=row["name"],
        scopes=frozenset(row["scopes"]),
        units=None if units is None else frozenset(units),
        created_ms=row["created_ms"],
        expires_ms=row["expires_ms"],
        revoked_ms=row["revoked_ms"],
    )
