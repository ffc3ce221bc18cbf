"""GET /v1/indices: satisfaction indices, computed from whole counts when they are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import Connection

from feedback_api.context import Context
from feedback_api.index_groups import groups, observed_group
from feedback_api.index_items import Document, item
from feedback_api.indices_query import IndicesQuery, read_query
from feedback_api.languages import preferred
from feedback_api.negotiation import require_json
from feedback_api.problems import Problem
from feedback_api.reading import read_database
from readmodel.queries import AsOf, Scope, Span, TallyGroup, as_of, tallies
from satisfaction.instruments import instruments
from satisfaction.misuse import RULES_VERSION
from satisfaction.periods import Period
from satisfaction.tally import Tally
from schemas.catalog import Unit
from schemas.violation import Violation

MOST_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to read for the units of one time zone, whose periods are the same."""

    units: tuple[Unit, ...]
    periods: Sequence[Period]


def blueprint(context: Context) -> Blueprint:
    """GET /v1/indices."""
    made = Blueprint("indices", __name__)
    made.add_url_rule("/v1/indices", "indices", partial(indices, context))
    return made


def indices(context: Context) -> Response:
    """The indices asked for, with the rules that made them and how far the log was counted."""
    require_json()
    query = read_query(request.args, context.catalog.required())
    plans = _plans(query, context.clock())

    def read(connection: Connection) -> tuple[AsOf, list[list[TallyGroup]]]:
        return as_of(connection), [_tallies(connection, query, plan) for plan in plans]

    state, found = read_database(context, read)
    items = [item for plan, counts in zip(plans, found, strict=True) for item in _items(query, plan, counts)]
    answer = jsonify(query=query.document(), rules=_rules(query), as_of=_as_of(state), items=items)
    answer.headers["Content-Language"] = preferred()
    answer.headers["Vary"] = "Accept, Accept-Language"
    return answer


def _plans(query: IndicesQuery, now: datetime) -> list[_Plan]:
    zones = dict.fromkeys(unit.timezone for unit in query.units)
    units_of = {zone: tuple(unit for unit in query.units if unit.timezone == zone) for zone in zones}
    return [_Plan(units, query.periods(units[0].zone, now)) for units in units_of.values()]


def _tallies(connection: Connection, query: IndicesQuery, plan: _Plan) -> list[TallyGroup]:
    spans = [
        Span(str(at), round(period.start.timestamp() * 1000), round(period.end.timestamp() * 1000))
        for at, period in enumerate(plan.periods)
    ]
    scope = Scope(
        unit=[unit.id for unit in plan.units],
        service=_only(query.service),
        touchpoint=_only(query.touchpoint),
        channel=_only(query.channel),
        instrument=list(instruments()) if query.instrument is None else [query.instrument],
    )
    return tallies(connection, spans, scope, ("unit", "instrument", *query.group_by))


def _items(query: IndicesQuery, plan: _Plan, counts: Sequence[TallyGroup]) -> Iterator[Document]:
    shown = groups(query, plan.units, (count.group for count in counts))
    if len(shown) * len(plan.periods) > MOST_ITEMS:
        fault = Violation("interval" if query.interval else "group_by", "too_many_items", {"max": MOST_ITEMS})
        raise Problem("invalid_query", [fault])
    found = {(observed_group(query, count.group), count.label): count for count in counts}
    language = preferred()
    for group in shown:
        for at, period in enumerate(plan.periods):
            count = found.get((group, str(at)))
            tally, excluded = (Tally(), 0) if count is None else (count.tally, count.excluded)
            yield item(group, period, tally, excluded, query.weights, language)


def _rules(query: IndicesQuery) -> Document:
    asked = [known for known in instruments().values() if query.instrument in (None, known.id)]
    bands = sorted({known.band_table for known in asked if known.band_table is not None})
    return {"weights": query.weights, "bands": ", ".join(bands), "misuse": RULES_VERSION}


def _as_of(state: AsOf) -> Document:
    time = None if state.time_ms is None else datetime.fromtimestamp(state.time_ms / 1000, UTC)
    return {
        "time": None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "positions": {str(partition): position for partition, position in sorted(state.positions.items())},
    }


def _only(wanted: str | None) -> list[str] | None:
    return None if wanted is None else [wanted]
