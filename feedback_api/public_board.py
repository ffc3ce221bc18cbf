"""What the board shows to everybody: this quarter's figures of units the catalog makes public, small counts hidden."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from feedback_api.board import Asked, Reading, ServiceView, UnitView, quarter_name, quarter_span, reading_of
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from readmodel.queries import Scope, tallies
from satisfaction.instruments import Instrument
from satisfaction.periods import containing
from satisfaction.tally import Tally
from schemas.catalog import Unit

MIN_INDEX = 10
"""An index of fewer responses would tell too much of each."""
PublicCounts = Mapping[str, Mapping[tuple[str | None, str], Tally]]
"""Per unit, by service (None: all of them) and instrument, what may be shown: no index that is missing here."""


def read_public(conn: Connection, units: Sequence[Unit], now: datetime) -> PublicCounts:
    """The counts of this quarter that everybody may see, for units that are public."""
    return {unit.id: _of_unit(conn, unit, now) for unit in units}


def public_view(counts: PublicCounts, asked: Asked, unit: Unit, now: datetime) -> UnitView:
    """A unit's section for everybody: the whole unit and, where they are public, its services."""
    found = counts[unit.id]
    parts: list[tuple[str | None, str, tuple[str, ...]]] = [
        (None, translated(_("All services")), _questionnaires(unit)),
    ]
    if unit.public == "services":
        parts += [(one.id, one.name, one.instruments) for one in unit.services if not one.retired]
    views = [
        ServiceView(name, None, tuple(_reading(asked[key], found.get((service, key))) for key in keys))
        for service, name, keys in parts
    ]
    return UnitView(unit.id, unit.name, quarter_name(containing(now, "quarter", unit.zone)), tuple(views), 0)


def _of_unit(conn: Connection, unit: Unit, now: datetime) -> Mapping[tuple[str | None, str], Tally]:
    found: dict[tuple[str | None, str], Tally] = {}
    for group in tallies(conn, [quarter_span(unit, now)], Scope(unit=[unit.id]), ("service", "instrument")):
        service, instrument = group.group["service"], group.group["instrument"]
        found[service, instrument] = group.tally
        found[None, instrument] = found.get((None, instrument), Tally()) + group.tally
    return {key: tally for key, tally in found.items() if tally.responses >= MIN_INDEX}


def _questionnaires(unit: Unit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for service in unit.services if not service.retired for key in service.instruments))


def _reading(instrument: Instrument, tally: Tally | None) -> Reading:
    if tally is None:
        return Reading(instrument.name.in_language(preferred()), 0, None, None, None, hidden=True)
    return reading_of(instrument, tally)
