"""A report as a workbook: every figure a number in a cell, charts that Excel draws, the whole tabulation."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO

from reporting.report import Report
from reporting.report_annex import FIELDS, status
from reporting.report_conclusion import element_name, planned, trend_state
from reporting.report_headline import bounds, name, shown_band, shown_bounds, value
from reporting.report_intro import sample
from reporting.report_results import excluded, value_name
from reporting.report_workbook_charts import add_figures, distribution
from reporting.tables import Cell, Column, Kind, Table
from reporting.tables_xlsx import Amount, Workbook
from reporting.words import ABSENT, Words, family
from satisfaction.index import half_up
from satisfaction.instruments import Instrument

MOST_TABULATED = 100_000
"""Rows a report's workbook may have; a longer tabulation is streamed by /v1/responses instead."""


def xlsx(report: Report, words: Words, target: Path | IO[bytes]) -> None:
    """Write the workbook. Rows go to disk as they are written, so memory stays small."""
    workbook = Workbook(target, constant_memory=True)
    workbook.notes(words("sheet.summary"), _summary(report, words))
    workbook.table(_elements(report, words))
    distribution(workbook, report, words)
    add_figures(workbook, report, words)
    workbook.table(_services(report, words))
    workbook.table(_respondents(report, words))
    workbook.table(_trend(report, words))
    workbook.table(_plan(report, words))
    if report.suggestions is not None:
        workbook.table(_suggestions(report, words))
    workbook.table(_questionnaire(report, words))
    if report.rows is not None:
        workbook.table(_tabulation(report, words))
    workbook.close()


def figure_kind(instrument: Instrument) -> Kind:
    """How many decimals the instrument's figure has in a cell."""
    return "index" if instrument.kind == "perception" else "ikm"


def _summary(report: Report, words: Words) -> Iterator[tuple[str, str | Amount]]:
    """What the cover and the annex of the printed report say."""
    instrument, measure, origin = report.instrument, report.measure, report.origin
    yield words("cover.title", survey=words(f"{family(instrument)}.survey")), report.unit_name
    yield words("sheet.period"), words.period(report.period.label)
    yield words("cover.service"), report.service_name or words("cover.all_services")
    figure = value(instrument, measure)
    yield name(words, instrument), ABSENT if figure is None else Amount(figure, figure_kind(instrument))
    yield words("table.band"), shown_band(words, measure.band)
    yield words("cover.interval"), shown_bounds(words, instrument, measure)
    yield "", words("method.interval")
    yield words("cover.responses"), Amount(report.n, "whole")
    yield words("sheet.sample"), sample(report, words)
    yield words("table.excluded"), excluded(report, words)
    yield words("sheet.status"), status(report, words)
    yield words("origin.instrument"), instrument.id
    yield words("origin.weights"), words.maybe(f"weights.{measure.weights}") or measure.weights
    yield words("origin.bands"), instrument.band_table or words("origin.no_bands")
    yield words("origin.positions"), ", ".join(f"{part}: {at}" for part, at in sorted(origin.positions.items()))
    yield words("origin.log"), origin.log_id or words("origin.nothing")
    yield words("origin.digest"), origin.digest or words("origin.no_digest")
    yield words("origin.late"), Amount(origin.late, "whole")
    yield words("origin.made"), words.time(report.made_at)
    if report.rows is not None and not report.rows and report.rows_total:
        total, most = words.whole(report.rows_total), words.whole(MOST_TABULATED)
        yield words("sheet.tabulation"), words("sheet.cut", total=total, most=most)


def _elements(report: Report, words: Words) -> Table:
    columns = _columns(
        words, ("code", "text", 8), ("element", "text", 44), ("answers", "whole", 12), ("nrr", "nrr", 12)
    )
    columns += _columns(words, ("weighted", "nrr", 16), ("band", "text", 20))
    rows: list[tuple[Cell, ...]] = []
    for element, measured in zip(report.instrument.elements, report.measure.elements, strict=True):
        band = shown_band(words, measured.band)
        title = element.name.in_language(words.language)
        rows.append((element.code, title, measured.n, measured.nrr, measured.weighted, band))
    measure = report.measure
    whole = sum(element.n for element in measure.elements)
    rows.append((None, words("table.index"), whole, None, measure.index, shown_band(words, measure.band)))
    figure = value(report.instrument, measure)
    rows.append((None, name(words, report.instrument), None, None, figure, None))
    return Table(words("sheet.elements"), columns, rows)


def _services(report: Report, words: Words) -> Table:
    kind = figure_kind(report.instrument)
    columns = _columns(words, ("service", "text", 52), ("responses", "whole", 12), ("excluded", "whole", 14))
    columns.append(Column("figure", name(words, report.instrument), kind))
    columns += _interval_columns(words, kind) + _columns(words, ("band", "text", 20))
    rows = []
    for one in report.services:
        ends = bounds(report.instrument, one.measure) or (None, None)
        figure = value(report.instrument, one.measure)
        rows.append((one.name, one.measure.n, one.excluded, figure, *ends, shown_band(words, one.measure.band)))
    return Table(words("sheet.services"), columns, rows)


