"""Closed periods: figures frozen once published, each change to them a revision with a number.

A closing keeps every monthly cell of its period as it was counted then, so a figure for the whole unit, one service,
one touchpoint or one group of respondents can be computed again from the same counts years later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from readmodel.catalog import load_catalog
from readmodel.closing_cells import Cell, FrozenTally, by_service, keep_cells, monthly_cells, tallies_in
from readmodel.closing_digest import digest_of
from readmodel.closing_rules import rules_of
from readmodel.database import reading, writing
from readmodel.locks import Lock, hold
from readmodel.queries import as_of
from readmodel.tables import closings as table
from satisfaction.periods import BadPeriod, Period, parse_period
from schemas.catalog import Unit
from schemas.closing import is_closable


class NotOver(Exception):
    """The period is still running: close it when it has ended."""


class AlreadyClosed(Exception):
    """The period is closed; only an explicit revision changes its figures."""


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
) -> Closing:
    """Freeze a unit's period as it is counted now: a year, half-year, quarter or month that has ended.

    `weights` is a weight convention for the questionnaires it fits (None: their own). Consumers go on meanwhile, for
    all is read from one snapshot. Raises LookupError for an unknown unit, BadPeriod, NotOver, AlreadyClosed unless
    `revise`, NothingToRevise, BadWeights, DatabaseAway.
    """
    with reading(engine) as conn:
        version, catalog = load_catalog(conn)
        office = catalog.unit(unit)
        if office is None:
            raise LookupError(f"the catalog has no unit {unit!r}")
        period = _closable(office, label, now)
        before = latest(conn, unit, label)
        if before is not None and not revise:
            raise AlreadyClosed(f"{label} of {unit} is closed already (revision {before.revision})")
        if before is None and revise:
            raise NothingToRevise(f"{label} of {unit} has not been closed yet")
        state = as_of(conn)
        frozen = monthly_cells(conn, unit, period)
        digest = digest_of(conn, unit, period)
        rules = rules_of(catalog, version, office, label, by_service(frozen), weights)
    if before is not None and (before.digest, before.rules) == (digest, rules):
        raise NothingToRevise(f"nothing has changed in {label} of {unit} since revision {before.revision}")
    closing = Closing(
        unit=unit,
        period=label,
        revision=1 if before is None else before.revision + 1,
        closed_ms=round(now.timestamp() * 1000),
        closed_by=by,
        note=note,
        log_id=state.log_id,
        positions=state.positions,
        digest=digest,
        rules=rules,
    )
    with writing(engine) as conn:
        _keep(conn, closing, frozen)
    return closing


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
    return tallies_in(conn, (closing.unit, closing.period, closing.revision), cut)


def _closable(office: Unit, label: str, now: datetime) -> Period:
    if is_closable(label) is None:
        raise BadPeriod("not_closable", label)
    period = parse_period(label, office.zone)
    if now < period.end:
        raise NotOver(f"{label} of {office.id} ends at {period.end.isoformat()}")
    return period


def _keep(conn: Connection, closing: Closing, frozen: Iterable[Cell]) -> None:
    """Write it, unless another has closed the period meanwhile."""
    hold(conn, Lock.CLOSING)
    before = latest(conn, closing.unit, closing.period)
    if closing.revision != (1 if before is None else before.revision + 1):
        raise AlreadyClosed(f"{closing.period} of {closing.unit} has just been closed by somebody else")
    positions = {str(partition): position for partition, position in sorted(closing.positions.items())}
    conn.execute(insert(table).values(**asdict(closing) | {"positions": positions}))
    keep_cells(conn, (closing.unit, closing.period, closing.revision), frozen)


def _closing(row: RowMapping) -> Closing:
    positions = {int(partition): position for partition, position in row["positions"].items()}
    return Closing(**dict(row) | {"positions": positions})
