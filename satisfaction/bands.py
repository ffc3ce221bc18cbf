"""Quality bands (mutu pelayanan): which letter an IKM gets, under a versioned table.

The printed bands of PermenPANRB 14/2017 have gaps (64.99 | 65.00), so the IKM is rounded half-up to two decimals first
and then compared with each band's lower limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from satisfaction.text import Text

HUNDREDTH = Decimal("0.01")


class UnknownBandTable(KeyError):
    """No band table has this id; reject what named it."""

    def __str__(self) -> str:
        return f"no band table is called {self.args[0]!r}"


@dataclass(frozen=True, slots=True)
class Band:
    """A letter and its words (kinerja unit pelayanan)."""

    code: str
    name: Text


def band(table_id: str, ikm: Decimal) -> Band:
    """The band of an IKM; everything under the second lowest limit is the lowest band. Raises UnknownBandTable.

    >>> [band("permenpanrb-14-2017@1", Decimal(ikm)).code for ikm in ("64.994", "64.995", "76.605", "88.305")]
    ['D', 'C', 'B', 'A']
    >>> band("kep-25-2004@1", Decimal("74.67")).name.id
    'Baik'
    """
    rounded = ikm.quantize(HUNDREDTH, ROUND_HALF_UP)
    try:
        table = band_tables()[table_id]
    except KeyError:
        raise UnknownBandTable(table_id) from None
    return next((band for lowest, band in table if rounded >= lowest), table[-1][1])


@cache
def band_tables() -> Mapping[str, tuple[tuple[Decimal, Band], ...]]:
    """Every packaged table by id: (lower limit, band) from the best band down; read once, at the first call.

    >>> [f"{lowest} {band.code}" for lowest, band in band_tables()["permenpanrb-14-2017@1"]]
    ['88.31 A', '76.61 B', '65.00 C', '25.00 D']
    """
    folder = resources.files("satisfaction") / "data" / "bands"
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    documents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return MappingProxyType({document["id"]: _table(document) for document in documents})


def _table(document: dict[str, Any]) -> tuple[tuple[Decimal, Band], ...]:
    rows = [(Decimal(row["from"]), Band(row["code"], Text(**row["name"]))) for row in document["bands"]]
    return tuple(sorted(rows, key=lambda row: row[0], reverse=True))
