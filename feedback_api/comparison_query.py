"""What GET /v1/indices/comparison was asked: every unit with every service in every period given, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, product

from werkzeug.datastructures import MultiDict

from feedback_api.indices_query import RULES, YES_NO, Rules, check_weights, read_rules
from feedback_api.indices_time import refused
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from readmodel.questionnaires import instruments_of
from satisfaction.periods import BadPeriod, Period, containing, parse_period
from schemas.catalog import Catalog, Unit

FEWEST, MOST = 2, 12
KNOWN = ("unit", "service", "period", "instrument", *RULES, "bom")


@dataclass(frozen=True, slots=True)
class Subject:
    """One of what is compared; `service` None is the unit as a whole."""

    unit: Unit
    service: str | None
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonQuery:
    """A checked query; `periods` are labels, empty for the running quarter."""

    units: tuple[Unit, ...]
    services: tuple[str, ...]
    periods: tuple[str, ...]
    instrument: str
    rules: Rules
    bom: bool

    def document(self) -> dict[str, object]:
        """The query as it was understood."""
        return {
            "unit": [unit.id for unit in self.units],
            "service": list(self.services),
            "period": list(self.periods),
            "instrument": self.instrument,
        } | self.rules.document()

    def subjects(self, now: datetime) -> list[Subject]:
        """What is compared, each period on the clocks of its unit."""
        found = []
        for unit, service, label in product(self.units, self.services or (None,), self.periods or (None,)):
            period = containing(now, "quarter", unit.zone) if label is None else parse_period(label, unit.zone)
            found.append(Subject(unit, service, period))
        return found


def read_comparison(given: MultiDict[str, str], catalog: Catalog) -> ComparisonQuery:
    """The query in an address's parameters. Raises Problem 422 naming every parameter at fault."""
    parameters = Parameters(given, KNOWN)
    units = _units(parameters, catalog)
    services = parameters.parts("service") or ()
    if any(catalog.service(unit.id, service) is None for unit in units for service in services):
        parameters.fault("service", "unknown_service")
    periods = parameters.parts("period") or ()
    if units:
        _check_periods(periods, units[0], parameters)
    number = len(units) * max(1, len(services)) * max(1, len(periods))
    if units and not FEWEST <= number <= MOST:
        parameters.fault("unit", "number_of_subjects", min=FEWEST, max=MOST, n=number)
    instrument = _instrument(parameters, catalog, units, services)
    rules = read_rules(parameters)
    check_weights(rules, instrument, parameters, catalog)
    bom = parameters.choice("bom", YES_NO) == "true"
    if parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    if instrument is None:
        raise refused("instrument", "unknown_instrument")
    return ComparisonQuery(units=units, services=services, periods=periods, instrument=instrument, rules=rules, bom=bom)


def _units(parameters: Parameters, catalog: Catalog) -> tuple[Unit, ...]:
    named = parameters.parts("unit")
    if named is None:
        parameters.fault("unit", "required")
        return ()
    units = [catalog.unit(unit_id) for unit_id in named]
    known = tuple(unit for unit in units if unit is not None)
    if len(known) < len(named):
        parameters.fault("unit", "unknown_unit")
        return ()
    return known


def _check_periods(labels: Sequence[str], unit: Unit, parameters: Parameters) -> None:
    try:
        periods = [parse_period(label, unit.zone) for label in labels]
    except BadPeriod as error:
        parameters.fault("period", error.code)
        return
    periods.sort(key=lambda period: period.start)
    # The samples must be of different people, as far as anybody knows.
    if any(after.start < before.end for before, after in pairwise(periods)):
        parameters.fault("period", "overlapping_periods")


def _instrument(parameters: Parameters, catalog: Catalog, units: Sequence[Unit], services: Sequence[str]) -> str | None:
    """The questionnaire named, or the only one that all have."""
    named, known = parameters.text("instrument"), instruments_of(catalog)
    if named is not None:
        if named not in known:
            parameters.fault("instrument", "unknown_instrument")
            return None
        return named
    if not units:
        return None
    asked = [
        {key for service in unit.services if service.id in (services or (service.id,)) for key in service.instruments}
        for unit in units
    ]
    shared = sorted(set.intersection(*asked), key=list(known).index)
    if len(shared) != 1:
        parameters.fault("instrument", "instrument_needed", choices=shared)
        return None
    return shared[0]
