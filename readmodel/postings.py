"""Where a period's results were put up on paper, for those who come to the office."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from readmodel.tables import postings as table
from satisfaction.periods import parse_period
from schemas.catalog import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One place; `posted_on` is an ISO date."""

    unit: str
    period: str
    place: str
    posted_on: str
    posted_by: str


def days_to_post(unit: Unit, period: str, now: datetime) -> tuple[date, date]:
    """The first and the last day on which a period's result can have been put up, on the unit's calendar."""
    return parse_period(period, unit.zone).start.date(), now.astimezone(unit.zone).date()


def post(conn: Connection, posting: Posting) -> None:
    """Keep it, in a `writing` transaction; the same place again changes the date."""
    insert: Any = postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)
    change = {"posted_on": insert.excluded.posted_on, "posted_by": insert.excluded.posted_by}
    conn.execute(
        insert.values(**asdict(posting)).on_conflict_do_update(index_elements=list(table.primary_key), set_=change)
    )


def postings(conn: Connection, unit: str, period: str | None = None) -> list[Posting]:
    """A unit's, by period, date and place."""
    query = select(table).where(table.c.unit == unit).order_by(table.c.period, table.c.posted_on, table.c.place)
    if period is not None:
        query = query.where(table.c.period == period)
    return [Posting(**row) for row in conn.execute(query).mappings()]
