"""Closed periods: figures frozen once published, each change to them a revision with a number.

A closing keeps every monthly cell of its period as it was counted then, so a figure for the whole unit, one service,
one touchpoint or one group of respondents can be computed again from the same counts years later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from readmodel.catalog import load_catalog
from readmodel.closing_cells import (
    Cell,
    FrozenTally,
    Revision,
    by_service,
    keep_cells,
    kept_cells,
    monthly_cells,
    tallies_in,
)
from readmodel.closing_digest import digest_of
from readmodel.closing_rules import rules_of
from readmodel.database import reading, writing
from readmodel.locks import Lock, hold
from readmodel.queries import as_of
from readmodel.tables import closings as table
from satisfaction.periods import BadPeriod, parse_period, split
from schemas.catalog import Catalog, Unit
from schemas.closing import is_closable


class NotOver(Exception):
    """The period is still running: close it when it has ended."""


class AlreadyClosed(Exception):
    """The period is closed; only an explicit revision changes its figures."""


class WouldRevise(Exception):
    """Other closed periods share a month that is counted differently by now: they would need a revision too."""

    def __init__(self, periods: Sequence[str]) -> None:
        super().__init__(f"{', '.join(periods)} would change with it")
        self.periods = tuple(periods)


class NothingToRevise(Exception):
    """Nothing is closed yet, or a revision would say what the last one says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """One revision of a closed period, without its counts (see `frozen_tallies`).

    `positions` are the next positions of the event log `log_id` when it was closed: what it counted lies before them.
    `digest` is that of the responses counted (`closing_digest`). `rules` are the versions that made the figures, with
    the figures as printed (`closing_rules`).
    """

    unit: str
    period: str
    revision: int
    closed_ms: int
    closed_by: str
    note: str | None
    log_id: str | None
    positions: Mapping[int, int]
    digest: str
    rules: Mapping[str, Any]

    @property
    def key(self) -> Revision:
        """What its counts are kept under."""
        return self.unit, self.period, self.revision


def close_period(
    engine: Engine,
    unit: str,
    label: str,
    *,
    by: str,
    now: datetime,
    note: str | None = None,
    weights: str | None = None,
    revise: bool = False,
) -> list[Closing]:
    """Freeze a unit's period as it is counted now: a year, half-year, quarter or month that has ended.

    With `revise`, other closed periods with a month in common that is counted differently by now get a revision too,
    behind the first in the list, so that all closings in force agree. `weights` is a weight convention for the
    questionnaires it fits (None: their own). Consumers go on meanwhile, for all is read from one snapshot.

    Raises LookupError for an unknown unit, BadPeriod, NotOver; unless `revise`, AlreadyClosed, and WouldRevise where
    others would have to follow; NothingToRevise, BadWeights, DatabaseAway.
    """
    with reading(engine) as conn:
        version, catalog = load_catalog(conn)
        office = catalog.unit(unit)
        if office is None:
            raise LookupError(f"the catalog has no unit {unit!r}")
        _require_over(office, label, now)
        closed = {period: each for (_unit, period), each in in_force(conn, [unit]).items()}
        if label in closed and not revise:
            raise AlreadyClosed(f"{label} of {unit} is closed already (revision {closed[label].revision})")
        snapshot = _Snapshot(conn, version, catalog, office)
        drafts = _with_followers(snapshot, snapshot.draft(label, weights), closed)
        state = as_of(conn)
    if len(drafts) > 1 and not revise:
        raise WouldRevise([draft.label for draft in drafts[1:]])
    if revise and len(drafts) == 1:
        _require_change(unit, drafts[0], closed.get(label))
    made = []
    for draft in drafts:
        before = closed.get(draft.label)
        closing = Closing(
            unit=unit,
            period=draft.label,
            revision=1 if before is None else before.revision + 1,
            closed_ms=round(now.timestamp() * 1000),
            closed_by=by,
            note=note if draft is drafts[0] else f"{label}: {note or 'revised'}",
            log_id=state.log_id,
            positions=state.positions,
            digest=draft.digest,
            rules=draft.rules,
        )
        made.append(closing)
    with writing(engine) as conn:
        hold(conn, Lock.CLOSING)
        overtaken = in_force(conn, [unit]) != {(unit, period): each for period, each in closed.items()}
        for closing, draft in () if overtaken else zip(made, drafts, strict=True):
            _keep(conn, closing, draft.cells)
    if overtaken:  # what was drafted may not agree with what has been closed meanwhile
        return close_period(engine, unit, label, by=by, now=now, note=note, weights=weights, revise=revise)
    return made


