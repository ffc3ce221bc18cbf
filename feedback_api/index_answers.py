"""An answer about indices in the form asked for, with what a reader of the figures must know beside them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, jsonify

from feedback_api import index_tables
from feedback_api.caching import Tag, tagged
from feedback_api.index_items import Document, Item
from feedback_api.index_reading import Answer
from feedback_api.indices_query import IndicesQuery, Rules
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from feedback_api.negotiation import CONTENT_TYPES, Form
from readmodel.queries import AsOf
from reporting.tables import Column, Row, Table
from reporting.tables_charts import Chart, add_charts
from reporting.tables_csv import csv_pieces
from reporting.tables_xlsx import Workbook
from satisfaction.misuse import RULES_VERSION
from schemas.catalog import Catalog

NOTE = _(
    "The intervals (95 %) describe sampling only: how far chance in who was asked may move a figure. They say nothing "
    "about who chose not to answer."
)


def json_answer(items: Sequence[Item], query: IndicesQuery, answer: Answer) -> Response:
    """The indices as JSON."""
    language = preferred()
    made = jsonify(
        query=query.document(),
        rules=rules_document(items, query.rules),
        as_of=as_of_document(answer.state),
        note=translated(NOTE),
        items=[item.document(language) for item in items],
    )
    return in_language(made, answer.tag)


def csv_answer(items: Sequence[Item], catalog: Catalog, tag: Tag, *, bom: bool) -> Response:
    """The indices as CSV: a line for each."""
    language = preferred()
    columns = index_tables.columns(items, language)
    return in_language(csv_response(columns, index_tables.rows(items, catalog, language), "puas-indices", bom), tag)


def xlsx_answer(items: Sequence[Item], catalog: Catalog, query: IndicesQuery, answer: Answer) -> Response:
    """The indices as a workbook: the table, its charts, and how the figures were made."""
    language = preferred()
    rows = list(index_tables.rows(items, catalog, language))
    columns, rows = index_tables.in_use(index_tables.columns(items, language), rows)
    table = Table(translated(_("Indices")), columns, rows)
    charts = index_tables.charts(items, catalog, language)
    notes = notes_lines(query.document(), rules_document(items, query.rules), answer.state)
    return in_language(xlsx_response([table], charts, notes, "puas-indices"), answer.tag)


def rules_document(items: Sequence[Item], rules: Rules) -> Document:
    """The versions of the rules that made the figures; each item says the weights that were used for it."""
    bands = sorted({item.instrument.band_table for item in items if item.instrument.band_table is not None})
    return {"weights": rules.weights or "exact", "bands": ", ".join(bands), "misuse": RULES_VERSION}


def as_of_document(state: AsOf) -> Document:
    """How far the log is counted."""
    time = None if state.time_ms is None else datetime.fromtimestamp(state.time_ms / 1000, UTC)
    return {
        "time": None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "positions": {str(partition): position for partition, position in sorted(state.positions.items())},
    }


def in_language(response: Response, tag: Tag) -> Response:
    """The response under its tag, saying its language."""
    response.headers["Content-Language"] = preferred()
    return tagged(response, tag)


def csv_response(columns: Sequence[Column], rows: Iterator[Row], name: str, bom: bool) -> Response:
    """A table as CSV, to be saved under this name."""
    return as_file(Response(b"".join(csv_pieces(columns, rows, bom=bom))), "csv", name)


def xlsx_response(
    tables: Sequence[Table], charts: Sequence[Chart], notes: Sequence[tuple[str, str]], name: str
) -> Response:
    """Tables, charts and notes as a workbook, to be saved under this name."""
    with TemporaryDirectory(prefix="puas-") as folder:
        path = Path(folder) / "made.xlsx"
        workbook = Workbook(path)
        for table in tables:
            workbook.table(table)
        if charts:
            add_charts(workbook, translated(_("Charts")), charts)
        workbook.notes(translated(_("About these figures")), notes)
        workbook.close()
        return as_file(Response(path.read_bytes()), "xlsx", name)


def as_file(response: Response, form: Form, name: str) -> Response:
    """The response as a file of this form."""
    response.headers["Content-Type"] = CONTENT_TYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def notes_lines(
    query: Mapping[str, object], rules: Mapping[str, object], state: AsOf, *more: str
) -> list[tuple[str, str]]:
    """What was asked and how the figures were made, a name and its words in each line."""
    asked = [(name, _words(value)) for name, value in query.items() if value not in (None, [], "")]
    made = [(f"rules: {name}", _words(value)) for name, value in rules.items()]
    counted = [(translated(_("Counted up to")), str(as_of_document(state)["time"] or "-"))]
    said = [(translated(_("Note")), words) for words in (translated(NOTE), *more)]
    return [*asked, *made, *counted, *said]


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
