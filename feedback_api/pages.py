"""The pages people see: the live board and the kiosk."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, render_template, url_for
from flask_babel import format_time  # type: ignore[import-untyped]
from sqlalchemy import Connection

from feedback_api import access, public_board
from feedback_api import board as boards
from feedback_api.access import Caller
from feedback_api.context import Context
from feedback_api.html import html_page
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from feedback_api.problems import Problem
from feedback_api.reading import read_database
from readmodel.questionnaires import instruments_of
from schemas.catalog import Service, Touchpoint, Unit
from schemas.catalog_document import IMPORT

ONE_TAP = "smiley@1"


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
    trouble, views, asking = None, [], access.ANONYMOUS
    try:
        asking = access.caller(context)
        views = _views(context, asking, now)
    except Problem as problem:
        if problem.kind.status < 500:
            raise
        trouble = translated(problem.kind.title)
    text = render_template(
        "board.html",
        language=preferred(),
        now=format_time(now, "medium"),
        source=url_for("pages.figures"),
        name=asking.name,
        **_figures(context, asking, views, trouble),
    )
    return html_page(text, 503 if trouble else 200, forms=True)


def figures(context: Context) -> Response:
    """The board's figures alone, for the page to swap in."""
    asking = access.caller(context)
    views = _views(context, asking, context.clock())
    return html_page(render_template("figures.html", **_figures(context, asking, views, None)))


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
    (question,) = instruments_of(catalog)[ONE_TAP].questions
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
    return html_page(
        render_template(
            "kiosk.html",
            language=language,
            unit=unit,
            touchpoint=touchpoint,
            services=services,
            question=question.text.in_language(language),
            answers=[(answer.value, answer.label.in_language(language)) for answer in question.answers],
            data=data,
        )
    )


def _figures(
    context: Context, asking: Caller, views: Sequence[boards.UnitView], trouble: str | None
) -> dict[str, object]:
    """What figures.html shows."""
    catalog = context.catalog.catalog
    return {
        "units": views,
        "kiosks": _kiosks(context),
        "trouble": trouble,
        "no_catalog": catalog is None or not catalog.units,
        "known": asking.known,
        "readable": {view.id for view in views if catalog and asking.may("read", view.id, catalog)},
    }


def _views(context: Context, asking: Caller, now: datetime) -> list[boards.UnitView]:
    """The board's sections: whole where the caller may read, what is public of the other units, in catalog order."""
    catalog = context.catalog.catalog
    if catalog is None:
        return []
    own = [unit for unit in catalog.units if asking.may("read", unit.id, catalog)]
    public = [unit for unit in catalog.units if unit not in own and unit.public != "none" and not unit.retired]

    def read(connection: Connection) -> tuple[boards.Counts, public_board.PublicFigures]:
        return boards.read_counts(connection, own, now), public_board.read_public(connection, catalog, public, now)

    counts, public_figures = read_database(context, read)
    asked = instruments_of(catalog)
    views = {unit.id: boards.unit_view(counts, asked, unit, now) for unit in own}
    views |= {unit.id: public_board.public_view(public_figures, asked, unit, now) for unit in public}
    return [view for unit in catalog.units if (view := views.get(unit.id)) is not None]


def _kiosks(context: Context) -> dict[str, list[Touchpoint]]:
    """Per unit, the touchpoints whose page can be opened."""
    catalog = context.catalog.catalog
    units = catalog.units if catalog else ()
    return {unit.id: [one for one in unit.touchpoints if _one_tap_services(unit, one)] for unit in units}


def _one_tap_services(unit: Unit, touchpoint: Touchpoint) -> list[Service]:
    if unit.retired or touchpoint.retired or touchpoint.channel == IMPORT:
        return []
    offered = (service for service in unit.services if service.id in touchpoint.services and not service.retired)
    return [service for service in offered if ONE_TAP in service.instruments]


def _message(problem: Problem) -> Response:
    """A problem as a page: a visitor or an officer stands before the screen, not a program."""
    title, detail = translated(problem.kind.title), translated(problem.kind.detail, **problem.values)
    text = render_template("message.html", language=preferred(), title=title, detail=detail)
    return html_page(text, problem.kind.status)
