"""Whether the catalog has where an import says it was asked, and how to add what it has not."""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from schemas.catalog import Catalog
from schemas.violation import printable

Fault = tuple[str, str]
"""(unit, service or touchpoint; sentence)"""


class Places:
    """Looks units, services and touchpoints up in the catalog, each combination once."""

    def __init__(self, catalog: Catalog, instrument: str) -> None:
        self._catalog, self._instrument = catalog, instrument
        self._known: dict[tuple[str, str, str], list[Fault]] = {}
        self._zones: dict[str | None, ZoneInfo] = {}

    def zone(self, unit: str | None) -> ZoneInfo:
        """The unit's own time zone; UTC where the catalog has no such unit, which is a fault of its own."""
        if unit not in self._zones:
            found = self._catalog.unit(unit) if unit else None
            self._zones[unit] = found.zone if found else ZoneInfo("UTC")
        return self._zones[unit]

    def faults(self, unit: str, service: str, touchpoint: str) -> list[Fault]:
        """Why rows from there can't be counted; empty when they can. What has been retired may be imported."""
        key = (unit, service, touchpoint)
        if key not in self._known:
            self._known[key] = self._faults(*key)
        return self._known[key]

    def touchpoint_faults(self, unit: str, touchpoint: str, services: Collection[str]) -> list[Fault]:
        """Whether the unit is there and this touchpoint of its imports; `services` are what it should ask about."""
        at_unit = self._catalog.unit(unit)
        if at_unit is None:
            return [("unit", f"the catalog has no unit {_name(unit)}; there are: {_some(self._units())}")]
        place = self._catalog.touchpoint(touchpoint)
        if place is not None and place[0].id == unit and place[1].channel == "import":
            return []
        importing = [one.id for one in at_unit.touchpoints if one.channel == "import"]
        others = f" (of channel import there are: {_some(importing)})" if importing else ""
        if place is not None and place[0].id == unit:
            sentence = f"touchpoint {_name(touchpoint)} is of channel {place[1].channel}, not import{others}"
            return [("touchpoint", sentence + _advice("survei-kertas", services))]
        sentence = f"unit {_name(unit)} has no touchpoint {_name(touchpoint)}{others}"
        return [("touchpoint", sentence + _advice(touchpoint, services))]

    def _faults(self, unit: str, service: str, touchpoint: str) -> list[Fault]:
        faults = self.touchpoint_faults(unit, touchpoint, [service])
        at_unit = self._catalog.unit(unit)
        if at_unit is None:
            return faults
        if self._catalog.service(unit, service) is None:
            services = _some([one.id for one in at_unit.services])
            faults.append(("service", f"unit {_name(unit)} has no service {_name(service)}; there are: {services}"))
        if faults:
            return faults
        codes = {fault.code for fault in self._catalog.faults(unit, service, touchpoint, self._instrument)}
        if "not_at_touchpoint" in codes:
            faults.append(("service", f"touchpoint {_name(touchpoint)} does not ask about {_name(service)}"))
        if "not_for_service" in codes:
            faults.append(("service", f"service {_name(service)} is not asked with {self._instrument}"))
        return faults

    def _units(self) -> list[str]:
        return [unit.id for unit in self._catalog.units]


def _advice(touchpoint: str, services: Collection[str]) -> str:
    named = ", ".join(printable(service)[:63] for service in sorted(services)[:12]) or "…"
    entry = f"- {{id: {printable(touchpoint)[:63]}, name: Survei kertas, channel: import, services: [{named}]}}"
    return f"; add this to the unit's touchpoints in the catalog file and `puas catalog apply` it:  {entry}"


def _name(text: str) -> str:
    return f'"{printable(text)[:63]}"'


def _some(ids: list[str]) -> str:
    return (", ".join(ids[:12]) + (", …" if len(ids) > 12 else "")) or "none"
