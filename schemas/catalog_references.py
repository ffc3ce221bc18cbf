"""What a catalog can still get wrong between its entries: ids used twice, ids that name nothing, units in a circle.

It looks at the document as it was written, so that a fault of shape elsewhere hides none of these.
"""

from collections.abc import Collection, Iterator
from typing import Any

from schemas.fields import is_slug

Fault = tuple[str, str]
"""(dotted field, sentence)"""
Entry = dict[str, Any]


def reference_faults(document: object, known_instruments: Collection[str]) -> Iterator[Fault]:
    """Every fault between the entries of a document about to become a catalog.

    Entries and values of the wrong shape are passed over; of instruments, services and parents that name nothing the
    ill-formed ones are told too.
    """
    if isinstance(document, dict) and document.get("units") == []:
        yield "units", "units is empty: a catalog without a unit would retire everything"
    units = list(entries(document, "units", ""))
    yield from _unit_faults(units)
    touchpoints_seen: dict[str, str] = {}
    for field, unit in units:
        yield from _service_faults(field, unit, known_instruments)
        yield from _touchpoint_faults(field, unit, touchpoints_seen)


def entries(parent: object, key: str, field: str) -> Iterator[tuple[str, Entry]]:
    """(dotted field, entry) of each block in the list under `key`."""
    items = parent.get(key) if isinstance(parent, dict) else None
    for at, entry in enumerate(items if isinstance(items, list) else ()):
        if isinstance(entry, dict):
            yield f"{field}{key}.{at}", entry


def word(entry: Entry, key: str) -> str | None:
    """The text under `key`; None for anything else."""
    value = entry.get(key)
    return value if isinstance(value, str) else None


def _words(entry: Entry, key: str) -> Iterator[tuple[int, str]]:
    """(position, text) of each text in the list under `key`."""
    items = entry.get(key)
    for at, word in enumerate(items if isinstance(items, list) else ()):
        if isinstance(word, str):
            yield at, word


def _id(entry: Entry, key: str = "id") -> str | None:
    value = entry.get(key)
    return value if isinstance(value, str) and is_slug(value) else None


def _called(unit: Entry) -> str:
    unit_id = _id(unit)
    return f'unit "{unit_id}"' if unit_id else "its unit"


def _unit_faults(units: list[tuple[str, Entry]]) -> Iterator[Fault]:
    parents: dict[str, str | None] = {}
    for field, unit in units:
        unit_id = _id(unit)
        if unit_id in parents:
            yield f"{field}.id", f'unit id "{unit_id}" is used twice'
        elif unit_id:
            parents[unit_id] = _id(unit, "parent")
    circling = _in_circles(parents)
    for field, unit in units:
        parent = _id(unit, "parent")
        if parent and parent not in parents:
            yield f"{field}.parent", f'parent "{parent}" is not the id of a unit'
        elif _id(unit) in circling:
            yield f"{field}.parent", f'unit "{_id(unit)}" is its own ancestor'


def _in_circles(parents: dict[str, str | None]) -> set[str]:
    """The units that are their own ancestors; each unit is passed once."""
    circling: set[str] = set()
    done: set[str] = set()
    for start in parents:
        trail: dict[str, int] = {}
        at: str | None = start
        while at in parents and at not in done and at not in trail:
            trail[at] = len(trail)
            at = parents[at]
        if at in trail:
            circling.update(list(trail)[trail[at] :])
        done.update(trail)
    return circling


def _service_faults(field: str, unit: Entry, known_instruments: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for here, service in entries(unit, "services", f"{field}."):
        service_id = _id(service)
        if service_id in seen:
            yield f"{here}.id", f'service id "{service_id}" is used twice in {_called(unit)}'
        elif service_id:
            seen.add(service_id)
        yield from _instrument_faults(here, service, known_instruments)


def _instrument_faults(field: str, service: Entry, known_instruments: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, instrument in _words(service, "instruments"):
        if instrument not in known_instruments:
            known = ", ".join(sorted(known_instruments))
            yield f"{field}.instruments.{at}", f'instrument "{instrument}" does not exist; there are: {known}'
        elif instrument in seen:
            yield f"{field}.instruments.{at}", f'instrument "{instrument}" is listed twice'
        seen.add(instrument)


def _touchpoint_faults(field: str, unit: Entry, touchpoints_seen: dict[str, str]) -> Iterator[Fault]:
    services = {_id(service) for _, service in entries(unit, "services", "")}
    for here, touchpoint in entries(unit, "touchpoints", f"{field}."):
        touchpoint_id = _id(touchpoint)
        if touchpoint_id in touchpoints_seen:
            where = touchpoints_seen[touchpoint_id]
            yield f"{here}.id", f'touchpoint id "{touchpoint_id}" is already used in {where}'
        elif touchpoint_id:
            touchpoints_seen[touchpoint_id] = _called(unit)
        yield from _offer_faults(here, unit, touchpoint, services)


def _offer_faults(field: str, unit: Entry, touchpoint: Entry, services: Collection[str | None]) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, service in _words(touchpoint, "services"):
        if service not in services:
            yield f"{field}.services.{at}", f'service "{service}" is not a service of {_called(unit)}'
        elif service in seen:
            yield f"{field}.services.{at}", f'service "{service}" is listed twice'
        seen.add(service)
