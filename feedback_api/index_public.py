"""Indices for everybody: the public figures as items of the same shape, with null where something is held back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from feedback_api.access import needs_key
from feedback_api.index_items import Item
from feedback_api.indices_query import IndicesQuery
from readmodel.questionnaires import instruments_of
from reporting.figures import Figure
from reporting.public import PUBLIC_INTERVALS, NotPublic, PublicRow, public_rows
from satisfaction.index import Measure
from satisfaction.instruments import Instrument
from satisfaction.tally import Tally
from schemas.catalog import Catalog, Unit


def public_units(query: IndicesQuery) -> Sequence[Unit]:
    """The units that an anonymous question is about. Raises Problem 401 for one that asks for more than is public."""
    units = query.filters.units
    by_service = "service" in query.group_by or query.filters.service is not None
    public = [unit for unit in units if unit.public == "services" or (unit.public == "unit" and not by_service)]
    named = query.filters.unit is not None
    if query.private or not public or (named and len(public) < len(units)):
        raise needs_key()
    return public


def public_items(
    connection: Connection, query: IndicesQuery, units: Sequence[Unit], catalog: Catalog, now: datetime
) -> list[Item]:
    """What everybody may see of the units. Raises Problem 401 where that is not what was asked for."""
    known = instruments_of(catalog)
    interval = query.interval if query.interval in PUBLIC_INTERVALS else None
    found: list[Item] = []
    for unit in units:
        try:
            rows = public_rows(
                connection,
                catalog,
                unit.id,
                now=now,
                period=query.time.period,
                interval=interval,
                by_service="service" in query.group_by,
                service=query.filters.service,
                instrument=query.filters.instrument,
                weights=query.rules.weights,
            )
        except NotPublic:
            raise needs_key() from None
        for row in rows:
            whole = _item(row, known[row.instrument], unit)
            found += _by_element(whole) if "element" in query.group_by else [whole]
    return found


def _item(row: PublicRow, instrument: Instrument, unit: Unit) -> Item:
    of = unit if row.service is None else next((one for one in unit.services if one.id == row.service), None)
    measured = row.measure or Measure(0, None, None, None, (), "exact")
    return Item(
        figure=Figure(
            unit=row.unit,
            instrument=row.instrument,
            service=row.service,
            touchpoint=None,
            channel=None,
            respondent={},
            element=None,
            period=row.period,
            included=Tally(),
            excluded=Tally(),
            closing=row.closing,
        ),
        instrument=instrument,
        n=row.n,
        excluded=row.excluded,
        shown=measured,
        elements=row.elements,
        misuse="exclude",
        population=None if of is None else of.served.get(row.period.label) or None,
        suppressed=row.suppressed,
    )


def _by_element(whole: Item) -> Iterator[Item]:
    """An item for each element, whose index is its NRR; nothing that is held back of the whole is told by it."""
    for element in whole.elements:
        measured = Measure(0, element.nrr, None, element.band, (), whole.shown.weights)
        figure = replace(whole.figure, element=element.key)
        yield replace(whole, figure=figure, shown=measured, elements=[element])
