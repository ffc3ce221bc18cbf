"""What applying a catalog changes, in lines an operator reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.catalog import Catalog, Service, Touchpoint, Unit

_Entry = Unit | Service | Touchpoint


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry and how it is called; `unit` is the id of the unit it belongs to."""

    kind: str
    unit: str
    name: str
    entry: _Entry


def changes(before: Catalog, after: Catalog) -> Iterator[str]:
    """English lines from `before` to `after`, which `merge` made of it; none when they are equal."""
    old, new = dict(_places(before)), dict(_places(after))
    known = {instrument["id"] for instrument in before.instruments}
    told = [f"instrument {made['id']} added" for made in after.instruments if made["id"] not in known]
    told += [line for key, place in new.items() for line in _of_one(old.get(key), place)]
    yield from told
    if before != after and (not told or _steady(old, new) != _steady(new, old)):
        yield "order changed"


def _places(catalog: Catalog) -> Iterator[tuple[str, _Place]]:
    """Every entry by what identifies it: a touchpoint does so wherever it stands."""
    for unit in catalog.units:
        yield f"unit {unit.id}", _Place("unit", unit.id, f"unit {unit.id}", unit)
        for service in unit.services:
            name = f"service {unit.id}/{service.id}"
            yield name, _Place("service", unit.id, name, service)
        for touchpoint in unit.touchpoints:
            name = f"touchpoint {unit.id}/{touchpoint.id}"
            yield f"touchpoint {touchpoint.id}", _Place("touchpoint", unit.id, name, touchpoint)


def _of_one(old: _Place | None, new: _Place) -> Iterator[str]:
    if old is None:
        yield f"{new.name} added"
        return
    if old.unit != new.unit:
        yield f"{new.kind} {new.entry.id} moved from {old.unit} to {new.unit}"
    if new.entry.retired and not old.entry.retired:
        yield f"{new.name} retired"
    if old.entry.retired and not new.entry.retired:
        yield f"{new.name} is back"
    if old.entry.name != new.entry.name:
        yield f'{new.name} renamed "{old.entry.name}" → "{new.entry.name}"'
    said, says = _own(old.entry), _own(new.entry)
    for field in said | says:
        was, becomes = said.get(field, "none"), says.get(field, "none")
        if was != becomes:
            yield f"{new.name} {field}: {was} → {becomes}"


def _own(entry: _Entry) -> dict[str, str]:
    """What an entry says of itself beside its name, as text."""
    if isinstance(entry, Unit):
        return {"parent": entry.parent or "none", "timezone": entry.timezone, "public": entry.public} | _served(entry)
    if isinstance(entry, Service):
        return {"instruments": _listed(entry.instruments)} | _served(entry)
    return {"channel": entry.channel, "access": entry.access, "services": _listed(entry.services)}


def _served(entry: Unit | Service) -> dict[str, str]:
    return {f"served in {label}": str(people) for label, people in sorted(entry.served.items())}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"


def _steady(these: dict[str, _Place], those: dict[str, _Place]) -> list[str]:
    """The keys of `these` in order: what is in both, in the same unit, and retired in neither."""
    return [
        key
        for key, place in these.items()
        if key in those and those[key].unit == place.unit and not (place.entry.retired or those[key].entry.retired)
    ]
