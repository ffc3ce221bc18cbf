"""An answer that compares: its subjects, every pair of them, and a verdict in the reader's language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from flask import Response, jsonify

from feedback_api import index_tables
from feedback_api.comparison_query import ComparisonQuery
from feedback_api.index_answers import (
    NOTE,
    as_of_document,
    csv_response,
    in_language,
    notes_lines,
    rules_document,
    xlsx_response,
)
from feedback_api.index_items import Document, Item, number
from feedback_api.index_reading import Answer
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from reporting.tables import Column, Kind, Row, Table
from reporting.tables_charts import Chart, Series
from satisfaction.comparison import VERDICTS, Comparison, compare
from satisfaction.intervals import LEVEL
from schemas.catalog import Catalog

EACH_BY_ITSELF = _(
    "Each pair is judged by itself: of twenty pairs without any difference, about one will seem to have one."
)
NAME = "puas-comparison"
_COLUMNS: tuple[tuple[str, str, Kind, int], ...] = (
    ("first", _("First"), "text", 40),
    ("first_n", _("Respondents of the first"), "whole", 12),
    ("first_figure", _("Figure of the first"), "ikm", 11),
    ("second", _("Second"), "text", 40),
    ("second_n", _("Respondents of the second"), "whole", 12),
    ("second_figure", _("Figure of the second"), "ikm", 11),
    ("difference", _("Difference"), "ikm", 11),
    ("low", _("Interval from (95 %)"), "ikm", 11),
    ("high", _("Interval to (95 %)"), "ikm", 11),
    ("verdict", _("Verdict"), "text", 14),
    ("words", _("In words"), "text", 60),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two subjects by their place, and how the first differs from the second."""

    first: int
    second: int
    comparison: Comparison


def pairs(items: Sequence[Item]) -> list[Pair]:
    """Every pair of subjects."""
    return [
        Pair(first, second, compare(items[first].shown, items[second].shown))
        for first, second in combinations(range(len(items)), 2)
    ]


def json_answer(items: Sequence[Item], catalog: Catalog, query: ComparisonQuery, answer: Answer) -> Response:
    """The comparison as JSON."""
    language = preferred()
    made = jsonify(
        query=query.document(),
        rules=rules_document(items, query.rules),
        as_of=as_of_document(answer.state),
        note=f"{translated(NOTE)} {translated(EACH_BY_ITSELF)}",
        subjects=[
            {"name": name} | item.document(language) for name, item in zip(_names(items, catalog), items, strict=True)
        ],
        pairs=[_document(pair) for pair in pairs(items)],
    )
    return in_language(made, answer.tag)


def csv_answer(items: Sequence[Item], catalog: Catalog, query: ComparisonQuery, answer: Answer) -> Response:
    """The comparison as CSV: a line for each pair."""
    return in_language(csv_response(_columns(), _rows(items, catalog), NAME, query.bom), answer.tag)


def xlsx_answer(items: Sequence[Item], catalog: Catalog, query: ComparisonQuery, answer: Answer) -> Response:
    """The comparison as a workbook: pairs, figures, a chart, and how they were made."""
    language = preferred()
    rows = list(index_tables.rows(items, catalog, language))
    columns, rows = index_tables.in_use(index_tables.columns(items, language), rows)
    tables = [
        Table(translated(_("Comparison")), _columns(), _rows(items, catalog)),
        Table(translated(_("Indices")), columns, rows),
    ]
    notes = notes_lines(query.document(), rules_document(items, query.rules), answer.state, translated(EACH_BY_ITSELF))
    return in_language(xlsx_response(tables, _charts(items, catalog), notes, NAME), answer.tag)


def _document(pair: Pair) -> Document:
    found = pair.comparison
    interval = None
    if found.low is not None and found.high is not None:
        interval = {"low": float(found.low), "high": float(found.high), "level": float(LEVEL)}
    return {
        "first": pair.first,
        "second": pair.second,
        "difference": number(found.difference),
        "interval": interval,
        "verdict": found.verdict,
        "words": VERDICTS[found.verdict].in_language(preferred()),
    }


def _columns() -> list[Column]:
    return [Column(key, translated(words), kind, width) for key, words, kind, width in _COLUMNS]


def _rows(items: Sequence[Item], catalog: Catalog) -> Iterator[Row]:
    names = _names(items, catalog)
    for pair in pairs(items):
        found = pair.comparison
        first, second = items[pair.first], items[pair.second]
        yield [
            names[pair.first],
            first.n,
            _figure(first),
            names[pair.second],
            second.n,
            _figure(second),
            found.difference,
            found.low,
            found.high,
            found.verdict,
            VERDICTS[found.verdict].in_language(preferred()),
        ]


def _figure(item: Item) -> Decimal | None:
    return item.shown.ikm if item.shown.nps is None else item.shown.nps


def _names(items: Sequence[Item], catalog: Catalog) -> list[str]:
    """What tells the subjects apart, in words."""
    units = len({item.figure.unit for item in items}) > 1
    periods = len({item.figure.period.label for item in items}) > 1
    found = []
    for item in items:
        name = index_tables.subject_name(item, catalog, preferred(), with_unit=units)
        found.append(f"{name} · {item.figure.period.label}" if periods else name)
    return found


def _charts(items: Sequence[Item], catalog: Catalog) -> list[Chart]:
    figures = [_figure(item) for item in items]
    if all(figure is None for figure in figures):
        return []
    return [index_tables.side_by_side(items[0].instrument, _names(items, catalog), Series("IKM", figures), preferred())]
