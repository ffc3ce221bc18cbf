"""What GET /v1/indices was asked: read, checked against the catalog, and the periods it means in each time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal, cast

from werkzeug.datastructures import MultiDict

from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from satisfaction.index import WEIGHTS, conventions
from satisfaction.instruments import instruments
from satisfaction.periods import INTERVALS, BadPeriod, Interval, Period, between, containing, parse_period, split
from schemas.catalog import Catalog, Unit
from schemas.feedback import CHANNELS
from schemas.violation import Violation

Grouping = Literal["service", "touchpoint", "channel"]
GROUPINGS: tuple[Grouping, ...] = ("service", "touchpoint", "channel")
FILTERS = ("unit", "service", "touchpoint", "channel", "instrument")
KNOWN = (*FILTERS, "period", "from", "to", "interval", "group_by", "weights")
MOST_PERIODS = 800
"""The hours of a month, the days of two years."""

_SHORTEST_S = {"hour": 1800, "day": 82_800}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicesQuery:
    """A checked query; `units` are those it is about, in the catalog's order."""

    units: tuple[Unit, ...]
    unit: str | None
    service: str | None
    touchpoint: str | None
    channel: str | None
    instrument: str | None
    period: str | None
    from_: str | None
    to: str | None
    interval: Interval | None
    group_by: tuple[Grouping, ...]
    weights: str

    def document(self) -> dict[str, object]:
        """The query as it was understood."""
        return {
            "unit": self.unit,
            "service": self.service,
            "touchpoint": self.touchpoint,
            "channel": self.channel,
            "instrument": self.instrument,
            "period": self.period,
            "from": self.from_,
            "to": self.to,
            "interval": self.interval,
            "group_by": list(self.group_by),
            "weights": self.weights,
        }

    def periods(self, zone: tzinfo, now: datetime) -> list[Period]:
        """The periods asked for on the clocks of one time zone, oldest first; by default the quarter that `now` is in.

        Raises Problem 422 for a period that is none, or an interval that cuts it into too many.
        """
        whole = self._whole(zone, now)
        if self.interval is None:
            return [whole]
        seconds = (whole.end - whole.start).total_seconds()
        parts = None
        if seconds / _SHORTEST_S.get(self.interval, 500_000) <= 2 * MOST_PERIODS:
            parts = split(whole, self.interval, zone)
        if parts is None or len(parts) > MOST_PERIODS:
            raise _refused("interval", "too_many_periods", max=MOST_PERIODS)
        return parts

    def _whole(self, zone: tzinfo, now: datetime) -> Period:
        try:
            if self.period is not None:
                return parse_period(self.period, zone)
            if self.from_ is not None and self.to is not None:
                return between(self.from_, self.to, zone)
        except BadPeriod as error:
            name = "period" if self.period is not None else "from" if error.text == self.from_ else "to"
            code = "not_a_date_or_time" if error.code == "not_a_time" else error.code
            raise _refused(name, code) from None
        return containing(now, "quarter", zone)


def read_query(given: MultiDict[str, str], catalog: Catalog) -> IndicesQuery:
    """The query in an address's parameters. Raises Problem 422 naming every parameter at fault."""
    parameters = Parameters(given, KNOWN)
    instrument = parameters.text("instrument")
    if instrument is not None and instrument not in instruments():
        parameters.fault("instrument", "unknown_instrument")
    query = IndicesQuery(
        units=_units(parameters, catalog),
        unit=parameters.text("unit"),
        service=parameters.text("service"),
        touchpoint=parameters.text("touchpoint"),
        channel=parameters.choice("channel", CHANNELS),
        instrument=instrument,
        period=parameters.text("period"),
        from_=parameters.text("from"),
        to=parameters.text("to"),
        interval=cast(Interval | None, parameters.choice("interval", INTERVALS)),
        group_by=cast(tuple[Grouping, ...], parameters.choices("group_by", GROUPINGS)),
        weights=parameters.choice("weights", tuple(WEIGHTS)) or "exact",
    )
    _check_span(query, parameters)
    _check_weights(query, parameters)
    if parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    return query


def _units(parameters: Parameters, catalog: Catalog) -> tuple[Unit, ...]:
    """The units that have what is asked for; what exists nowhere is a fault."""
    unit, service, touchpoint = (parameters.text(name) for name in ("unit", "service", "touchpoint"))
    units: Sequence[Unit] = catalog.units
    if unit is not None:
        units = [known for known in units if known.id == unit]
        if not units:
            parameters.fault("unit", "unknown_unit")
            return ()
    if service is not None:
        units = [known for known in units if catalog.service(known.id, service) is not None]
        if not units:
            parameters.fault("service", "unknown_service")
    if touchpoint is not None and catalog.touchpoint(touchpoint) is None:
        parameters.fault("touchpoint", "unknown_touchpoint")
    return tuple(units)


def _check_span(query: IndicesQuery, parameters: Parameters) -> None:
    if query.period is not None and (query.from_ is not None or query.to is not None):
        parameters.fault("period", "excludes_period")
    elif (query.from_ is None) != (query.to is None):
        parameters.fault("from" if query.from_ is None else "to", "needs_from_and_to")


def _check_weights(query: IndicesQuery, parameters: Parameters) -> None:
    asked = instruments().get(query.instrument or "")
    if asked is not None and query.weights not in conventions(len(asked.elements)):
        parameters.fault("weights", "not_for_instrument", instrument=asked.id)


def _refused(name: str, code: str, **params: object) -> Problem:
    return Problem("invalid_query", [Violation(name, code, params)])
