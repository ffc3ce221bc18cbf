"""Adding packs to the cells: read what is there under a lock, add up in memory, write the sums."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from readmodel.counting import CellKey, known_questions
from readmodel.packing import Pack, narrowed, total, unpack
from readmodel.tables import cells

_AT_ONCE = 1_000
_KEY = cells.primary_key.columns.keys()

# PostgreSQL. Rows that are missing are made first, then all are locked, both in the order of their keys: so no two
# writers wait for each other, and none misses what another has just added.
_MAKE = text("""
    INSERT INTO cells (unit, cut, grain, service, at, value, instrument, included, n, counts)
    SELECT unit, cut, grain, service, at, value, instrument, included, 0, ''
    FROM json_to_recordset(CAST(:rows AS json)) AS given(
        unit text, cut text, grain text, service text, at bigint, value text, instrument text, included boolean
    )
    ON CONFLICT DO NOTHING
""")
_HOLD = text("""
    SELECT n, counts
    FROM json_to_recordset(CAST(:rows AS json)) AS given(
        place integer,
        unit text, cut text, grain text, service text, at bigint, value text, instrument text, included boolean
    )
    JOIN cells USING (unit, cut, grain, service, at, value, instrument, included)
    ORDER BY place
    FOR UPDATE OF cells
""")
_WRITE = text("""
    UPDATE cells SET n = given.n, counts = given.counts
    FROM json_to_recordset(CAST(:rows AS json)) AS given(
        unit text, cut text, grain text, service text, at bigint, value text, instrument text, included boolean,
        n bigint, counts text
    )
    WHERE cells.unit = given.unit AND cells.cut = given.cut AND cells.grain = given.grain
        AND cells.service = given.service AND cells.at = given.at AND cells.value = given.value
        AND cells.instrument = given.instrument AND cells.included = given.included
""")

# SQLite, where writers take turns anyway.
_FIND = """
    SELECT n, counts
    FROM json_each(?) AS given LEFT JOIN cells ON unit = json_extract(given.value, '$[0]')
        AND cut = json_extract(given.value, '$[1]') AND grain = json_extract(given.value, '$[2]')
        AND service = json_extract(given.value, '$[3]') AND at = json_extract(given.value, '$[4]')
        AND cells.value = json_extract(given.value, '$[5]') AND instrument = json_extract(given.value, '$[6]')
        AND included = json_extract(given.value, '$[7]')
    ORDER BY given.key
"""
_PUT = """
    INSERT INTO cells (unit, cut, grain, service, at, value, instrument, included, n, counts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET n = excluded.n, counts = excluded.counts
"""

_Kept = tuple[int, str]
"""n, counts; n is 0 or null where nothing is kept yet."""


def add_cells(conn: Connection, found: Mapping[CellKey, Pack]) -> None:
    """Add these packs to the rows of `cells`; safe whoever else is adding."""
    keys = sorted(found)
    if not keys:
        return
    if conn.dialect.name == "sqlite":
        kept = [(n, counts) for n, counts in conn.exec_driver_sql(_FIND, (json.dumps(keys),))]
        conn.exec_driver_sql(_PUT, [(*key, *row) for key, row in zip(keys, _sums(keys, kept, found), strict=True)])
        return
    parts = [keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE)]
    texts = [_json([(place, *key) for place, key in enumerate(part)], "place") for part in parts]
    for rows in texts:
        conn.execute(_MAKE, {"rows": rows})
    for part, rows in zip(parts, texts, strict=True):
        kept = [(n, counts) for n, counts in conn.execute(_HOLD, {"rows": rows})]
        sums = [(*key, *row) for key, row in zip(part, _sums(part, kept, found), strict=True)]
        conn.execute(_WRITE, {"rows": _json(sums)})


def _sums(keys: Sequence[CellKey], kept: Iterable[_Kept], found: Mapping[CellKey, Pack]) -> Iterator[_Kept]:
    for key, old in zip(keys, kept, strict=True):
        pack = found[key]
        if old[0]:
            pack = total((unpack(*old), pack))
        instrument = key[6]
        yield pack.n, narrowed(pack, known_questions(instrument)).text()


def _json(rows: Iterable[Sequence[Any]], *first: str) -> str:
    names = (*first, *_KEY, "n", "counts")
    return json.dumps([dict(zip(names, row, strict=False)) for row in rows])
