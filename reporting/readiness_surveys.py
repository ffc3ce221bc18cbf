"""How often a survey was carried out in a year, and where its results can be read: what the evaluation sheet scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from readmodel.closings import Closing
from readmodel.postings import Posting
from readmodel.questionnaires import instruments_of
from reporting.figures import Figure
from reporting.public import PublicYear
from reporting.readiness_perceptions import State, state_of
from satisfaction.awards import Score, frequency_score, publication_score
from satisfaction.periods import Period, parse_period
from schemas.catalog import Catalog, Unit

Online = Literal["shown", "held_back", "not_public"]
"""Whether everybody can read the index of a period: it is shown, the unit is public but this figure would tell too
much, or the catalog does not make the unit public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A closed period with responses to an SKM questionnaire.

    `counted` says that it is a survey of its own; one with a shorter closed period inside is not counted again.
    """

    period: Period
    revision: int
    closed_ms: int
    n: int
    counted: bool
    online: Online
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A quarter with `n` responses to an SKM questionnaire that counts for no survey before it is closed."""

    period: Period
    state: State
    n: int


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """How many surveys were carried out, what the sheet gives for that, and the results by time, longer ones last."""

    count: int
    score: Score
    results: tuple[Result, ...]
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class PublicationLine:
    """Whether a result of the year is online, and on paper, and what the sheet gives; the labels of those missing."""

    online: bool
    offline: bool
    score: Score
    missing_online: tuple[str, ...]
    missing_offline: tuple[str, ...]


def results_of(
    catalog: Catalog, unit: Unit, closings: Iterable[Closing], public: PublicYear | None, posted: Iterable[Posting]
) -> tuple[Result, ...]:
    """The closed periods with SKM responses; `public` is None for a unit that is not public."""
    asked = surveyed(catalog)
    answered = [(one, parse_period(one.period, unit.zone)) for one in closings if _number(one, asked)]
    periods = [period for _one, period in answered]
    posted = list(posted)
    results = [
        Result(
            period=period,
            revision=one.revision,
            closed_ms=one.closed_ms,
            n=_number(one, asked),
            counted=not any(within(other, period) for other in periods if other != period),
            online=_online(public, asked, period.label),
            postings=tuple(each for each in posted if each.period == period.label),
        )
        for one, period in answered
    ]
    return tuple(sorted(results, key=lambda result: (result.period.end, -result.period.start.timestamp())))


def survey_line(
    catalog: Catalog,
    quarters: Iterable[Period],
    figures: Mapping[tuple[str, str], Figure],
    results: Sequence[Result],
    now: datetime,
) -> SurveyLine:
    """The surveys of a year: its closed periods with SKM responses, each response in one of them."""
    asked = surveyed(catalog)
    counted = [result.period for result in results if result.counted]
    waiting = []
    for quarter in quarters:
        n = sum(one.included.responses for key in asked if (one := figures.get((key, quarter.label))) is not None)
        if n and not any(within(period, quarter) or within(quarter, period) for period in counted):
            waiting.append(Waiting(quarter, state_of(quarter, None, now), n))
    return SurveyLine(len(counted), frequency_score(len(counted)), tuple(results), tuple(waiting))


def publication_line(results: Sequence[Result]) -> PublicationLine:
    """Where the results of a year can be read. One that is online and one on paper are enough for the sheet."""
    online = any(result.online == "shown" for result in results)
    offline = any(result.postings for result in results)
    return PublicationLine(
        online,
        offline,
        publication_score(online=online, offline=offline),
        tuple(result.period.label for result in results if result.online != "shown"),
        tuple(result.period.label for result in results if not result.postings),
    )


def surveyed(catalog: Catalog) -> tuple[str, ...]:
    """The questionnaires of the public satisfaction survey (SKM), own ones included."""
    return tuple(one.id for one in instruments_of(catalog).values() if one.kind == "ikm")


def within(inner: Period, outer: Period) -> bool:
    """Whether a period lies in another, or is it."""
    return outer.start <= inner.start and inner.end <= outer.end


def _number(closing: Closing, asked: Iterable[str]) -> int:
    """How many responses to these questionnaires a closing counts in the whole unit."""
    made = closing.rules["instruments"]
    return sum(int(made[key]["figures"][0]["n"]) for key in asked if key in made)


def _online(public: PublicYear | None, asked: Iterable[str], label: str) -> Online:
    if public is None:
        return "not_public"
    shown = any(public.row(key, None, label).measure is not None for key in asked if key in public.answered)
    return "shown" if shown else "held_back"
