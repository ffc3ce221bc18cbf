"""Chapter I: why the survey was made, on what ground, how, by whom and when."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from reporting.report import Report
from reporting.report_blocks import Block, Bullets, Column, Heading, Paragraph, Table
from reporting.report_headline import band_limits, has_bands, name
from reporting.words import Words, family
from satisfaction.index import WEIGHTS, half_up
from satisfaction.misuse import RULES_VERSION

TEAM = ("steering", "head", "secretary", "member", "member", "member")
STEPS = ("preparation", "collection", "processing", "reporting", "publication")


def introduction(report: Report, words: Words) -> Iterator[Block]:
    """The blocks of chapter I."""
    kind = family(report.instrument)
    yield Heading(1, words("intro.title"))
    yield Heading(2, words("intro.background"))
    yield Paragraph(words("intro.background.duty"))
    survey, period = words(f"{kind}.survey"), words.period(report.period.label)
    yield Paragraph(words("intro.background.this", survey=survey, unit=report.unit_name, period=period))
    yield Heading(2, words("intro.legal"))
    grounds = ("law", "regulation", "zi") if kind in ("spkp", "spak", "perception") else ("law", "regulation", "skm")
    yield Bullets(tuple(words(f"intro.legal.{ground}") for ground in grounds), numbered=True)
    if kind in ("smiley", "nps"):
        yield Paragraph(words("intro.legal.own"), "note")
    yield Heading(2, words("intro.aim"))
    yield Bullets(tuple(words(f"intro.aim.{number}", index=name(words, report.instrument)) for number in (1, 2, 3, 4)))
    yield Heading(2, words("intro.method"))
    yield from _method(report, words)
    yield Heading(2, words("intro.team"))
    yield _team(words)
    yield Heading(2, words("intro.schedule"))
    yield _schedule(report, words)


def _method(report: Report, words: Words) -> Iterator[Block]:
    instrument = report.instrument
    yield Paragraph(words("method.population", unit=report.unit_name) + " " + sample(report, words))
    asked = {"elements": len(instrument.elements), "questions": len(instrument.questions)}
    lowest, highest = instrument.scale
    title = instrument.name.in_language(words.language)
    yield Paragraph(words("method.instrument", name=title, id=instrument.id, lowest=lowest, highest=highest, **asked))
    if instrument.kind == "nps":
        yield Paragraph(words("method.nps"))
    else:
        yield Paragraph(words("method.formula", index=name(words, instrument)) + " " + weights(report, words))
    if has_bands(instrument):
        yield _bands(report, words)
        yield Paragraph(words("method.bands.rounding", table=instrument.band_table), "note")
    elif instrument.kind == "perception":
        yield Paragraph(words("method.perception", index=name(words, instrument)))
    yield Paragraph(words("method.misuse", version=RULES_VERSION))
    yield Paragraph(words("method.interval"))


def sample(report: Report, words: Words) -> str:
    """Population, sample needed and reached, as sentences."""
    n, needed = words.whole(report.n), words.whole(report.needed)
    if report.population is None:
        said = words("method.sample.unknown", n=n, needed=needed)
    else:
        said = words("method.sample.known", population=words.whole(report.population), n=n, needed=needed)
    return f"{said} {words('method.sample.reached' if report.n >= report.needed else 'method.sample.short')}"


def weights(report: Report, words: Words) -> str:
    """The weight convention as a sentence."""
    convention = report.measure.weights
    if convention == "exact":
        return words("method.weights.exact", elements=len(report.instrument.elements))
    weight = WEIGHTS.get(convention)
    if weight is not None:
        return words("method.weights.rounded", weight=convention.replace(".", words("decimal")))
    return words("method.weights.own", weights=", ".join(_own(report, words)))


def _own(report: Report, words: Words) -> Iterator[str]:
    given = report.instrument.weights
    for element in report.instrument.elements:
        if not isinstance(given, str):
            yield f"{element.code} {words.number(half_up(given[element.key], 4), 4)}"


def _bands(report: Report, words: Words) -> Table:
    """Each band with the IKM it takes, to the next band's limit less a hundredth."""
    columns = (
        Column(words("bands.letter"), "center"),
        Column(words("bands.word"), width=3),
        Column(words("bands.range", index=name(words, report.instrument)), "center", width=3),
    )
    above = Decimal(100)
    rows = []
    for band, lowest in band_limits(report.instrument):
        upto = words.span(words.number(lowest, 2), words.number(above, 2))
        rows.append((band.code, band.name.in_language(words.language), upto))
        above = lowest - Decimal("0.01")
    return Table(words("bands.caption"), columns, tuple(rows))


def _team(words: Words) -> Table:
    columns = (
        Column(words("table.no"), "right"),
        Column(words("intro.team.role"), width=2),
        Column(words("intro.team.name"), width=3),
        Column(words("intro.team.office"), width=3),
    )
    rows = tuple((f"{at}", words(f"intro.team.{role}"), "", "") for at, role in enumerate(TEAM, 1))
    return Table(words("intro.team.caption"), columns, rows, tall=True)


def _schedule(report: Report, words: Words) -> Table:
    """The steps of a survey; when answers were collected is known, the rest is for the team to fill in."""
    columns = (
        Column(words("table.no"), "right"),
        Column(words("intro.schedule.step"), width=3),
        Column(words("intro.schedule.time"), width=3),
    )
    last = (report.period.end - timedelta(hours=1)).date()
    known = {"collection": words.span(words.day(report.period.start.date()), words.day(last))}
    rows = tuple((f"{at}", words(f"intro.schedule.{step}"), known.get(step, "")) for at, step in enumerate(STEPS, 1))
    return Table(words("intro.schedule.caption"), columns, rows, tall=True)
