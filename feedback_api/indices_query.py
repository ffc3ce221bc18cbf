"""What GET /v1/indices was asked: read, checked against the catalog, and the periods it means in each time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal, cast

from werkzeug.datastructures import MultiDict

from feedback_api import indices_filters, indices_time
from feedback_api.indices_filters import Filters, read_filters
from feedback_api.indices_time import MOST_PERIODS, Timespan, read_timespan
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from readmodel.questionnaires import instruments_of
from reporting.figure_groups import GROUPINGS, Grouping
from reporting.figures import Wanted
from satisfaction.index import WEIGHTS, conventions
from satisfaction.periods import INTERVALS, Interval, Period
from schemas.catalog import Catalog, Unit
from schemas.feedback_fields import RESPONDENT

Misuse = Literal["exclude", "include"]
MISUSE: tuple[Misuse, ...] = ("exclude", "include")
FIGURES = ("published", "live")
YES_NO = ("false", "true")
FILTERS = indices_filters.NAMES
RULES = ("weights", "misuse", "figures")
KNOWN = (*FILTERS, *indices_time.NAMES, "interval", "group_by", *RULES, "bom")
MOST_ITEMS = 10_000

__all__ = ["FILTERS", "GROUPINGS", "KNOWN", "MOST_ITEMS", "MOST_PERIODS", "IndicesQuery", "Rules", "read_query"]


@dataclass(frozen=True, slots=True)
class Rules:
    """How figures are to be made: `weights` None is each questionnaire's own convention."""

    weights: str | None
    misuse: Misuse
    live: bool

    def document(self) -> dict[str, object]:
        """The rules as they were understood."""
        return {"weights": self.weights, "misuse": self.misuse, "figures": "live" if self.live else "published"}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicesQuery:
    """A checked query; `bom` is about the CSV only."""

    filters: Filters
    time: Timespan
    interval: Interval | None
    group_by: tuple[Grouping, ...]
    rules: Rules
    bom: bool = False

    def document(self) -> dict[str, object]:
        """The query as it was understood."""
        cut = {"interval": self.interval, "group_by": list(self.group_by)}
        return self.filters.document() | self.time.document() | cut | self.rules.document()

    def periods(self, zone: tzinfo, now: datetime) -> list[Period]:
        """The periods asked for on the clocks of one time zone; Problem 422 where there are none or too many."""
        return self.time.periods(self.interval, zone, now)

    def wanted(self, units: Sequence[Unit], now: datetime) -> Wanted:
        """The figures of some of its units that this query is about."""
        filters = self.filters
        return Wanted(
            units=units,
            periods=lambda zone: self.periods(zone, now),
            service=filters.service,
            touchpoint=filters.touchpoint,
            channel=filters.channel,
            instrument=filters.instrument,
            respondent=filters.respondent,
            group_by=self.group_by,
            live=self.rules.live,
            most=MOST_ITEMS,
        )

    @property
    def private(self) -> bool:
        """Whether it asks for more than the figures of units, services and elements that may be public."""
        filters = self.filters
        return (
            filters.touchpoint is not None
            or filters.channel is not None
            or bool(filters.respondent)
            or self.rules.misuse != "exclude"
            or self.rules.live
            or self.time.from_ is not None
            or self.interval in ("hour", "day", "week")
            or not {"touchpoint", "channel", *RESPONDENT}.isdisjoint(self.group_by)
        )


def read_query(given: MultiDict[str, str], catalog: Catalog) -> IndicesQuery:
    """The query in an address's parameters. Raises Problem 422 naming every parameter at fault."""
    parameters = Parameters(given, KNOWN)
    query = IndicesQuery(
        filters=read_filters(parameters, catalog),
        interval=cast(Interval | None, parameters.choice("interval", INTERVALS)),
        group_by=cast(tuple[Grouping, ...], parameters.choices("group_by", GROUPINGS)),
        rules=read_rules(parameters),
        bom=parameters.choice("bom", YES_NO) == "true",
        time=read_timespan(parameters),
    )
    check_weights(query.rules, query.filters.instrument, parameters, catalog)
    if parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    return query


def read_rules(parameters: Parameters) -> Rules:
    """The rules in an address's parameters."""
    return Rules(
        parameters.choice("weights", tuple(WEIGHTS)),
        cast(Misuse, parameters.choice("misuse", MISUSE) or "exclude"),
        parameters.choice("figures", FIGURES) == "live",
    )


def check_weights(rules: Rules, instrument: str | None, parameters: Parameters, catalog: Catalog) -> None:
    """Note as a fault a weight convention that does not fit the one questionnaire asked for."""
    asked = instruments_of(catalog).get(instrument or "")
    if asked is not None and rules.weights is not None and rules.weights not in conventions(len(asked.elements)):
        parameters.fault("weights", "not_for_instrument", instrument=asked.id)
