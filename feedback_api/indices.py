"""GET /v1/indices: satisfaction indices, computed from whole counts when they are asked for."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from feedback_api.access import ANONYMOUS, Caller, caller, require
from feedback_api.caching import not_modified
from feedback_api.context import Context
from feedback_api.index_answers import csv_answer, json_answer, xlsx_answer
from feedback_api.index_items import Item, item
from feedback_api.index_public import public_items, public_units
from feedback_api.index_reading import read_unless_known
from feedback_api.indices_query import IndicesQuery, read_query
from feedback_api.negotiation import Form, wanted_form
from feedback_api.problems import Problem
from readmodel.questionnaires import instruments_of
from reporting.figures import read_figures
from satisfaction.periods import containing
from schemas.catalog import Catalog, Unit


def blueprint(context: Context) -> Blueprint:
    """GET /v1/indices, and the same with a suffix that names the form."""
    made = Blueprint("indices", __name__)
    made.add_url_rule("/v1/indices", "indices", partial(indices, context, None))
    made.add_url_rule("/v1/indices.csv", "indices_csv", partial(indices, context, "csv"))
    made.add_url_rule("/v1/indices.xlsx", "indices_xlsx", partial(indices, context, "xlsx"))
    return made


def indices(context: Context, suffix: Form | None) -> Response:
    """The indices asked for, with the rules that made them and how far the log was counted."""
    form = wanted_form(suffix)
    catalog, now = context.catalog.required(), context.clock()
    query = read_query(request.args, catalog)
    who, units = _allowed(context, query, catalog)
    wanted = query.wanted(units, now)

    def read(connection: Connection) -> list[Item]:
        if not who.known:
            return public_items(connection, query, units, catalog, now)
        known = instruments_of(catalog)
        return [item(figure, known, catalog, query.rules) for figure in read_figures(connection, catalog, wanted)]

    periods = {unit.timezone: str(wanted.periods(unit.zone)) for unit in units}
    # Everybody is told of days that are over: their answer changes at midnight though nothing arrived.
    days = None if who.known else [containing(now, "day", unit.zone).label for unit in units]
    narrow = "interval" if query.interval else "group_by"
    answer, items = read_unless_known(context, who, [query.document(), query.bom, periods, days], form, narrow, read)
    if items is None:
        return not_modified(answer.tag)
    if form == "csv":
        return csv_answer(items, catalog, answer.tag, bom=query.bom)
    if form == "xlsx":
        return xlsx_answer(items, catalog, query, answer)
    return json_answer(items, query, answer)


def _allowed(context: Context, query: IndicesQuery, catalog: Catalog) -> tuple[Caller, Sequence[Unit]]:
    """Whose eyes the answer is for, and the units it is about.

    A key for other units shows no less than no key. Raises Problem 401 or 403.
    """
    who = caller(context)
    if not who.known:
        return who, public_units(query)
    try:
        return who, _readable(context, who, query, catalog)
    except Problem as problem:
        if query.filters.unit is None:
            raise
        try:
            return ANONYMOUS, public_units(query)
        except Problem:
            raise problem from None


def _readable(context: Context, who: Caller, query: IndicesQuery, catalog: Catalog) -> Sequence[Unit]:
    """The units asked for, or of all of them those that the key may read. Raises Problem 401 or 403."""
    units = query.filters.units
    if query.filters.unit is None:
        units = tuple(unit for unit in units if who.may("read", unit.id, catalog)) or units
    require(context, "read", [unit.id for unit in units])
    return units
