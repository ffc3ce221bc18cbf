"""What a well-formed catalog can still get wrong: ids used twice, ids that name nothing, units in a circle."""

from collections.abc import Collection, Iterator

from schemas.catalog import Catalog, Service, Touchpoint, Unit

Fault = tuple[str, str]
"""(dotted field, sentence)"""


def reference_faults(catalog: Catalog, known_instruments: Collection[str]) -> list[Fault]:
    """Every fault between the entries of a catalog about to be applied."""
    if not catalog.units:
        return [("units", "units is empty: a catalog without a unit would retire everything")]
    faults = list(_unit_faults(catalog))
    touchpoints_seen: dict[str, str] = {}
    for at, unit in enumerate(catalog.units):
        field = f"units.{at}"
        faults.extend(_service_faults(field, unit, known_instruments))
        faults.extend(_touchpoint_faults(field, unit, touchpoints_seen))
    return faults


def _unit_faults(catalog: Catalog) -> Iterator[Fault]:
    parents: dict[str, str | None] = {}
    for at, unit in enumerate(catalog.units):
        if unit.id in parents:
            yield f"units.{at}.id", f'unit id "{unit.id}" is used twice'
        parents.setdefault(unit.id, unit.parent)
    for at, unit in enumerate(catalog.units):
        if unit.parent is not None and unit.parent not in parents:
            yield f"units.{at}.parent", f'parent "{unit.parent}" is not the id of a unit'
        elif _is_own_ancestor(unit.id, parents):
            yield f"units.{at}.parent", f'unit "{unit.id}" is its own ancestor'


def _is_own_ancestor(unit_id: str, parents: dict[str, str | None]) -> bool:
    passed: set[str] = set()
    ancestor = parents[unit_id]
    while ancestor is not None and ancestor not in passed:
        if ancestor == unit_id:
            return True
        passed.add(ancestor)
        ancestor = parents.get(ancestor)
    return False


def _service_faults(field: str, unit: Unit, known_instruments: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, service in enumerate(unit.services):
        here = f"{field}.services.{at}"
        if service.id in seen:
            yield f"{here}.id", f'service id "{service.id}" is used twice in unit "{unit.id}"'
        seen.add(service.id)
        yield from _instrument_faults(here, service, known_instruments)


def _instrument_faults(field: str, service: Service, known_instruments: Collection[str]) -> Iterator[Fault]:
    for at, instrument in enumerate(service.instruments):
        here = f"{field}.instruments.{at}"
        if instrument not in known_instruments:
            known = ", ".join(sorted(known_instruments))
            yield here, f'instrument "{instrument}" does not exist; there are: {known}'
        elif instrument in service.instruments[:at]:
            yield here, f'instrument "{instrument}" is listed twice'


def _touchpoint_faults(field: str, unit: Unit, seen: dict[str, str]) -> Iterator[Fault]:
    services = {service.id for service in unit.services}
    for at, touchpoint in enumerate(unit.touchpoints):
        here = f"{field}.touchpoints.{at}"
        if touchpoint.id in seen:
            yield f"{here}.id", f'touchpoint id "{touchpoint.id}" is already used in unit "{seen[touchpoint.id]}"'
        seen.setdefault(touchpoint.id, unit.id)
        if touchpoint.access != "open":
            yield f"{here}.access", f'access "{touchpoint.access}" is not available in this version; use open'
        yield from _offer_faults(here, unit, touchpoint, services)


def _offer_faults(field: str, unit: Unit, touchpoint: Touchpoint, services: Collection[str]) -> Iterator[Fault]:
    for at, service in enumerate(touchpoint.services):
        if service not in services:
            yield f"{field}.services.{at}", f'service "{service}" is not a service of unit "{unit.id}"'
        elif service in touchpoint.services[:at]:
            yield f"{field}.services.{at}", f'service "{service}" is listed twice'
