"""GET /v1/reports/skm and /p/<unit>/poster.pdf: documents of a unit's result, made when they are asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import BoundedSemaphore

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from feedback_api.access import require
from feedback_api.context import Context
from feedback_api.languages import preferred
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from feedback_api.reading import RETRY_AFTER_S, read_database
from readmodel.queries import TooMuch
from reporting.poster import SIZES, Poster, Size, poster, read_poster
from reporting.public import NotPublic
from reporting.report import Report
from reporting.report_files import FORMS, ReportForm, file_name, most_rows, most_suggestions, render
from reporting.report_html import policy
from reporting.report_reading import DEFAULT_INSTRUMENT, NotReportable, Options, read_report
from reporting.words import LANGUAGES, Words
from satisfaction.index import WEIGHTS
from satisfaction.instruments import Language
from satisfaction.periods import BadPeriod, Period, containing, parse_period
from schemas.catalog import Unit
from schemas.violation import Violation

KNOWN = ("unit", "period", "service", "instrument", "weights", "format", "language", "figures")
AT_ONCE = 2
"""Documents that a worker makes at once: each takes a second of a core and up to 150 MB, the rest is the visitors'."""
TURN_S = 2.0
MOST_WAITING = 3
"""Posters that are being made or wait for their turn: a crowd must not hold the threads that take feedback."""
POSTER_KNOWN = ("size", "period", "instrument", "language")


def blueprint(context: Context) -> Blueprint:
    """GET /v1/reports/skm, the same with a suffix that names the form, and /p/<unit>/poster.pdf."""
    made = Blueprint("reports", __name__)
    documents = BoundedSemaphore(AT_ONCE)
    # Anybody may ask for a poster, and must leave a turn to those with a key.
    posters = (BoundedSemaphore(MOST_WAITING), BoundedSemaphore(AT_ONCE - 1))
    made.add_url_rule("/v1/reports/skm", "report", partial(report, context, documents, None))
    for form in FORMS:
        made.add_url_rule(f"/v1/reports/skm.{form}", f"report_{form}", partial(report, context, documents, form))
    made.add_url_rule("/p/<unit_id>/poster.pdf", "poster", partial(public_poster, context, posters, documents))
    return made


def report(context: Context, documents: BoundedSemaphore, suffix: ReportForm | None) -> Response:
    """The report of a unit and period. With the right to export it holds visitors' own words and the tabulation."""
    parameters = Parameters(request.args, KNOWN)
    unit = _unit(context, parameters)
    who = require(context, "read", [unit.id] if unit else [])
    form = _form(parameters, suffix)
    words = Words(_language(parameters))
    now = context.clock()
    period = _period(parameters, unit, context)
    if parameters.faults or unit is None or period is None:
        raise Problem("invalid_query", parameters.faults)
    allowed = who.may("export", unit.id, context.catalog.required())
    options = Options(
        now=now,
        instrument=parameters.text("instrument") or DEFAULT_INSTRUMENT,
        service=parameters.text("service"),
        weights=parameters.choice("weights", tuple(WEIGHTS)),
        live=parameters.choice("figures", ("published", "live")) == "live",
        suggestions=most_suggestions(form) if allowed else None,
        rows=most_rows(form) if allowed else None,
    )
    if parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    with turn(documents):
        found = _read(context, unit, period, options)
        answer = Response(render(found, words, form), content_type=FORMS[form])
    kind = "inline" if form == "html" else "attachment"
    answer.headers["Content-Disposition"] = f'{kind}; filename="{file_name(found, words, form)}"'
    answer.headers["Content-Language"] = words.language
    answer.headers["Vary"] = "Accept, Accept-Language"
    if form == "html":
        answer.headers["Content-Security-Policy"] = policy()
    return answer


def public_poster(
    context: Context, posters: tuple[BoundedSemaphore, BoundedSemaphore], documents: BoundedSemaphore, unit_id: str
) -> Response:
    """The poster of a public unit, with a QR code to its public page; 404 for what is not public."""
    parameters = Parameters(request.args, POSTER_KNOWN)
    size: Size = "a3" if parameters.choice("size", SIZES) == "a3" else "a4"
    words = Words(_language(parameters))
    catalog, now = context.catalog.required(), context.clock()
    unit = catalog.unit(unit_id)
    if parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    if unit is None or unit.public == "none":
        raise Problem("not_found")
    address = f"{request.url_root}p/{unit.id}"
    period, instrument = parameters.text("period"), parameters.text("instrument")

    def read(connection: Connection) -> Poster:
        return read_poster(connection, catalog, unit, now=now, period=period, instrument=instrument, address=address)

    try:
        with turn(posters[0], 0), turn(posters[1]), turn(documents):
            found = read_database(context, read)
            answer = Response(poster(found, words, size), content_type=FORMS["pdf"])
    except (NotPublic, LookupError):
        raise Problem("not_found") from None
    except BadPeriod as error:
        raise Problem("invalid_query", [Violation("period", error.code)]) from None
    name = f"{words('file.poster')}-{unit.id}-{found.row.period.label}-{size}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Content-Language"] = words.language
    answer.headers["Vary"] = "Accept-Language"
    return answer


@contextmanager
def turn(documents: BoundedSemaphore, wait_s: float = TURN_S) -> Iterator[None]:
    """Make one document; waits a moment for others. Raises Problem 503 while as many as we allow are being made."""
    if not documents.acquire(timeout=wait_s):
        raise Problem("exports_busy", retry_after=RETRY_AFTER_S)
    try:
        yield
    finally:
        documents.release()


def _unit(context: Context, parameters: Parameters) -> Unit | None:
    catalog = context.catalog.required()
    given = parameters.text("unit")
    if given is None:
        parameters.fault("unit", "required")
        return None
    unit = catalog.unit(given)
    if unit is None:
        parameters.fault("unit", "unknown_unit")
    return unit


def _form(parameters: Parameters, suffix: ReportForm | None) -> ReportForm:
    """The suffix decides, then `format`, then Accept; HTML where it does not matter. Raises Problem 406."""
    asked = parameters.choice("format", tuple(FORMS))
    chosen = suffix or next((form for form in FORMS if form == asked), None)
    if chosen is not None:
        return chosen
    accepted = request.accept_mimetypes
    types = {content_type.partition(";")[0]: form for form, content_type in FORMS.items()}
    if not accepted or accepted.accept_html:
        return "html"
    best = accepted.best_match(list(types))
    if best is None:
        raise Problem("not_acceptable", values={"types": ", ".join(types)})
    return types[best]


def _language(parameters: Parameters) -> Language:
    asked = parameters.choice("language", LANGUAGES)
    return next((language for language in LANGUAGES if language == asked), preferred())


def _period(parameters: Parameters, unit: Unit | None, context: Context) -> Period | None:
    """The period asked for; the quarter that is running when none is."""
    if unit is None:
        return None
    label = parameters.text("period")
    if label is None:
        return containing(context.clock(), "quarter", unit.zone)
    try:
        return parse_period(label, unit.zone)
    except BadPeriod as error:
        parameters.fault("period", error.code)
        return None


def _read(context: Context, unit: Unit, period: Period, options: Options) -> Report:
    catalog = context.catalog.required()
    try:
        return read_database(context, lambda connection: read_report(connection, catalog, unit, period, options))
    except NotReportable as error:
        params = {"instrument": options.instrument} if error.code == "not_for_instrument" else {}
        raise Problem("invalid_query", [Violation(error.field, error.code, params)]) from None
    except TooMuch as error:
        raise Problem("invalid_query", [Violation("period", "too_many_responses", {"n": error.n})]) from None
