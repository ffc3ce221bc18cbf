"""The workbook's charts, drawn by Excel beside their numbers."""

from collections.abc import Sequence
from decimal import Decimal

from reporting.report import Report
from reporting.report_charts import label, legend, window
from reporting.report_headline import band_limits, bounds, name, value
from reporting.tables_charts import Chart, Series, add_charts
from reporting.tables_xlsx import Workbook, write_cell
from reporting.words import Words

SHADES = ("#7C2D2D", "#EED3AD", "#A9C6DE", "#1D4E79")
PATTERNS = ("wide_upward_diagonal", "percent_20", None, None)


def distribution(workbook: Workbook, report: Report, words: Words) -> None:
    """Counts of every answer per element, and their shares as a stacked bar."""
    sheet = workbook.sheet(words("sheet.distribution"))
    sheet.set_column(0, 0, 44)
    names = legend(report.instrument, words)
    workbook.headings(sheet, 0, [words("table.element"), *names])
    rows = list(zip(report.instrument.elements, report.measure.elements, strict=True))
    for at, (element, measured) in enumerate(rows, 1):
        write_cell(sheet, at, 0, label(element, words))
        for column, (_answer, count) in enumerate(sorted(measured.distribution.items()), 1):
            write_cell(sheet, at, column, count)
    if report.n == 0:
        return
    drawn = workbook.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    place = sheet.get_name()
    for column in range(1, len(names) + 1):
        series = {
            "name": [place, 0, column],
            "categories": [place, 1, 0, len(rows), 0],
            "values": [place, 1, column, len(rows), column],
            "data_labels": {"value": True},
        }
        drawn.add_series(series | _look(column - 1, len(names)))
    drawn.set_title({"name": words("chart.distribution"), "name_font": {"size": 12}})
    drawn.set_y_axis({"reverse": True})
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": 860, "height": 90 + 44 * max(4, len(rows))})
    sheet.insert_chart(len(rows) + 2, 0, drawn)


def add_figures(workbook: Workbook, report: Report, words: Words) -> None:
    """One sheet with the NRR of each element and the trend, against the limits of the bands."""
    charts = []
    if report.instrument.kind != "nps" and report.n:
        charts.append(_elements(report, words))
    figures = [value(report.instrument, point.measure) for point in report.trend]
    if sum(figure is not None for figure in figures) > 1:
        charts.append(_trend(report, figures, words))
    if charts:
        add_charts(workbook, words("sheet.charts"), charts)


def _elements(report: Report, words: Words) -> Chart:
    lowest, highest = report.instrument.scale
    return Chart(
        title=words("chart.elements" if band_limits(report.instrument) else "chart.elements.plain"),
        kind="column",
        measure=words("table.nrr"),
        of=words("table.element"),
        categories=[label(element, words) for element in report.instrument.elements],
        series=[Series(words("table.nrr"), [element.nrr for element in report.measure.elements])],
        limits=[(f"{band.code} ≥", begins * highest / 100) for band, begins in band_limits(report.instrument)[:-1]],
        least=Decimal(lowest),
        most=Decimal(highest),
        number="nrr",
    )


def _trend(report: Report, figures: Sequence[Decimal | None], words: Words) -> Chart:
    """The figure of each period with the ends of its interval, on the stretch of the scale that the page shows."""
    instrument = report.instrument
    ends = [bounds(instrument, point.measure) or (None, None) for point in report.trend]
    lows, highs = [pair[0] for pair in ends], [pair[1] for pair in ends]
    least, most = window([each for each in (*figures, *lows, *highs) if each is not None], instrument)
    index = name(words, instrument)
    return Chart(
        title=words("chart.trend", index=index),
        kind="line",
        measure=index,
        of=words("table.period"),
        categories=[words.period(point.period.label) for point in report.trend],
        series=[Series(index, figures), Series(words("sheet.low"), lows), Series(words("sheet.high"), highs)],
        limits=[(f"{band.code} ≥", begins) for band, begins in band_limits(instrument) if least < begins],
        least=least,
        most=most,
        number="index" if instrument.kind == "perception" else "ikm",
    )


def _look(number: int, of: int) -> dict[str, object]:
    """The shade and pattern of an answer, the lowest first; as in the printed chart where there are four."""
    if of != len(SHADES):
        return {"gap": 40, "border": {"color": "#FFFFFF"}}
    pattern = PATTERNS[number]
    paint: dict[str, object] = {"fill": {"color": SHADES[number]}}
    if pattern is not None:
        paint = {"pattern": {"pattern": pattern, "fg_color": "#FFFFFF", "bg_color": SHADES[number]}}
    font = {"color": "#FFFFFF" if number in (0, 3) else "#16202A"}
    return paint | {"gap": 40, "border": {"color": "#FFFFFF"}, "data_labels": {"value": True, "font": font}}