def _respondents(report: Report, words: Words) -> Table:
    columns = [Column("field", words("sheet.field"), "text", 20), Column("value", words("sheet.value"), "text", 32)]
    columns += [*_columns(words, ("count", "whole", 12)), Column("percent", f"{words('table.share')} (%)", "ikm", 14)]
    rows: list[tuple[Cell, ...]] = []
    for field in report.profile:
        for given, count in field.counts.items():
            percent = half_up(Fraction(count * 100, report.n), 2)
            rows.append((words(f"profile.{field.name}"), value_name(field.name, given, words), count, percent))
    return Table(words("sheet.respondents"), columns, rows)


def _trend(report: Report, words: Words) -> Table:
    kind = figure_kind(report.instrument)
    columns = _columns(words, ("period", "text", 30), ("responses", "whole", 12))
    columns += [Column("figure", name(words, report.instrument), kind), *_interval_columns(words, kind)]
    columns += _columns(words, ("band", "text", 20), ("status", "text", 16))
    rows = []
    for point in report.trend:
        ends = bounds(report.instrument, point.measure) or (None, None)
        figure = value(report.instrument, point.measure)
        state = trend_state(words, report.instrument, point)
        label = words.period(point.period.label)
        rows.append((label, point.measure.n, figure, *ends, shown_band(words, point.measure.band), state))
    return Table(words("sheet.trend"), columns, rows)


def _plan(report: Report, words: Words) -> Table:
    columns = [
        Column("element", words("plan.element"), "text", 40),
        Column("nrr", words("table.nrr"), "nrr", 10),
        Column("activity", words("plan.activity"), "text", 50),
        *(Column(number, words("plan.quarter", number=number), "text", 8) for number in ("I", "II", "III", "IV")),
        Column("person", words("plan.person"), "text", 30),
        Column("term", words("sheet.term"), "text", 34),
    ]
    rows = [(element_name(report, one, words), one.nrr, *[None] * 7) for one in planned(report)]
    return Table(words("sheet.plan"), columns, rows)


def _suggestions(report: Report, words: Words) -> Table:
    columns = [
        Column("date", words("sheet.date"), "text", 14),
        Column("service", words("table.service"), "text", 40),
        Column("text", words("sheet.text"), "text", 100),
    ]
    rows = [(one.day.isoformat(), one.service, one.text) for one in report.suggestions or ()]
    return Table(words("sheet.suggestions"), columns, rows)


def _questionnaire(report: Report, words: Words) -> Table:
    columns = _columns(words, ("code", "text", 8), ("element", "text", 40))
    columns += [
        Column("question", words("annex.question"), "text", 90),
        Column("answers", words("annex.answers"), "text", 70),
    ]
    elements = {element.key: element for element in report.instrument.elements}
    rows = []
    for question in report.instrument.questions:
        element = elements[question.element]
        choices = "; ".join(f"{one.value} = {one.label.in_language(words.language)}" for one in question.answers)
        title, text = element.name.in_language(words.language), question.text.in_language(words.language)
        rows.append((element.code, title, text, choices))
    return Table(words("sheet.questionnaire"), columns, rows)


def _tabulation(report: Report, words: Words) -> Table:
    codes = {element.key: element.code for element in report.instrument.elements}
    asked = report.instrument.questions
    several = len(asked) > len(codes)
    columns = [
        Column("no", words("table.no"), "whole", 8),
        Column("time", words("tabulation.hour"), "text", 20),
        Column("service", words("table.service"), "text", 40),
        Column("channel", words("tabulation.channel"), "text", 12),
        *(
            Column(one.key, f"{codes[one.element]} {one.key}" if several else codes[one.element], "whole", 8)
            for one in asked
        ),
        *(Column(field, words(f"profile.{field}"), "text", 18) for field in FIELDS),
        Column("counted", words("tabulation.counted"), "text", 10),
    ]
    return Table(words("sheet.tabulation"), columns, _rows(report, words))


def _rows(report: Report, words: Words) -> Iterator[tuple[Cell, ...]]:
    for at, row in enumerate(report.rows or (), 1):
        said = (
            value_name(field, row.respondent[field], words) if field in row.respondent else None for field in FIELDS
        )
        counted = words("tabulation.yes" if row.included else "tabulation.no")
        yield (at, f"{row.at:%Y-%m-%d %H:%M}", row.service, row.channel, *row.answers, *said, counted)


def _columns(words: Words, *described: tuple[str, Kind, int]) -> list[Column]:
    return [Column(key, words(f"table.{key}"), kind, width) for key, kind, width in described]


def _interval_columns(words: Words, kind: Kind) -> list[Column]:
    return [Column("low", words("sheet.low"), kind, 16), Column("high", words("sheet.high"), kind, 16)]
