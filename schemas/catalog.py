"""Units, their services and their touchpoints: where feedback may come from and what it may be about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from schemas.catalog_document import CatalogSchema
from schemas.violation import Invalid, Violation, field_path, problems

Public = Literal["none", "unit", "services"]
"""What anybody may see of a unit's figures: nothing, the unit's own, or those of its services too."""


@dataclass(frozen=True, slots=True)
class Service:
    """What a visitor came for, and the questionnaires (instrument ids) that ask about it.

    `served` is how many people it served, by period label (a year, semester, quarter or month), where that is known.
    """

    id: str
    name: str
    instruments: tuple[str, ...]
    retired: bool = False
    served: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A kiosk or a QR code at a place; `services` are the ids it asks about."""

    id: str
    name: str
    channel: str
    access: str
    services: tuple[str, ...]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """An office. Retiring one retires its services and touchpoints with it; `served` is as in Service."""

    id: str
    name: str
    parent: str | None
    timezone: str
    services: tuple[Service, ...] = ()
    touchpoints: tuple[Touchpoint, ...] = ()
    retired: bool = False
    public: Public = "none"
    served: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every unit ever known, in the order of the catalog file. Unit and touchpoint ids are unique in a catalog.

    `instruments` are the questionnaires that offices made themselves, as documents: each is fixed under its id for
    ever. `instruments_text` is their JSON, the same for catalogs with the same ones, and quick to compare and to hash.
    """

    units: tuple[Unit, ...]
    instruments: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    instruments_text: str = field(init=False, repr=False, compare=False)
    _units: Mapping[str, Unit] = field(init=False, repr=False, compare=False)
    _services: Mapping[tuple[str, str], Service] = field(init=False, repr=False, compare=False)
    _touchpoints: Mapping[str, tuple[Unit, Touchpoint]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        services = {(unit.id, service.id): service for unit in self.units for service in unit.services}
        touchpoints = {touchpoint.id: (unit, touchpoint) for unit in self.units for touchpoint in unit.touchpoints}
        text = json.dumps(self.instruments, ensure_ascii=False, separators=(",", ":"))
        object.__setattr__(self, "instruments_text", text)
        object.__setattr__(self, "_units", {unit.id: unit for unit in self.units})
        object.__setattr__(self, "_services", services)
        object.__setattr__(self, "_touchpoints", touchpoints)

    def unit(self, unit_id: str) -> Unit | None:
        return self._units.get(unit_id)

    def service(self, unit_id: str, service_id: str) -> Service | None:
        return self._services.get((unit_id, service_id))

    def touchpoint(self, touchpoint_id: str) -> tuple[Unit, Touchpoint] | None:
        """The touchpoint and the unit it stands in."""
        return self._touchpoints.get(touchpoint_id)

    def faults(
        self, unit: str, service: str, touchpoint: str, instrument: str, *, allow_retired: bool = False
    ) -> list[Violation]:
        """Why feedback with these ids does not fit; empty when it does.

        `allow_retired` is for the past: feedback already accepted must only name things the catalog knows, though they
        have since been retired, moved to another unit, or lost a service or an instrument.
        """
        place = self._touchpoints.get(touchpoint)
        at_unit, at_service = self._units.get(unit), self._services.get((unit, service))
        if at_unit is None:
            return [Violation("unit", "unknown_unit")]
        faults = []
        if at_service is None:
            faults.append(Violation("service", "unknown_service"))
        if place is None or not (place[0].id == unit or allow_retired):
            faults.append(Violation("touchpoint", "unknown_touchpoint"))
        if faults or at_service is None or place is None or allow_retired:
            return faults
        if at_unit.retired:
            return [Violation("unit", "retired_unit")]
        if at_service.retired:
            faults.append(Violation("service", "retired_service"))
        if place[1].retired:
            faults.append(Violation("touchpoint", "retired_touchpoint"))
        if faults:
            return faults
        if service not in place[1].services:
            faults.append(Violation("service", "not_at_touchpoint"))
        if instrument not in at_service.instruments:
            faults.append(Violation("instrument", "not_for_service"))
        return faults


EMPTY = Catalog(())


def to_document(catalog: Catalog) -> dict[str, Any]:
    """The catalog as a JSON value, the shape `GET /v1/catalog` answers; what is as by default is left out."""
    own = {"instruments": [dict(instrument) for instrument in catalog.instruments]} if catalog.instruments else {}
    return own | {"units": [_unit_document(unit) for unit in catalog.units]}


def _unit_document(unit: Unit) -> dict[str, Any]:
    services = [
        {"id": service.id, "name": service.name, "instruments": list(service.instruments)}
        | _served(service.served)
        | _retired(service.retired)
        for service in unit.services
    ]
    touchpoints = [
        {
            "id": touchpoint.id,
            "name": touchpoint.name,
            "channel": touchpoint.channel,
            "access": touchpoint.access,
            "services": list(touchpoint.services),
        }
        | _retired(touchpoint.retired)
        for touchpoint in unit.touchpoints
    ]
    return {
        "id": unit.id,
        "name": unit.name,
        "parent": unit.parent,
        "timezone": unit.timezone,
        **({} if unit.public == "none" else {"public": unit.public}),
        **_served(unit.served),
        "services": services,
        "touchpoints": touchpoints,
    } | _retired(unit.retired)


def _served(served: Mapping[str, int]) -> dict[str, dict[str, int]]:
    return {"served": dict(served)} if served else {}


def _retired(retired: bool) -> dict[str, bool]:
    return {"retired": True} if retired else {}


def from_document(document: object) -> Catalog:
    """The catalog `to_document` wrote. Raises Invalid for any other shape; references are not checked."""
    if not isinstance(document, dict):
        raise Invalid([Violation("", "not_an_object")])
    try:
        loaded = CatalogSchema().load(document)
    except ValidationError as error:
        found = problems(error.messages)
        raise Invalid(Violation(field_path(path), code, params) for path, code, params in found) from None
    return Catalog(tuple(_unit(unit) for unit in loaded["units"]), tuple(loaded["instruments"]))


def _unit(loaded: dict[str, Any]) -> Unit:
    services = tuple(
        Service(**service | {"instruments": tuple(service["instruments"])}) for service in loaded["services"]
    )
    touchpoints = tuple(
        Touchpoint(**touchpoint | {"services": tuple(touchpoint["services"])}) for touchpoint in loaded["touchpoints"]
    )
    return Unit(**loaded | {"services": services, "touchpoints": touchpoints})
