"""The annexes: the questionnaire, every response, and where the figures come from."""

from collections.abc import Iterator

from reporting.report import Report, Row
from reporting.report_blocks import Block, Column, Heading, Paragraph, Table, Tabulation
from reporting.report_results import value_name
from reporting.words import Words
from satisfaction.instruments import Question

MOST_PRINTED = 1_000
"""Rows a printed tabulation may have; beyond that nobody reads it on paper and the spreadsheet holds it."""
FIELDS = ("sex", "age_band", "education", "occupation", "disability")


def annex(report: Report, words: Words) -> Iterator[Block]:
    """The blocks of the annexes."""
    yield Heading(1, words("annex.origin"))
    yield from _origin(report, words)
    yield Heading(1, words("annex.questionnaire"))
    yield _questionnaire(report, words)
    yield Heading(1, words("annex.tabulation"))
    yield from _tabulation(report, words)


def _origin(report: Report, words: Words) -> Iterator[Block]:
    origin, measure = report.origin, report.measure
    yield Paragraph(status(report, words))
    positions = ", ".join(f"{part}: {words.whole(at)}" for part, at in sorted(origin.positions.items()))
    rows = [
        (words("origin.instrument"), report.instrument.id),
        (words("origin.weights"), words.maybe(f"weights.{measure.weights}") or measure.weights),
        (words("origin.bands"), report.instrument.band_table or words("origin.no_bands")),
        (words("origin.positions"), positions or words("origin.nothing")),
        (words("origin.log"), origin.log_id or words("origin.nothing")),
        (words("origin.digest"), _grouped(origin.digest) if origin.digest else words("origin.no_digest")),
        (words("origin.late"), words.whole(origin.late)),
        (words("origin.made"), words.time(report.made_at)),
    ]
    columns = (Column(words("origin.what"), width=2), Column(words("origin.value"), width=4))
    yield Table(words("origin.caption"), columns, tuple(rows))


def status(report: Report, words: Words) -> str:
    """Whether the figures are frozen or may still change, as sentences."""
    origin = report.origin
    if origin.departs_from is not None:
        return words("status.departed", revision=origin.departs_from)
    if origin.revision is None:
        return words("status.live" if report.over else "status.running")
    said = words("status.closed", revision=origin.revision)
    late = words("status.late", late=words.whole(origin.late)) if origin.late else words("status.no_late")
    return f"{said} {late}"


def _grouped(digest: str) -> str:
    """A digest in groups of eight, so that it wraps and can be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _questionnaire(report: Report, words: Words) -> Table:
    columns = (
        Column(words("table.no"), "right"),
        Column(words("table.element"), width=2),
        Column(words("annex.question"), width=5),
        Column(words("annex.answers"), width=3),
    )
    names = {element.key: element for element in report.instrument.elements}
    rows = []
    for at, question in enumerate(report.instrument.questions, 1):
        element = names[question.element]
        name = f"{element.code} {element.name.in_language(words.language)}"
        rows.append((f"{at}", name, question.text.in_language(words.language), _choices(question, words)))
    return Table(words("annex.questionnaire.caption"), columns, tuple(rows))


def _choices(question: Question, words: Words) -> str:
    return "\n".join(f"{answer.value} = {answer.label.in_language(words.language)}" for answer in question.answers)


def _tabulation(report: Report, words: Words) -> Iterator[Block]:
    if report.rows is None:
        yield Paragraph(words("tabulation.hidden"))
    elif report.rows_total == 0:
        yield Paragraph(words("tabulation.none"))
    elif report.rows_total > MOST_PRINTED:
        yield Paragraph(words("tabulation.long", total=words.whole(report.rows_total), most=words.whole(MOST_PRINTED)))
    else:
        yield Paragraph(words("tabulation.text", total=words.whole(report.rows_total)))
        services = list(dict.fromkeys(row.service for row in report.rows))
        numbers = {service: f"L{at}" if words.language == "id" else f"S{at}" for at, service in enumerate(services, 1)}
        yield Paragraph("; ".join(f"{number} = {service}" for service, number in numbers.items()), "note")
        rows = tuple(_row(at, row, numbers[row.service], words) for at, row in enumerate(report.rows, 1))
        yield Tabulation(words("tabulation.caption"), _tabulation_columns(report, words), rows)


def _tabulation_columns(report: Report, words: Words) -> tuple[Column, ...]:
    codes = {element.key: element.code for element in report.instrument.elements}
    asked = report.instrument.questions
    several = len(asked) > len(codes)
    questions = [f"P{at}" if several else codes[question.element] for at, question in enumerate(asked, 1)]
    return (
        Column(words("table.no"), "right"),
        Column(words("tabulation.day"), "right"),
        Column(words("tabulation.service"), "center"),
        *(Column(question, "center") for question in questions),
        *(Column(words(f"tabulation.{field}")) for field in FIELDS),
        Column(words("tabulation.counted"), "center"),
    )


def _row(at: int, row: Row, service: str, words: Words) -> tuple[str, ...]:
    return (
        words.whole(at),
        words.short_date(row.at.date()),
        service,
        *("·" if answer is None else f"{answer}" for answer in row.answers),
        *(_short(field, row, words) for field in FIELDS),
        words("tabulation.yes" if row.included else "tabulation.no"),
    )


def _short(field: str, row: Row, words: Words) -> str:
    given = row.respondent.get(field, "")
    if not given:
        return "·"
    return words.maybe(f"short.{field}.{given}") or value_name(field, given, words)
