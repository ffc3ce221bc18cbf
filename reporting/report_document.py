"""A report in one language: cover, three chapters, annexes."""

from reporting.report import Report
from reporting.report_annex import annex, status
from reporting.report_blocks import Cover, Document
from reporting.report_conclusion import conclusion
from reporting.report_headline import name, shown, shown_band, shown_bounds, value
from reporting.report_intro import introduction
from reporting.report_results import results
from reporting.words import ABSENT, Words, family


def document(report: Report, words: Words) -> Document:
    """The report as blocks, for a renderer."""
    period = words.period(report.period.label)
    survey = words(f"{family(report.instrument)}.survey")
    title = words("document.title", survey=survey, unit=report.unit_name, period=period)
    return Document(
        language=words.language,
        title=title,
        contents=words("document.contents"),
        footer=words("document.footer", unit=report.unit_name, period=period),
        cover=_cover(report, words),
        blocks=[
            *introduction(report, words),
            *results(report, words),
            *conclusion(report, words),
            *annex(report, words),
        ],
    )


def _cover(report: Report, words: Words) -> Cover:
    instrument, measure = report.instrument, report.measure
    lines = [
        (words("cover.service"), report.service_name or words("cover.all_services")),
        (words("cover.responses"), words.whole(report.n)),
        (words("cover.interval"), shown_bounds(words, instrument, measure)),
        (words("cover.made"), words.time(report.made_at)),
    ]
    if report.parent_name:
        lines.insert(0, (words("cover.parent"), report.parent_name))
    band = shown_band(words, measure.band)
    return Cover(
        title=words("cover.title", survey=words(f"{family(instrument)}.survey")),
        subtitle=report.unit_name,
        period=words.period(report.period.label),
        figure_name=name(words, instrument),
        figure=shown(words, value(instrument, measure)),
        band=words("cover.band", band=band) if band != ABSENT else "",
        lines=tuple(lines),
        status=status(report, words),
    )