def closings(conn: Connection, unit: str | None = None, period: str | None = None) -> list[Closing]:
    """Every revision, by unit and period, oldest first."""
    query = select(table).order_by(table.c.unit, table.c.period, table.c.revision)
    if unit is not None:
        query = query.where(table.c.unit == unit)
    if period is not None:
        query = query.where(table.c.period == period)
    return [_closing(row) for row in conn.execute(query).mappings()]


def latest(conn: Connection, unit: str, period: str) -> Closing | None:
    """The revision in force, None when the period is not closed."""
    found = closings(conn, unit, period)
    return found[-1] if found else None


def in_force(conn: Connection, units: Iterable[str]) -> dict[tuple[str, str], Closing]:
    """The revision in force of every closed period of these units, by unit and period."""
    query = select(table).where(table.c.unit.in_(sorted(units))).order_by(table.c.revision)
    return {(row["unit"], row["period"]): _closing(row) for row in conn.execute(query).mappings()}


def closings_made(conn: Connection) -> int:
    """How many closings there are; it only grows, so that an answer kept elsewhere can tell whether it is stale."""
    count: int = conn.execute(select(func.count()).select_from(table)).scalar_one()
    return count


def frozen_tallies(conn: Connection, closing: Closing, cut: str = "") -> list[FrozenTally]:
    """The counts of a closing by month: of all responses, or of one cut of them ("touchpoint", "sex", …)."""
    return tallies_in(conn, closing.key, cut)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a revision of a period would freeze."""

    label: str
    cells: list[Cell]
    digest: str
    rules: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One state of the database, and the unit to close."""

    conn: Connection
    version: int
    catalog: Catalog
    office: Unit

    def draft(self, label: str, weights: str | None) -> _Draft:
        """The period as it is counted in this state."""
        period = parse_period(label, self.office.zone)
        frozen = monthly_cells(self.conn, self.office.id, period)
        rules = rules_of(self.catalog, self.version, self.office, label, by_service(frozen), weights)
        return _Draft(label, frozen, digest_of(self.conn, self.office.id, period), rules)


def _with_followers(snapshot: _Snapshot, first: _Draft, closed: Mapping[str, Closing]) -> list[_Draft]:
    """The draft, and one for each other closed period that no longer agrees with those before it."""
    drafts = [first]
    others = {
        label: kept_cells(snapshot.conn, closing.key)
        for label, closing in closed.items()
        if label[:4] == first.label[:4] and label != first.label
    }
    for draft in drafts:  # which grows
        months = months_of(draft.label)
        now = {cell for cell in draft.cells if cell.at in months}
        for label in [label for label in others if not months.isdisjoint(months_of(label))]:
            shared = months & months_of(label)
            if {cell for cell in others[label] if cell.at in shared} != {cell for cell in now if cell.at in shared}:
                del others[label]
                drafts.append(snapshot.draft(label, closed[label].rules["weights"]))
    return drafts


def months_of(label: str) -> frozenset[int]:
    """The months (yyyymm) of a period that can be closed.

    >>> sorted(months_of("2026-Q3"))
    [202607, 202608, 202609]
    """
    period = parse_period(label, UTC)
    return frozenset(int(month.label.replace("-", "")) for month in split(period, "month", UTC))


def _require_over(office: Unit, label: str, now: datetime) -> None:
    if is_closable(label) is None:
        raise BadPeriod("not_closable", label)
    period = parse_period(label, office.zone)
    if now < period.end:
        raise NotOver(f"{label} of {office.id} is not over: it ends at {period.end.isoformat()}")


def _require_change(unit: str, draft: _Draft, before: Closing | None) -> None:
    if before is None:
        raise NothingToRevise(f"{draft.label} of {unit} has not been closed yet")
    if (before.digest, before.rules) == (draft.digest, draft.rules):
        raise NothingToRevise(f"nothing has changed in {draft.label} of {unit} since revision {before.revision}")


def _keep(conn: Connection, closing: Closing, frozen: Iterable[Cell]) -> None:
    positions = {str(partition): position for partition, position in sorted(closing.positions.items())}
    conn.execute(insert(table).values(**asdict(closing) | {"positions": positions}))
    keep_cells(conn, closing.key, frozen)


def _closing(row: RowMapping) -> Closing:
    positions = {int(partition): position for partition, position in row["positions"].items()}
    return Closing(**dict(row) | {"positions": positions})
