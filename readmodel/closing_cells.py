"""The monthly cells of a closed period: what was counted when it was closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, insert, select

from readmodel.packing import Pack, tally, unpack
from readmodel.tables import cells, closing_cells
from satisfaction.periods import Period
from satisfaction.tally import Tally

Revision = tuple[str, str, int]
"""unit, label of the period, number of the revision"""


class Cell(NamedTuple):
    """A row of `cells` without its unit and grain; `at` is the month, yyyymm."""

    service: str
    instrument: str
    at: int
    cut: str
    value: str
    included: bool
    n: int
    counts: str


@dataclass(frozen=True, slots=True)
class FrozenTally:
    """The counts of one service, questionnaire and month (yyyymm) in a closing; `value` is as in `cells`."""

    service: str
    instrument: str
    month: int
    value: str
    tally: Tally
    excluded_tally: Tally


def monthly_cells(conn: Connection, unit: str, period: Period) -> list[Cell]:
    """What is counted of a unit's months now."""
    first = period.start.year * 100 + period.start.month
    after = period.end.year * 100 + period.end.month
    columns = cells.c
    query = select(*(columns[name] for name in Cell._fields)).where(
        columns.unit == unit, columns.grain == "month", columns.at >= first, columns.at < after
    )
    return [Cell(*row) for row in conn.execute(query)]


def kept_cells(conn: Connection, revision: Revision) -> list[Cell]:
    """What was counted when the period was closed."""
    query = select(*(closing_cells.c[name] for name in Cell._fields)).where(_of(revision))
    return [Cell(*row) for row in conn.execute(query)]


def keep_cells(conn: Connection, revision: Revision, frozen: Iterable[Cell]) -> None:
    """Write the cells of a new revision."""
    key = dict(zip(("unit", "period", "revision"), revision, strict=True))
    rows = [key | cell._asdict() for cell in frozen]
    if rows:
        conn.execute(insert(closing_cells), rows)


def by_service(frozen: Iterable[Cell]) -> dict[tuple[str, str], tuple[Tally, Tally]]:
    """Per (service, instrument), the counts of all included responses and of the others."""
    packs: dict[tuple[str, str], dict[bool, list[Pack]]] = {}
    for cell in frozen:
        if not cell.cut:
            of_service = packs.setdefault((cell.service, cell.instrument), {})
            of_service.setdefault(bool(cell.included), []).append(unpack(cell.n, cell.counts))
    return {key: (tally(found.get(True, ())), tally(found.get(False, ()))) for key, found in sorted(packs.items())}


def tallies_in(conn: Connection, revision: Revision, cut: str) -> list[FrozenTally]:
    """The counts by service, questionnaire, month and value of one cut ("": all responses)."""
    columns = closing_cells.c
    query = select(*(columns[name] for name in Cell._fields)).where(_of(revision), columns.cut == cut)
    found: dict[tuple[str, str, int, str], dict[bool, Pack]] = {}
    for row in conn.execute(query):
        cell = Cell(*row)
        key = (cell.service, cell.instrument, cell.at, cell.value)
        found.setdefault(key, {})[bool(cell.included)] = unpack(cell.n, cell.counts)
    return [
        FrozenTally(*key, *(tally([packs[which]] if which in packs else []) for which in (True, False)))
        for key, packs in sorted(found.items())
    ]


def _of(revision: Revision) -> ColumnElement[bool]:
    columns = closing_cells.c
    return and_(*(columns[name] == value for name, value in zip(("unit", "period", "revision"), revision, strict=True)))
