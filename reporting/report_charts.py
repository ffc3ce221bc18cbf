"""The report's charts: a report's figures given to the drawing functions, with words for those who don't see them."""

from decimal import Decimal

from reporting.charts import Bar, Limit, Point, Stack, bars, stacks, trend
from reporting.report import Report
from reporting.report_blocks import Figure
from reporting.report_headline import band_limits, bounds, name, places, shown, value
from reporting.words import Words
from satisfaction.instruments import Element, Instrument

_HUNDRED = Decimal(100)


def element_chart(report: Report, words: Words) -> Figure:
    """The NRR of each element against the limits of the bands."""
    pairs = list(zip(report.instrument.elements, report.measure.elements, strict=True))
    rows = [Bar(label(element, words), measured.nrr, words.number(measured.nrr, 3)) for element, measured in pairs]
    lowest, highest = report.instrument.scale
    limits = [
        Limit(begins * highest / _HUNDRED, f"{band.code} ≥ {words.number(begins * highest / _HUNDRED, 4)}")
        for band, begins in band_limits(report.instrument)[:-1]
    ]
    told = [f"{element.code} {words.number(measured.nrr, 3)}" for element, measured in pairs]
    alt = words("chart.elements.alt", told=", ".join(told))
    caption = words("chart.elements" if limits else "chart.elements.plain")
    return Figure(bars(rows, lowest, highest, limits, alt), alt, caption)


def distribution_chart(report: Report, words: Words) -> Figure:
    """How often each answer was given, per element, in shares of the element's answers."""
    rows = []
    for element, measured in zip(report.instrument.elements, report.measure.elements, strict=True):
        parts = tuple(count for _answer, count in sorted(measured.distribution.items()))
        rows.append(Stack(label(element, words), parts, tuple(words.share(part, measured.n) for part in parts)))
    alt = words("chart.distribution.alt")
    return Figure(stacks(rows, legend(report.instrument, words), alt), alt, words("chart.distribution"))


def trend_chart(report: Report, words: Words) -> Figure:
    """The published figure of each period with its interval."""
    instrument = report.instrument
    found = [(one, value(instrument, one.measure), bounds(instrument, one.measure)) for one in report.trend]
    points = [
        Point(
            words.period(one.period.label),
            figure,
            ends[0] if ends else None,
            ends[1] if ends else None,
            shown(words, figure),
        )
        for one, figure, ends in found
    ]
    known = [end for _one, figure, ends in found if figure is not None for end in (figure, *(ends or ()))]
    lowest, highest = window(known, instrument)
    limits = [Limit(begins, f"{band.code} ≥ {words.number(begins, 2)}") for band, begins in band_limits(instrument)]
    told = [f"{words.period(one.period.label)} {shown(words, figure)}" for one, figure, _ends in found]
    index = name(words, instrument)
    alt = words("chart.trend.alt", index=index, told=", ".join(told))
    ends = (lowest, (lowest + highest) / 2, highest)
    axis = [(end, words.number(end, places(end.normalize()))) for end in ends]
    return Figure(trend(points, limits, axis, alt), alt, words("chart.trend", index=index))


def label(element: Element, words: Words) -> str:
    """An element with its code, as charts name it."""
    return f"{element.code} {element.name.in_language(words.language)}"


def legend(instrument: Instrument, words: Words) -> list[str]:
    """The answers from the lowest to the highest, with their words where all questions share them."""
    shared = {question.answers for question in instrument.questions}
    if len(shared) == 1:
        answers = sorted(instrument.questions[0].answers, key=lambda answer: answer.value)
        return [_numbered(answer.value, answer.label.in_language(words.language)) for answer in answers]
    lowest, highest = instrument.scale
    ends = {lowest: words("chart.lowest"), highest: words("chart.highest")}
    values = sorted(answer.value for answer in instrument.questions[0].answers)
    return [f"{value} {ends.get(value, '')}".rstrip() for value in values]


def _numbered(value: int, name: str) -> str:
    """An answer with its number in front, where its words don't begin with it anyway."""
    return name if name.startswith(f"{value}") else f"{value} {name}"


def window(known: list[Decimal], instrument: Instrument) -> tuple[Decimal, Decimal]:
    """The stretch of the scale to draw: round ends about all figures, never a sliver."""
    if instrument.kind == "nps":
        return -_HUNDRED, _HUNDRED
    if instrument.kind == "perception":
        floor, highest = Decimal(instrument.scale[0]), Decimal(instrument.scale[1])
        step = Decimal("0.5")
    else:
        floor, highest, step = Decimal(0), _HUNDRED, Decimal(10)
    lowest = min(known, default=floor) // step * step
    return max(floor, min(lowest, highest - 3 * step)), highest
