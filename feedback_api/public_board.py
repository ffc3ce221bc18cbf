"""What the board shows to everybody: this quarter's public figures of the units that the catalog makes public."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from feedback_api.board import Asked, Reading, ServiceView, UnitView, figures_of, quarter_name
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from reporting.public import PublicRow, public_year
from satisfaction.periods import containing
from schemas.catalog import Catalog, Unit

PublicFigures = Mapping[str, Sequence[PublicRow]]
"""Per unit the rows of this quarter: the unit as a whole, then its services where they are public."""


def read_public(conn: Connection, catalog: Catalog, units: Iterable[Unit], now: datetime) -> PublicFigures:
    """The figures of these units, which must be public, with what is held back left out."""
    return {unit.id: _rows(conn, catalog, unit, now) for unit in units}


def public_view(figures: PublicFigures, asked: Asked, unit: Unit, now: datetime) -> UnitView | None:
    """A unit's section for everybody; None for one that serves nobody."""
    names: dict[str | None, str] = {None: translated(_("All services"))}
    names |= {service.id: service.name for service in unit.services}
    services = [
        ServiceView(name, None, tuple(_reading(asked, row) for row in figures[unit.id] if row.service == service))
        for service, name in names.items()
    ]
    listed = tuple(service for service in services if service.readings)
    if not listed:
        return None
    quarter = quarter_name(containing(now, "quarter", unit.zone))
    return UnitView(unit.id, unit.name, quarter, listed, 0, page=True, day_late=True)


def _rows(conn: Connection, catalog: Catalog, unit: Unit, now: datetime) -> list[PublicRow]:
    quarter = containing(now, "quarter", unit.zone).label
    year = public_year(conn, catalog, unit.id, quarter[:4], now, ())
    offered = [key for service in unit.services if not service.retired for key in service.instruments]
    instruments = [key for key in dict.fromkeys([*offered, *year.answered]) if key in year.known]
    whole = [year.row(key, None, quarter) for key in instruments]
    if unit.public != "services":
        return whole
    return whole + [year.row(key, service, quarter) for key in instruments for service in year.services(key)]


def _reading(asked: Asked, row: PublicRow) -> Reading:
    if row.measure is not None:
        return figures_of(asked[row.instrument], row.measure)
    name = asked[row.instrument].name.in_language(preferred())
    return Reading(name, row.n or 0, None, None, None, hidden=row.n != 0)
