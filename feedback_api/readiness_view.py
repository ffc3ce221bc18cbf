"""What the page of a unit's award readiness says: figures as text, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from feedback_api.readiness_document import HINTS, NOT_KEPT, NOTE, SHEET
from reporting.readiness import Readiness
from reporting.readiness_perceptions import Against, Hint, PerceptionFigure, PerceptionLine, State, Verdict
from reporting.readiness_surveys import Online, Result
from reporting.words import Words
from satisfaction.awards import AWARDS, Score, award
from satisfaction.periods import containing

SYMBOLS: Mapping[Verdict, tuple[str, str]] = {
    "reached": ("\N{CHECK MARK}", _("Reached")),
    "not_reached": ("\N{BALLOT X}", _("Not reached")),
    "cannot_tell": ("?", _("Cannot tell yet")),
}
BESIDE: Mapping[Hint, str] = {
    "straddles": _("minimum inside the interval"),
    "no_interval": _("no interval"),
    "rounded": _("component rounded up"),
}
"""Hints in few words, for a cell; the whole sentence stands below the table."""
STATES: Mapping[State, str] = {
    "published": _("Closed on %(date)s, revision %(number)s"),
    "not_closed": _("Over, not closed yet: counted now"),
    "running": _("Still running: counted now"),
    "not_begun": _("Not begun yet"),
}
ONLINE: Mapping[Online, str] = {
    "shown": _("On the public page"),
    "held_back": _("Held back on the public page, to protect respondents"),
    "not_public": _("The catalog does not make this unit public"),
}
WAITING: Mapping[State, str] = {
    "running": _("still running; close it when it has ended"),
    "not_closed": _("over; close it to count it"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What an award says: a symbol, the same in a word, and what to know beside it."""

    verdict: Verdict
    symbol: str
    word: str
    least: str
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The figure of a period as text; None where nobody has answered."""

    name: str
    state: str
    n: str
    index: str | None
    interval: str | None
    component: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One perception index: the year first, then its quarters; `hints` are explained in the order of their kinds."""

    short: str
    name: str
    instrument: str
    weight: str
    sources: tuple[str, ...]
    rows: tuple[Row, ...]
    hints: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Whether a result is there, and where or why not."""

    there: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A closed period of the survey."""

    name: str
    closed: str
    n: str
    counted: bool
    online: Place
    offline: Place


@dataclass(frozen=True, slots=True)
class Scored:
    """A line of the evaluation sheet; `score` is None where it has no line for the case."""

    score: str | None
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Below:
    """A unit right below, in one row."""

    unit_id: str
    name: str
    perceptions: tuple[tuple[Table, Row], ...]
    surveys: Scored
    publication: Scored


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything on the page."""

    unit_id: str
    name: str
    year: str
    rules: str
    earlier: str
    later: str | None
    running: bool
    awards: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    surveys: Scored
    count: int
    publication: Scored
    results: tuple[ResultRow, ...]
    waiting: tuple[tuple[str, str, str], ...]
    below: tuple[Below, ...]
    note: str
    not_kept: tuple[str, ...]
    sheet: str


def readiness_view(found: Readiness, now: datetime) -> View:
    """The page's parts."""
    words, year = Words(preferred()), int(found.year.label)
    current = int(containing(now, "year", found.unit.zone).label)
    return View(
        unit_id=found.unit.id,
        name=found.unit.name,
        year=found.year.label,
        rules=found.rules,
        earlier=str(year - 1),
        later=str(year + 1) if year < current else None,
        running=year == current,
        awards=tuple((kind.upper(), award(kind, found.rules).name.in_language(preferred())) for kind in AWARDS),
        tables=tuple(_table(line, words, found) for line in found.perceptions),
        surveys=_scored(found.surveys.score, words),
        count=found.surveys.count,
        publication=_scored(found.publication.score, words),
        results=tuple(_result(result, words, found) for result in found.surveys.results),
        waiting=tuple(
            (words.period(one.period.label), words.whole(one.n), translated(WAITING[one.state]))
            for one in found.surveys.waiting
            if one.state in WAITING
        ),
        below=tuple(_below(one, words) for one in found.below),
        note=translated(NOTE),
        not_kept=tuple(translated(line) for line in NOT_KEPT.values()),
        sheet=translated(SHEET),
    )


def _below(found: Readiness, words: Words) -> Below:
    tables = [_table(line, words, found) for line in found.perceptions]
    surveys, publication = _scored(found.surveys.score, words), _scored(found.publication.score, words)
    return Below(
        found.unit.id, found.unit.name, tuple((table, table.rows[0]) for table in tables), surveys, publication
    )


def _table(line: PerceptionLine, words: Words, found: Readiness) -> Table:
    least, figures = line.minimum, (line.year, *line.quarters)
    hints = {hint for figure in figures for one in figure.against for hint in one.hints}
    return Table(
        short=least.perception.upper(),
        name=least.name.in_language(preferred()),
        instrument=line.instrument.id,
        weight=words.number(least.weight, 1),
        sources=tuple(one.source.in_language(preferred()) for one in line.minima.values()),
        rows=tuple(_row(figure, words, found) for figure in figures),
        hints=tuple((translated(BESIDE[hint]), translated(HINTS[hint])) for hint in HINTS if hint in hints),
    )


def _row(figure: PerceptionFigure, words: Words, found: Readiness) -> Row:
    limits = figure.interval
    return Row(
        name=words.period(figure.period.label),
        state=_state(figure, words, found),
        n=words.whole(figure.n),
        index=_number(figure.index, 4, words),
        interval=None if limits is None else f"{words.number(limits[0], 4)} \N{EN DASH} {words.number(limits[1], 4)}",
        component=_number(figure.component, 2, words),
        cells=tuple(_cell(one, words) for one in figure.against),
    )


def _cell(found: Against, words: Words) -> Cell:
    symbol, word = SYMBOLS[found.verdict]
    least = words.number(found.minimum.index, 2)
    return Cell(found.verdict, symbol, translated(word), least, tuple(translated(BESIDE[hint]) for hint in found.hints))


def _state(figure: PerceptionFigure, words: Words, found: Readiness) -> str:
    if figure.closing is None:
        return translated(STATES[figure.state])
    closed = _day(figure.closing.closed_ms, words, found)
    return translated(STATES["published"], date=closed, number=figure.closing.revision)


def _result(result: Result, words: Words, found: Readiness) -> ResultRow:
    closed = _day(result.closed_ms, words, found)
    places = tuple(f"{posted.place}, {words.day(date.fromisoformat(posted.posted_on))}" for posted in result.postings)
    return ResultRow(
        name=words.period(result.period.label),
        closed=translated(STATES["published"], date=closed, number=result.revision),
        n=words.whole(result.n),
        counted=result.counted,
        online=Place(result.online == "shown", (translated(ONLINE[result.online]),)),
        offline=Place(bool(places), places or (translated(_("No place is noted")),)),
    )


def _scored(found: Score, words: Words) -> Scored:
    language = preferred()
    score = _number(found.score, 2, words)
    return Scored(score, found.words.in_language(language), found.source.in_language(language))


def _number(value: Decimal | None, places: int, words: Words) -> str | None:
    return None if value is None else words.number(value, places)


def _day(milliseconds: int, words: Words, found: Readiness) -> str:
    return words.day(datetime.fromtimestamp(milliseconds / 1000, found.unit.zone).date())
