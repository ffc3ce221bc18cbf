"""The pages people see: the live board and the kiosk."""

from datetime import datetime
from functools import partial

from flask import Blueprint, Response, make_response, render_template, url_for
from flask_babel import format_time  # type: ignore[import-untyped]

from feedback_api import board as boards
from feedback_api.context import Context
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from feedback_api.problems import Problem
from feedback_api.reading import read_database
from satisfaction.instruments import instruments
from schemas.catalog import Service, Touchpoint, Unit

ONE_TAP = "smiley@1"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def blueprint(context: Context) -> Blueprint:
    """GET /, /board/figures, /k/<touchpoint>."""
    made = Blueprint("pages", __name__)
    made.add_url_rule("/", "board", partial(board, context))
    made.add_url_rule("/board/figures", "figures", partial(figures, context))
    made.add_url_rule("/k/<touchpoint_id>", "kiosk", partial(kiosk, context))
    return made


def board(context: Context) -> Response:
    """The board; it is shown, saying what is wrong, also while the database is away."""
    now = context.clock()
    trouble, views = None, []
    try:
        views = _views(context, now)
    except Problem as problem:
        trouble = translated(problem.kind.title)
    page = render_template(
        "board.html",
        language=preferred(),
        now=format_time(now, "medium"),
        source=url_for("pages.figures"),
        units=views,
        kiosks=_kiosks(context),
        trouble=trouble,
    )
    return _page(page, 503 if trouble else 200)


def figures(context: Context) -> Response:
    """The board's figures alone, for the page to swap in."""
    views = _views(context, context.clock())
    return _page(render_template("figures.html", units=views, kiosks=_kiosks(context), trouble=None), 200)


def kiosk(context: Context, touchpoint_id: str) -> Response:
    """The one-tap page of a touchpoint. 404 when there is none, or none of its services has the one-tap question."""
    catalog = context.catalog.catalog
    if catalog is None:
        return _message(Problem("no_catalog"))
    found = catalog.touchpoint(touchpoint_id)
    services = _one_tap_services(*found) if found else []
    if found is None or not services:
        return _message(Problem("not_found"))
    unit, touchpoint = found
    (question,) = instruments()[ONE_TAP].questions
    language = preferred()
    data = {
        "unit": unit.id,
        "id": touchpoint.id,
        "channel": touchpoint.channel,
        "instrument": ONE_TAP,
        "question": question.key,
        "services": [{"id": service.id, "name": service.name} for service in services],
        "texts": {"pending": translated(_("Answers waiting to be sent: {count}"))},
    }
    return _page(
        render_template(
            "kiosk.html",
            language=language,
            unit=unit,
            touchpoint=touchpoint,
            services=services,
            question=question.text.in_language(language),
            answers=[(answer.value, answer.label.in_language(language)) for answer in question.answers],
            data=data,
        ),
        200,
    )


def _views(context: Context, now: datetime) -> list[boards.UnitView]:
    catalog = context.catalog.catalog
    if catalog is None:
        return []
    counts = read_database(context, lambda connection: boards.read_counts(connection, catalog, now))
    return boards.unit_views(counts, catalog, now)


def _kiosks(context: Context) -> dict[str, list[Touchpoint]]:
    """Per unit, the touchpoints whose page can be opened."""
    catalog = context.catalog.catalog
    units = catalog.units if catalog else ()
    return {unit.id: [one for one in unit.touchpoints if _one_tap_services(unit, one)] for unit in units}


def _one_tap_services(unit: Unit, touchpoint: Touchpoint) -> list[Service]:
    if unit.retired or touchpoint.retired:
        return []
    offered = (service for service in unit.services if service.id in touchpoint.services and not service.retired)
    return [service for service in offered if ONE_TAP in service.instruments]


def _message(problem: Problem) -> Response:
    """A problem as a page: a visitor or an officer stands before the screen, not a program."""
    title, detail = translated(problem.kind.title), translated(problem.kind.detail, **problem.values)
    page = render_template("message.html", language=preferred(), title=title, detail=detail)
    return _page(page, problem.kind.status)


def _page(text: str, status: int) -> Response:
    page = make_response(text, status)
    page.headers["Content-Security-Policy"] = POLICY
    page.headers["Content-Language"] = preferred()
    page.headers["Vary"] = "Accept-Language"
    return page
