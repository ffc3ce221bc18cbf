"""GET /v1/responses: the tabulation, every response with its comment, in pages or as one file of any length."""

from collections.abc import Iterator, Sequence
from functools import partial
from tempfile import TemporaryFile
from threading import BoundedSemaphore

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import Connection

from feedback_api.access import caller, require
from feedback_api.context import Context
from feedback_api.index_answers import as_file
from feedback_api.indices_filters import Filters
from feedback_api.languages import marked as _
from feedback_api.languages import translated
from feedback_api.negotiation import Form, wanted_form
from feedback_api.problems import Problem
from feedback_api.reading import read_database
from feedback_api.responses_query import Place, ResponsesQuery, cursor, place_of, read_responses_query
from feedback_api.responses_reading import Part, all_pages, parts_of, questionnaires_met, read_page
from readmodel.export_queries import counted_up_to
from readmodel.questionnaires import instruments_of
from readmodel.response import StoredResponse
from reporting.tables import Row, Table
from reporting.tables_csv import csv_pieces
from reporting.tables_responses import local_time, question_keys, response_columns, response_row
from reporting.tables_xlsx import write_rows
from schemas.catalog import Catalog, Unit

Document = dict[str, object]
RETRY_AFTER_S = 30
NAME = "puas-responses"
_PIECE = 256 * 1024


def blueprint(context: Context) -> Blueprint:
    """GET /v1/responses, and the same with a suffix that names the form."""
    made = Blueprint("responses", __name__)
    # An export holds its thread for as long as its reader takes; the others are the visitors'.
    exports = BoundedSemaphore(max(1, context.settings.threads // 4))
    made.add_url_rule("/v1/responses", "responses", partial(responses, context, exports, None))
    made.add_url_rule("/v1/responses.csv", "responses_csv", partial(responses, context, exports, "csv"))
    made.add_url_rule("/v1/responses.xlsx", "responses_xlsx", partial(responses, context, exports, "xlsx"))
    return made


def responses(context: Context, exports: BoundedSemaphore, suffix: Form | None) -> Response:
    """The responses asked for, to the holder of a key with the right `export` for their units."""
    form = wanted_form(suffix)
    catalog = context.catalog.required()
    query = read_responses_query(request.args, catalog, form)
    units = _exportable(context, query.filters, catalog)
    answer = _page(context, query, units) if form == "json" else _file(context, exports, query, units, form)
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept")
    return answer


def _exportable(context: Context, filters: Filters, catalog: Catalog) -> Sequence[Unit]:
    """The units asked for, or of all of them those that the key may export. Raises Problem 401 or 403."""
    who, units = caller(context), filters.units
    if filters.unit is None and who.known:
        units = tuple(unit for unit in units if who.may("export", unit.id, catalog)) or units
    require(context, "export", [unit.id for unit in units])
    return units


def _page(context: Context, query: ResponsesQuery, units: Sequence[Unit]) -> Response:
    """One page, and the cursor of the next: null at the end. All pages show the state that the first one found."""
    place = place_of(context.secret, query, units)
    now = context.clock() if place is None else place.now
    parts = parts_of(query, units, now)
    if place is not None:
        parts = parts[[part.unit.id for part in parts].index(place.unit) :]

    def read(connection: Connection) -> tuple[list[tuple[Part, StoredResponse]], Place | None]:
        before = counted_up_to(connection) if place is None else place.before
        after = None if place is None else place.after
        found: list[tuple[Part, StoredResponse]] = []
        for part in parts:
            # One more than shown tells whether there is a next page.
            page = read_page(connection, part, after, query.limit + 1 - len(found), before)
            found += [(part, response) for response in page]
            after = None
            if len(found) > query.limit:
                last_part, last = found[query.limit - 1]
                behind = (last.occurred_ms, last.event_id)
                return found[: query.limit], Place(last_part.unit.id, behind, before, round(now.timestamp() * 1000))
        return found, None

    found, following = read_database(context, read)
    return jsonify(
        query=query.document(),
        items=[_document(response, part) for part, response in found],
        next=None if following is None else cursor(context.secret, query, following),
    )


def _file(
    context: Context, exports: BoundedSemaphore, query: ResponsesQuery, units: Sequence[Unit], form: Form
) -> Response:
    """All responses as one file. Raises Problem 503 while as many others are being made as this server allows."""
    parts = parts_of(query, units, context.clock())
    if request.method == "HEAD":
        return as_file(Response(), form, NAME)
    known = instruments_of(context.catalog.required())

    def read(connection: Connection) -> tuple[dict[int, int], list[str]]:
        return counted_up_to(connection), question_keys(questionnaires_met(connection, parts, known))

    if not exports.acquire(blocking=False):
        raise Problem("exports_busy", retry_after=RETRY_AFTER_S)
    try:
        before, questions = read_database(context, read)
        rows = _rows(context, parts, before, questions)
        if form == "csv":
            answer = Response(csv_pieces(response_columns(questions), rows, bom=query.bom))
        else:
            answer = _workbook(questions, rows)
    except BaseException:
        exports.release()
        raise
    answer.call_on_close(exports.release)
    return as_file(answer, form, NAME)


def _rows(context: Context, parts: Sequence[Part], before: dict[int, int], questions: Sequence[str]) -> Iterator[Row]:
    for part, page in all_pages(context, parts, before):
        for response in page:
            yield response_row(response, questions, part.unit.zone)


def _workbook(questions: Sequence[str], rows: Iterator[Row]) -> Response:
    """The workbook. It can only be sent once it is whole: it waits in a file without a name."""
    file = TemporaryFile(prefix="puas-")  # noqa: SIM115 - closed with the response
    try:
        write_rows(file, Table(translated(_("Responses")), response_columns(questions, _label), rows))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    answer = Response(iter(partial(file.read, _PIECE), b""))
    answer.call_on_close(file.close)
    return answer


def _document(response: StoredResponse, part: Part) -> Document:
    return {
        "event_id": str(response.event_id),
        "occurred_at": local_time(response.occurred_ms, part.unit.zone),
        "received_at": local_time(response.received_ms, part.unit.zone),
        "unit": response.unit,
        "service": response.service,
        "touchpoint": response.touchpoint,
        "channel": response.channel,
        "instrument": response.instrument,
        "answers": dict(response.answers),
        "respondent": dict(response.respondent),
        "comment": response.comment,
        "language": response.language,
        "duration_ms": response.duration_ms,
        "flags": list(response.flags),
        "included": response.included,
    }


_LABELS = {
    "event_id": _("Feedback id"),
    "occurred_at": _("When"),
    "unit": _("Unit"),
    "service": _("Service"),
    "touchpoint": _("Touchpoint"),
    "channel": _("Channel"),
    "instrument": _("Questionnaire"),
    "sex": _("Sex"),
    "age_band": _("Age"),
    "education": _("Education"),
    "occupation": _("Occupation"),
    "disability": _("Disability"),
    "flags": _("Flags"),
    "included": _("Counted"),
    "comment": _("Comment"),
    "language": _("Language"),
    "duration_ms": _("Duration (ms)"),
}


def _label(key: str) -> str:
    """The heading of a column as people read it; a question's own key where it is one."""
    return translated(_LABELS[key]) if key in _LABELS else key
