"""Readiness for the integrity zone awards, as JSON and as a page: GET /v1/readiness, GET /readiness/<unit>."""

from functools import partial

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from feedback_api.access import caller, require
from feedback_api.caching import body_tag, known_to_client, not_modified, tagged
from feedback_api.context import Context
from feedback_api.html import html_page
from feedback_api.languages import preferred, translated
from feedback_api.negotiation import require_json
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from feedback_api.readiness_document import readiness_document
from feedback_api.readiness_view import readiness_view
from feedback_api.reading import read_database
from reporting.readiness import Readiness, read_readiness
from satisfaction.periods import FIRST_YEAR, LAST_YEAR, containing
from schemas.catalog import Unit


def blueprint(context: Context) -> Blueprint:
    """GET /v1/readiness, GET /readiness/<unit>."""
    made = Blueprint("readiness", __name__)
    made.add_url_rule("/v1/readiness", "readiness", partial(readiness, context))
    made.add_url_rule("/readiness/<unit_id>", "readiness_page", partial(readiness_page, context))
    return made


def readiness(context: Context) -> Response:
    """A unit's readiness in a year (by default the one that is running); needs `read`."""
    require_json()
    parameters = Parameters(request.args, ("unit", "year"))
    given = parameters.text("unit")
    unit = None if given is None else context.catalog.required().unit(given)
    if unit is None:
        parameters.fault("unit", "required" if given is None else "unknown_unit")
    year = _year(context, parameters, unit)
    if unit is None or parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    require(context, "read", [unit.id])
    answer = jsonify(readiness_document(_read(context, unit, year)))
    tag = body_tag(answer.get_data())
    return not_modified(tag) if known_to_client(tag) else tagged(answer, tag)


def readiness_page(context: Context, unit_id: str) -> Response:
    """The same as a page; who has not signed in is sent to do so."""
    if not caller(context).known:
        answer = Response(status=303)
        answer.headers["Location"] = url_for("signing_in.form")
        answer.headers.pop("Content-Type", None)
        return answer
    try:
        found = _page(context, unit_id)
    except Problem as problem:
        title, detail = translated(problem.kind.title), translated(problem.kind.detail, **problem.values)
        page = render_template("message.html", language=preferred(), title=title, detail=detail)
        return html_page(page, problem.kind.status)
    view = readiness_view(found, context.clock())
    return html_page(render_template("readiness.html", language=preferred(), view=view))


def _page(context: Context, unit_id: str) -> Readiness:
    require(context, "read", [unit_id])
    unit = context.catalog.required().unit(unit_id)
    if unit is None:
        raise Problem("not_found")
    parameters = Parameters(request.args, ("year",))
    year = _year(context, parameters, unit)
    if parameters.faults:
        raise Problem("not_found")
    return _read(context, unit, year)


def _year(context: Context, parameters: Parameters, unit: Unit | None) -> str:
    running = 0 if unit is None else int(containing(context.clock(), "year", unit.zone).label)
    return str(parameters.whole("year", FIRST_YEAR, LAST_YEAR, running))


def _read(context: Context, unit: Unit, year: str) -> Readiness:
    catalog, now = context.catalog.required(), context.clock()
    return read_database(context, lambda connection: read_readiness(connection, catalog, unit, year, now))
