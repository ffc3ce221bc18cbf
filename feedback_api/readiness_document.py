"""Award readiness as JSON has it, its words in the reader's language."""

from collections.abc import Mapping
from datetime import UTC, datetime

from feedback_api.index_items import closing_reference, number
from feedback_api.languages import marked as _
from feedback_api.languages import preferred, translated
from reporting.readiness import Readiness
from reporting.readiness_perceptions import Against, Hint, PerceptionFigure, PerceptionLine, Verdict
from reporting.readiness_surveys import Result
from satisfaction.awards import AWARDS, Score, award
from satisfaction.intervals import LEVEL
from satisfaction.periods import Period

Document = dict[str, object]

VERDICTS: Mapping[Verdict, str] = {
    "reached": _("Reached"),
    "not_reached": _("Not reached"),
    "cannot_tell": _("Cannot tell yet: nobody has answered"),
}
HINTS: Mapping[Hint, str] = {
    "straddles": _("The minimum lies inside the interval: another sample might have decided otherwise."),
    "no_interval": _("No interval: there are fewer than two responses, or all are alike."),
    "rounded": _("The component only reads as enough because it is rounded; the index is what counts."),
}
NOTE = _(
    "The index, to four decimals, is held against the minimum; the interval decides nothing. It describes sampling "
    "only: it does not tell how those who chose to answer differ from those who did not."
)
SHEET = _("ZI evaluation sheet (PermenPANRB 90/2021)")
NOT_KEPT: Mapping[str, str] = {
    "total": _("The total of the evaluation: WBK needs 75 or more, WBBM 85 or more."),
    "follow_up": _("Which share of the results was followed up."),
    "complaint_channel": _("The complaint channel: offline, online, its staff, and its link to SP4N-LAPOR!."),
    "complaint_evaluation": _("How regularly complaints are evaluated."),
}
"""What the sheet asks and Puas does not keep; the office fills it in."""


def readiness_document(found: Readiness) -> Document:
    """The whole answer."""
    language = preferred()
    awards = [award(kind, found.rules) for kind in AWARDS]
    return {
        "query": {"unit": found.unit.id, "year": int(found.year.label)},
        "rules": found.rules,
        "note": translated(NOTE),
        "awards": [
            {
                "award": one.kind,
                "name": one.name.in_language(language),
                "total": number(one.total),
                "source": one.source.in_language(language),
            }
            for one in awards
        ],
        "unit": _unit(found),
        "below": [_unit(one) for one in found.below],
        "not_kept": [
            {"line": line, "words": translated(words), "source": translated(SHEET)} for line, words in NOT_KEPT.items()
        ],
    }


def words_of(found: Against) -> tuple[str, ...]:
    """The verdict in words, then what to know beside it."""
    return translated(VERDICTS[found.verdict]), *(translated(HINTS[hint]) for hint in found.hints)


def _unit(found: Readiness) -> Document:
    surveys, publication = found.surveys, found.publication
    return {
        "unit": found.unit.id,
        "name": found.unit.name,
        "perceptions": [_perception(line) for line in found.perceptions],
        "surveys": {
            "count": surveys.count,
            **_score(surveys.score),
            "results": [_result(result) for result in surveys.results],
            "waiting": [{"period": one.period.label, "state": one.state, "n": one.n} for one in surveys.waiting],
        },
        "publication": {
            "online": publication.online,
            "offline": publication.offline,
            **_score(publication.score),
            "missing_online": list(publication.missing_online),
            "missing_offline": list(publication.missing_offline),
        },
    }


def _perception(line: PerceptionLine) -> Document:
    language = preferred()
    return {
        "perception": line.minimum.perception,
        "name": line.minimum.name.in_language(language),
        "instrument": line.instrument.id,
        "weight": number(line.minimum.weight),
        "minima": [
            {
                "award": kind,
                "index": number(least.index),
                "component": number(least.component),
                "source": least.source.in_language(language),
            }
            for kind, least in line.minima.items()
        ],
        "year": _figure(line.year),
        "quarters": [_figure(figure) for figure in line.quarters],
    }


def _figure(figure: PerceptionFigure) -> Document:
    limits = figure.interval
    return {
        "period": _period(figure.period),
        "state": figure.state,
        "n": figure.n,
        "excluded": figure.excluded,
        "index": number(figure.index),
        "interval": None
        if limits is None
        else {"low": number(limits[0]), "high": number(limits[1]), "level": float(LEVEL)},
        "component": number(figure.component),
        "closing": closing_reference(figure.closing),
        "awards": [
            {"award": one.award, "verdict": one.verdict, "hints": list(one.hints), "words": ". ".join(words_of(one))}
            for one in figure.against
        ],
    }


def _result(result: Result) -> Document:
    closed = datetime.fromtimestamp(result.closed_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "period": result.period.label,
        "revision": result.revision,
        "closed_at": closed.replace("+00:00", "Z"),
        "n": result.n,
        "counted": result.counted,
        "online": result.online,
        "postings": [{"place": posted.place, "posted_on": posted.posted_on} for posted in result.postings],
    }


def _score(found: Score) -> Document:
    language = preferred()
    words, source = found.words.in_language(language), found.source.in_language(language)
    return {"score": number(found.score), "words": words, "source": source}


def _period(period: Period) -> Document:
    return {"label": period.label, "from": period.start.isoformat(), "to": period.end.isoformat()}
