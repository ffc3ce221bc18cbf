"""Chapter II: who answered, and what they said."""

from collections.abc import Iterator

from reporting.report import ProfileField, Report
from reporting.report_blocks import Block, Column, Heading, Paragraph, Quotes, Table
from reporting.report_charts import distribution_chart, element_chart
from reporting.report_discussion import discussion
from reporting.report_headline import has_bands, name, shown, shown_band, shown_bounds, unbroken, value
from reporting.words import ABSENT, Words
from satisfaction.index import Measure

SMALL = 30
"""Below this many responses one respondent can move a unit's IKM by a point; the report warns."""


def results(report: Report, words: Words) -> Iterator[Block]:
    """The blocks of chapter II."""
    index = name(words, report.instrument)
    yield Heading(1, words("results.title"))
    yield Heading(2, words("results.services"))
    yield Paragraph(words("results.services.text", unit=report.unit_name, count=words.whole(len(report.services))))
    yield _services(report, words)
    yield Heading(2, words("results.profile"))
    yield from _profile(report, words)
    yield Heading(2, words("results.elements", index=index))
    if report.n == 0:
        yield Paragraph(words("results.none", period=words.period(report.period.label)), "warning")
    else:
        yield from _elements(report, words)
    yield Heading(2, words("results.discussion"))
    if report.n == 0:
        yield Paragraph(words("tabulation.none"))
    else:
        yield distribution_chart(report, words)
        yield from discussion(report, words)
    yield Heading(2, words("results.excluded"))
    yield Paragraph(excluded(report, words))
    yield Heading(2, words("results.suggestions"))
    yield from _suggestions(report, words)


def headline(report: Report, words: Words) -> str:
    """The figure with band and interval, as sentences."""
    measure, instrument = report.measure, report.instrument
    found = {"index": name(words, instrument), "figure": shown(words, value(instrument, measure))}
    said = [words("headline.figure", unit=report.unit_name, n=words.whole(report.n), **found)]
    if has_bands(instrument):
        said.append(words("headline.band", band=shown_band(words, measure.band)))
    elif instrument.kind == "perception":
        said.append(words("headline.converted", ikm=words.number(measure.ikm, 2)))
    bounds = shown_bounds(words, instrument, measure)
    said.append(words("headline.no_interval") if bounds == ABSENT else words("headline.interval", bounds=bounds))
    return " ".join(said)


def small(report: Report, words: Words) -> Iterator[Paragraph]:
    """A warning when so few answered that the figure says little."""
    if 0 < report.n < SMALL:
        yield Paragraph(words("results.small", n=words.whole(report.n), small=SMALL), "warning")


def excluded(report: Report, words: Words) -> str:
    """How many responses misuse rules left out, and the figure with them."""
    if report.excluded == 0:
        return words("excluded.none")
    instrument = report.instrument
    figures = {
        "without": shown(words, value(instrument, report.measure)),
        "with_them": shown(words, value(instrument, report.with_excluded)),
    }
    total = report.n + report.excluded
    return words(
        "excluded.some",
        excluded=words.whole(report.excluded),
        total=words.whole(total),
        share=words.share(report.excluded, total),
        index=name(words, instrument),
        **figures,
    )


def _services(report: Report, words: Words) -> Table:
    banded = has_bands(report.instrument)
    columns = [
        Column(words("table.no"), "right"),
        Column(words("table.service"), width=1),
        Column(words("table.responses"), "right"),
        Column(words("table.excluded"), "right"),
        Column(name(words, report.instrument), "right"),
        Column(words("table.interval"), "right"),
    ]
    if banded:
        columns.append(Column(words("table.band")))
    rows = [
        (f"{at}", one.name, *_figures(report, one.measure, one.excluded, words))
        for at, one in enumerate(report.services, 1)
    ]
    rows.append(("", words("table.whole"), *_figures(report, report.measure, report.excluded, words)))
    return Table(
        words("services.caption", index=name(words, report.instrument)), tuple(columns), tuple(rows), last=True
    )


def _figures(report: Report, measure: Measure, excluded: int, words: Words) -> tuple[str, ...]:
    instrument = report.instrument
    found = (
        words.whole(measure.n),
        words.whole(excluded),
        shown(words, value(instrument, measure)),
        shown_bounds(words, instrument, measure),
    )
    return (*found, unbroken(shown_band(words, measure.band))) if has_bands(instrument) else found


def _profile(report: Report, words: Words) -> Iterator[Block]:
    yield Paragraph(words("profile.text", n=words.whole(report.n)))
    for field in report.profile:
        yield _field(field, report.n, words)


def _field(field: ProfileField, n: int, words: Words) -> Table:
    """Counts and shares of a field's values; who did not say is a row of its own and part of the whole."""
    columns = (
        Column(words(f"profile.{field.name}"), width=1),
        Column(words("table.count"), "right"),
        Column(words("table.share"), "right"),
    )
    rows = [
        (value_name(field.name, at, words), words.whole(count), words.share(count, n))
        for at, count in field.counts.items()
    ]
    rows.append((words("table.total"), words.whole(n), words.share(n, n)))
    caption = words("profile.caption", field=words(f"profile.{field.name}").lower())
    return Table(caption, columns, tuple(rows), last=True)


def value_name(field: str, given: str, words: Words) -> str:
    """A respondent value in words; one our pages don't offer is shown as it was sent."""
    if given == "":
        return words("profile.not_stated")
    return words.maybe(f"profile.{field}.{given}") or given


def _elements(report: Report, words: Words) -> Iterator[Block]:
    yield Paragraph(headline(report, words))
    yield from small(report, words)
    yield _element_table(report, words)
    if report.instrument.kind != "nps":
        yield element_chart(report, words)


def _element_table(report: Report, words: Words) -> Table:
    banded = has_bands(report.instrument)
    columns = [
        Column(words("table.code")),
        Column(words("table.element"), width=1),
        Column(words("table.answers"), "right"),
        Column(words("table.nrr"), "right"),
        Column(words("table.weighted"), "right"),
    ]
    if banded:
        columns.append(Column(words("table.band")))
    rows = []
    for element, measured in zip(report.instrument.elements, report.measure.elements, strict=True):
        row = [
            element.code,
            element.name.in_language(words.language),
            words.whole(measured.n),
            words.number(measured.nrr, 3),
            words.number(measured.weighted, 3),
        ]
        if banded:
            row.append(unbroken(shown_band(words, measured.band)))
        rows.append(tuple(row))
    rows.append(_element_sum(report, words, banded))
    caption = words("elements.caption" if banded else "elements.caption.plain")
    return Table(caption, tuple(columns), tuple(rows), last=True)


def _element_sum(report: Report, words: Words, banded: bool) -> tuple[str, ...]:
    measure = report.measure
    total = words.whole(sum(element.n for element in measure.elements))
    index = shown(words, measure.nps if report.instrument.kind == "nps" else measure.index)
    row = ("", words("table.index"), total, "", index)
    return (*row, unbroken(shown_band(words, measure.band))) if banded else row


def _suggestions(report: Report, words: Words) -> Iterator[Block]:
    if report.suggestions is None:
        yield Paragraph(words("suggestions.hidden"))
        return
    if report.suggestions_total == 0:
        yield Paragraph(words("suggestions.none"))
        return
    given = {"total": words.whole(report.suggestions_total), "shown": words.whole(len(report.suggestions))}
    few = len(report.suggestions) < report.suggestions_total
    yield Paragraph(words("suggestions.some" if few else "suggestions.all", **given))
    yield Quotes(tuple((one.text, f"{one.service}, {words.day(one.day)}") for one in report.suggestions))
