"""GET /p/<unit>: what everybody may know of a unit's survey, as a page that needs no script."""

from functools import partial

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Connection

from feedback_api.context import Context
from feedback_api.html import html_page
from feedback_api.languages import preferred, translated
from feedback_api.problems import Problem
from feedback_api.public_view import PageView, read_view
from feedback_api.reading import read_database
from reporting.public import NotPublic
from satisfaction.periods import BadPeriod
from satisfaction.suppression import MIN_CELL, MIN_INDEX


def blueprint(context: Context) -> Blueprint:
    """GET /p/<unit>."""
    made = Blueprint("public_page", __name__)
    made.add_url_rule("/p/<unit_id>", "public_page", partial(public_page, context))
    return made


def public_page(context: Context, unit_id: str) -> Response:
    """The public page of a unit; `period` and `instrument` choose another of its figures.

    404 for a unit that is not public, and for a period or questionnaire that is not shown. Also a retired unit keeps
    its history.
    """
    try:
        view = _view(context, unit_id)
    except Problem as problem:
        return _message(problem)
    except (NotPublic, BadPeriod):
        return _message(Problem("not_found"))
    page = render_template(
        "public.html", language=preferred(), view=view, least_index=MIN_INDEX, least_cell=MIN_CELL, years=_years(view)
    )
    return html_page(page)


def _view(context: Context, unit_id: str) -> PageView:
    catalog, now = context.catalog.required(), context.clock()
    unit = catalog.unit(unit_id)
    if unit is None or unit.public == "none":
        raise Problem("not_found")

    def read(connection: Connection) -> PageView | None:
        return read_view(connection, catalog, unit, now, request.args.get("period"), request.args.get("instrument"))

    view = read_database(context, read)
    if view is None:
        raise Problem("not_found")
    return view


def _years(view: PageView) -> list[tuple[str, str]]:
    """Where a year begins in the chart: (its quarter's place across, the year)."""
    marks = view.chart.marks if view.chart else ()
    starts = {mark.point.year: mark.x for mark in reversed(marks)}
    return [(x, year) for year, x in sorted(starts.items())]


def _message(problem: Problem) -> Response:
    title, detail = translated(problem.kind.title), translated(problem.kind.detail, **problem.values)
    page = render_template("message.html", language=preferred(), title=title, detail=detail)
    return html_page(page, problem.kind.status)
