"""What was counted when a period was closed, as one number that anybody can make again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, tuple_

from readmodel.tables import responses
from satisfaction.periods import Period

_AT_ONCE = 2_000
_A_DAY_MS = 24 * 3600 * 1000
_SAID = ("service", "touchpoint", "channel", "instrument")


def digest_of(conn: Connection, unit: str, period: Period, before: Mapping[int, int] | None = None) -> str:
    """SHA-256, in hex, of a unit's responses in a period, in the order of (occurred_ms, event_id).

    Each response is a line of JSON: event_id, occurred_ms, service, touchpoint, channel, instrument, answers,
    respondent, included. Comments are left out, so that one may be erased and the digest still holds. With `before`,
    only responses at log positions before these are meant: what a closing with these positions counted.
    """
    columns = responses.c
    first, last = (each.year * 10000 + each.month * 100 + each.day for each in (period.start, period.end))
    start_ms, end_ms = (round(each.timestamp() * 1000) for each in (period.start, period.end))
    query = (
        select(responses)
        .where(columns.unit == unit, columns.day >= first, columns.day < last)
        # What was placed under another time zone of the unit lies at most a day further off.
        .where(columns.occurred_ms >= start_ms - _A_DAY_MS, columns.occurred_ms < end_ms + _A_DAY_MS)
        .order_by(columns.occurred_ms, columns.event_id)
        .limit(_AT_ONCE)
    )
    digest = hashlib.sha256()
    after = None
    while True:
        page = query if after is None else query.where(tuple_(columns.occurred_ms, columns.event_id) > after)
        rows = conn.execute(page).mappings().all()
        if not rows:
            return digest.hexdigest()
        for row in rows:
            if before is None or row["position"] < before.get(row["partition"], 0):
                digest.update(_line(row))
        after = rows[-1]["occurred_ms"], rows[-1]["event_id"]


def _line(row: Mapping[Any, Any]) -> bytes:
    said = [str(row["event_id"]), row["occurred_ms"], *(row[name] for name in _SAID)]
    given = [row["answers"], row["respondent"], bool(row["included"])]
    return json.dumps([*said, *given], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
