"""Native charts in a workbook, each beside the numbers it is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from reporting.tables import Kind
from reporting.tables_xlsx import Workbook, write_cell

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#7F7F7F")
"""Told apart by colour-blind readers (Okabe and Ito); the legend names every line all the same."""
_LIMITS = ("#2E7D32", "#F9A825", "#C62828", "#6D4C41")
_LEAST_LINES = 24
_WIDTH_PX, _HEIGHT_PX = 820, 420
MOST_SERIES = 12


@dataclass(frozen=True, slots=True)
class Series:
    """A name, and one value for each category; None where there is none."""

    name: str
    values: Sequence[Decimal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars side by side or lines over time, with a line across at each limit (the lower end of a band)."""

    title: str
    kind: Literal["column", "line"]
    measure: str = "IKM"
    of: str
    """What a category is: a service, a period."""
    categories: Sequence[str]
    series: Sequence[Series]
    limits: Sequence[tuple[str, Decimal]] = ()
    least: Decimal
    most: Decimal
    number: Kind = "ikm"


def add_charts(workbook: Workbook, title: str, charts: Sequence[Chart]) -> None:
    """One sheet with the charts below each other, their numbers at the left."""
    sheet = workbook.sheet(title)
    sheet.set_column(0, 0, 34)
    at = 0
    for chart in charts:
        workbook.title(sheet, at, chart.title)
        _numbers(workbook, sheet, at + 1, chart)
        columns = 1 + len(chart.series) + len(chart.limits)
        sheet.insert_chart(at + 1, columns + 1, _drawn(workbook.book, sheet.get_name(), at + 1, chart))
        at += max(len(chart.categories) + 4, _LEAST_LINES)


def _numbers(workbook: Workbook, sheet: Any, heading: int, chart: Chart) -> None:
    names = [series.name for series in chart.series] + [name for name, _limit in chart.limits]
    workbook.headings(sheet, heading, [chart.of, *names])
    form = workbook.number_format(chart.number)
    for at, category in enumerate(chart.categories):
        write_cell(sheet, heading + 1 + at, 0, category)
        values = [series.values[at] for series in chart.series] + [limit for _name, limit in chart.limits]
        for column, value in enumerate(values, start=1):
            write_cell(sheet, heading + 1 + at, column, value, form)


def _drawn(book: Any, sheet: str, heading: int, chart: Chart) -> Any:
    drawn = book.add_chart({"type": chart.kind})
    for column, _series in enumerate(chart.series, start=1):
        colour = _COLOURS[(column - 1) % len(_COLOURS)]
        look: dict[str, Any] = {"fill": {"color": colour}, "gap": 60}
        if chart.kind == "line":
            look = {"line": {"color": colour, "width": 2.25}, "marker": {"type": "automatic", "size": 6}}
        if len(chart.series) * len(chart.categories) <= _LEAST_LINES:
            look["data_labels"] = {"value": True, "num_format": "0.00", "font": {"size": 8}}
        drawn.add_series(_place(sheet, heading, column, chart) | look)
    lines = drawn if chart.kind == "line" else book.add_chart({"type": "line"})
    for at, _limit in enumerate(chart.limits):
        look = {"line": {"color": _LIMITS[at % len(_LIMITS)], "width": 1.25, "dash_type": "dash"}}
        if len(chart.categories) == 1:  # a line needs two points to be seen
            look["marker"] = {"type": "long_dash", "size": 20}
        lines.add_series(_place(sheet, heading, 1 + len(chart.series) + at, chart) | look)
    if lines is not drawn and chart.limits:
        drawn.combine(lines)
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}, "overlay": False})
    drawn.set_y_axis({"min": float(chart.least), "max": float(chart.most), "num_format": "0", "name": chart.measure})
    drawn.set_x_axis({"name": chart.of, "num_font": {"size": 9}})
    drawn.set_legend({"position": "bottom"})
    drawn.show_blanks_as("gap")
    drawn.set_size({"width": _WIDTH_PX, "height": _HEIGHT_PX})
    return drawn


def _place(sheet: str, heading: int, column: int, chart: Chart) -> dict[str, Any]:
    first, last = heading + 1, heading + len(chart.categories)
    return {
        "name": [sheet, heading, column],
        "categories": [sheet, first, 0, last, 0],
        "values": [sheet, first, column, last, column],
    }
