"""GET /v1/indices/comparison: units, services and periods side by side, and what the samples can say of each pair."""

from collections.abc import Sequence
from datetime import tzinfo
from functools import partial

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from feedback_api.access import require
from feedback_api.caching import not_modified
from feedback_api.comparison_answers import csv_answer, json_answer, xlsx_answer
from feedback_api.comparison_query import ComparisonQuery, Subject, read_comparison
from feedback_api.context import Context
from feedback_api.index_items import Item, item
from feedback_api.index_reading import read_unless_known
from feedback_api.negotiation import Form, wanted_form
from readmodel.questionnaires import instruments_of
from reporting.figures import Figure, Wanted, read_figures
from satisfaction.periods import Period
from satisfaction.tally import Tally
from schemas.catalog import Catalog


def blueprint(context: Context) -> Blueprint:
    """GET /v1/indices/comparison, and the same with a suffix that names the form."""
    made = Blueprint("comparison", __name__)
    path = "/v1/indices/comparison"
    made.add_url_rule(path, "comparison", partial(comparison, context, None))
    made.add_url_rule(f"{path}.csv", "comparison_csv", partial(comparison, context, "csv"))
    made.add_url_rule(f"{path}.xlsx", "comparison_xlsx", partial(comparison, context, "xlsx"))
    return made


def comparison(context: Context, suffix: Form | None) -> Response:
    """Each subject's figures, and for each pair their difference with its interval and a verdict in words."""
    form = wanted_form(suffix)
    catalog = context.catalog.required()
    query = read_comparison(request.args, catalog)
    who = require(context, "read", [unit.id for unit in query.units])
    subjects = query.subjects(context.clock())

    def read(connection: Connection) -> list[Item]:
        return _items(connection, query, subjects, catalog)

    asked = [query.document(), query.bom, [str(subject.period) for subject in subjects]]
    answer, items = read_unless_known(context, who, asked, form, "unit", read)
    if items is None:
        return not_modified(answer.tag)
    if form == "csv":
        return csv_answer(items, catalog, query, answer)
    if form == "xlsx":
        return xlsx_answer(items, catalog, query, answer)
    return json_answer(items, catalog, query, answer)


def _items(connection: Connection, query: ComparisonQuery, subjects: Sequence[Subject], catalog: Catalog) -> list[Item]:
    known = instruments_of(catalog)
    found = []
    for subject in subjects:
        wanted = Wanted(
            units=[subject.unit],
            periods=partial(_only, subject.period),
            service=subject.service,
            instrument=query.instrument,
            live=query.rules.live,
        )
        figures = read_figures(connection, catalog, wanted) or [_nothing(subject, query.instrument)]
        found += [item(figure, known, catalog, query.rules) for figure in figures]
    return found


def _only(period: Period, _zone: tzinfo) -> list[Period]:
    return [period]


def _nothing(subject: Subject, instrument: str) -> Figure:
    """The figure of a subject whose catalog does not expect this questionnaire, and that nobody answered it for."""
    return Figure(
        unit=subject.unit.id,
        instrument=instrument,
        service=subject.service,
        touchpoint=None,
        channel=None,
        respondent={},
        element=None,
        period=subject.period,
        included=Tally(),
        excluded=Tally(),
    )
