"""Chapter III: what follows from the figures, what is to be done, and how it went over time."""

from collections.abc import Iterator, Sequence

from reporting.report import Report, TrendPoint
from reporting.report_blocks import Block, Column, Heading, Paragraph, Signature, Table
from reporting.report_charts import trend_chart
from reporting.report_headline import has_bands, name, shown, shown_band, shown_bounds, unbroken, value
from reporting.report_ranking import by_urgency, extremes
from reporting.report_results import headline, small
from reporting.words import Words
from satisfaction.index import ElementMeasure
from satisfaction.instruments import Instrument

PLANNED = 3
"""Rows of the follow-up plan filled with an element, before those equal to the last; the rest are left blank."""
BLANK = 2
QUARTERS = ("I", "II", "III", "IV")


def conclusion(report: Report, words: Words) -> Iterator[Block]:
    """The blocks of chapter III."""
    yield Heading(1, words("conclusion.title"))
    yield Heading(2, words("conclusion.result"))
    if report.n == 0:
        yield Paragraph(words("results.none", period=words.period(report.period.label)), "warning")
    else:
        yield Paragraph(headline(report, words))
        yield from small(report, words)
    yield Heading(2, words("conclusion.extremes"))
    yield from _extremes(report, words)
    yield Heading(2, words("plan.title"))
    yield Paragraph(words("plan.text"))
    yield _plan(report, words)
    yield Paragraph(words("plan.terms"), "note")
    yield Heading(2, words("trend.title"))
    yield from _trend(report, words)
    yield Signature(
        (words("signature.place"), words("signature.office"), words("signature.name"), words("signature.id"))
    )


def _extremes(report: Report, words: Words) -> Iterator[Block]:
    found = extremes(report.measure.elements)
    if not found.highest:
        single = len(report.instrument.elements) == 1
        yield Paragraph(
            words("tabulation.none" if report.n == 0 else "extremes.single" if single else "extremes.equal")
        )
        return
    for which, elements in (("highest", found.highest), ("lowest", found.lowest)):
        told = [
            words("extremes.element", element=element_name(report, one, words), nrr=words.number(one.nrr, 3))
            for one in elements
        ]
        yield Paragraph(words(f"extremes.{which}", told=words.listed(told)))
    if tied(found.highest) or tied(found.lowest):
        yield Paragraph(words("extremes.tied"), "note")


def tied(elements: Sequence[ElementMeasure]) -> bool:
    """Whether two of the elements have the same NRR."""
    return len({element.nrr for element in elements}) < len(elements)


def element_name(report: Report, measured: ElementMeasure, words: Words) -> str:
    """The name of a measured element, with its code."""
    element = next(one for one in report.instrument.elements if one.key == measured.key)
    return f"{element.name.in_language(words.language)} ({element.code})"


def planned(report: Report) -> list[ElementMeasure]:
    """The elements a follow-up plan begins with: the three lowest, with those equal to the third."""
    ranked = by_urgency(report.measure.elements)
    last = ranked[:PLANNED][-1].nrr if ranked else None
    return [element for at, element in enumerate(ranked) if at < PLANNED or element.nrr == last]


def _plan(report: Report, words: Words) -> Table:
    columns = (
        Column(words("table.no"), "right"),
        Column(words("plan.element"), width=3),
        Column(words("plan.activity"), width=4),
        *(Column(words("plan.quarter", number=number), "center") for number in QUARTERS),
        Column(words("plan.person"), width=2),
        *(Column(words(f"plan.{term}"), "center") for term in ("short", "medium", "long")),
    )
    rows = [
        (f"{at}", f"{element_name(report, element, words)}: {words.number(element.nrr, 3)}", *[""] * 9)
        for at, element in enumerate(planned(report), 1)
    ]
    rows += [(f"{len(rows) + at}", *[""] * 10) for at in range(1, BLANK + 1)]
    return Table(words("plan.caption"), columns, tuple(rows), tall=True)


def _trend(report: Report, words: Words) -> Iterator[Block]:
    earlier = [point for point in report.trend[:-1] if point.measure.n]
    index = name(words, report.instrument)
    if not earlier:
        yield Paragraph(words("trend.none"))
        return
    yield Paragraph(words("trend.text", index=index))
    yield trend_chart(report, words)
    columns = [
        Column(words("table.period"), width=1),
        Column(words("table.responses"), "right"),
        Column(index, "right"),
        Column(words("table.interval"), "right"),
    ]
    banded = has_bands(report.instrument)
    if banded:
        columns.append(Column(words("table.band")))
    columns.append(Column(words("table.status")))
    rows = []
    for point in report.trend:
        row = [
            words.period(point.period.label),
            words.whole(point.measure.n),
            shown(words, value(report.instrument, point.measure)),
            shown_bounds(words, report.instrument, point.measure),
        ]
        if banded:
            row.append(unbroken(shown_band(words, point.measure.band)))
        rows.append((*row, trend_state(words, report.instrument, point)))
    yield Table(words("trend.caption", index=index), tuple(columns), tuple(rows))
    yield Paragraph(words("trend.interval"), "note")


def trend_state(words: Words, instrument: Instrument, point: TrendPoint) -> str:
    """Whether a figure of the trend is frozen, and what was published where this report's weights give another."""
    state = words("trend.closed" if point.closed else "trend.open")
    if point.published is None:
        return state
    figure = shown(words, value(instrument, point.published))
    weights = point.published.weights.replace(".", words("decimal"))
    return f"{state}; {words('trend.published', figure=figure, weights=weights)}"
