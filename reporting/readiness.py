"""Readiness of a unit for the integrity zone awards (WBK, WBBM): what Puas knows of it, each line with its source.

The total of the evaluation, follow-up on results and the complaint channel are not kept here, so nothing is said of
them. A unit's lines are of its own responses; those of the units below it stand beside it and are never added up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from sqlalchemy import Connection

from readmodel.closings import Closing, in_force
from readmodel.postings import postings
from reporting.figures import Figure, Wanted, read_figures
from reporting.public import public_year
from reporting.readiness_perceptions import PerceptionLine, Perceptions
from reporting.readiness_surveys import PublicationLine, SurveyLine, publication_line, results_of, survey_line
from satisfaction.awards import CURRENT
from satisfaction.periods import BadPeriod, Period, containing, parse_period, split
from schemas.catalog import Catalog, Unit

MOST_FIGURES = 1_000_000
"""No bound in practice: there are five periods for each questionnaire of the unit and of those right below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What a unit has to show in a year, under `rules` (an id of satisfaction/data/awards).

    `below` are the units right below it, without those below them in turn; retired ones are left out.
    """

    unit: Unit
    year: Period
    rules: str
    perceptions: tuple[PerceptionLine, ...]
    surveys: SurveyLine
    publication: PublicationLine
    below: tuple["Readiness", ...] = ()


def read_readiness(conn: Connection, catalog: Catalog, unit: Unit, year: str, now: datetime) -> Readiness:
    """The readiness of a unit in a calendar year on its own clocks. Raises BadPeriod for a text that is no year."""
    if containing(parse_period(year, unit.zone).start, "year", unit.zone).label != year:
        raise BadPeriod("not_a_period", year)
    below = [one for one in catalog.units if one.parent == unit.id and not one.retired]
    units = [unit, *below]
    wanted = Wanted(units=units, periods=lambda zone: _periods(year, zone), most=MOST_FIGURES)
    figures = {(one.unit, one.instrument, one.period.label): one for one in read_figures(conn, catalog, wanted)}
    closed = {key: one for key, one in in_force(conn, [one.id for one in units]).items() if key[1][:4] == year}
    found = [_readiness(conn, catalog, one, year, now, figures, closed) for one in units]
    return replace(found[0], below=tuple(found[1:]))


def _readiness(
    conn: Connection,
    catalog: Catalog,
    unit: Unit,
    year: str,
    now: datetime,
    figures: Mapping[tuple[str, str, str], Figure],
    closed: Mapping[tuple[str, str], Closing],
) -> Readiness:
    periods = _periods(year, unit.zone)
    own = {(instrument, label): one for (of, instrument, label), one in figures.items() if of == unit.id}
    closings = [one for (of, _label), one in closed.items() if of == unit.id]
    public = None if unit.public == "none" or not closings else public_year(conn, catalog, unit.id, year, now, ())
    results = results_of(catalog, unit, closings, public, postings(conn, unit.id))
    return Readiness(
        unit=unit,
        year=periods[0],
        rules=CURRENT,
        perceptions=Perceptions(catalog, own, now).lines(periods[0], periods[1:]),
        surveys=survey_line(catalog, periods[1:], own, results, now),
        publication=publication_line(results),
    )


def _periods(year: str, zone: tzinfo) -> list[Period]:
    """The year and its quarters."""
    whole = parse_period(year, zone)
    return [whole, *split(whole, "quarter", zone)]
