"""Which groups an answer to GET /v1/indices shows, and in which order: the catalog's, then what was only observed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from feedback_api.indices_query import IndicesQuery
from schemas.catalog import Service, Unit


@dataclass(frozen=True, slots=True)
class Group:
    """What one item is about; a dimension that is neither asked for nor grouped by is None."""

    unit: str
    instrument: str
    service: str | None
    touchpoint: str | None
    channel: str | None


def groups(query: IndicesQuery, units: Iterable[Unit], observed: Iterable[Mapping[str, str]]) -> list[Group]:
    """The groups that the catalog leads one to expect in `units`, and those that were observed there, in order.

    An expected group is shown although nobody has answered yet. What is retired, and every channel, is shown once
    it was observed.
    """
    units = list(units)
    found = {group for unit in units for group in _expected(query, unit)}
    found.update(observed_group(query, values) for values in observed)
    rank = _ranks(units)
    return sorted(
        found,
        key=lambda group: (
            rank.get(("unit", group.unit), 0),
            rank.get((group.unit, group.service), len(rank)),
            rank.get((group.unit, "at", group.touchpoint), len(rank)),
            group.service or "",
            group.touchpoint or "",
            group.channel or "",
            group.instrument,
        ),
    )


def observed_group(query: IndicesQuery, values: Mapping[str, str]) -> Group:
    """The group of counts that the read model grouped by these values."""
    return Group(
        values["unit"],
        values["instrument"],
        values.get("service", query.service),
        values.get("touchpoint", query.touchpoint),
        values.get("channel", query.channel),
    )


def _expected(query: IndicesQuery, unit: Unit) -> Iterator[Group]:
    if unit.retired or "channel" in query.group_by:
        return
    for service in unit.services:
        if service.retired or query.service not in (None, service.id):
            continue
        for touchpoint in _touchpoints(query, unit, service):
            for instrument in service.instruments:
                if query.instrument in (None, instrument):
                    shown = service.id if "service" in query.group_by else query.service
                    yield Group(unit.id, instrument, shown, touchpoint, query.channel)


def _touchpoints(query: IndicesQuery, unit: Unit, service: Service) -> set[str | None]:
    """The touchpoints to show a service under; {None} when the question is not about touchpoints."""
    if query.touchpoint is None and "touchpoint" not in query.group_by:
        return {None}
    return {
        touchpoint.id
        for touchpoint in unit.touchpoints
        if not touchpoint.retired and service.id in touchpoint.services and query.touchpoint in (None, touchpoint.id)
    }


def _ranks(units: Iterable[Unit]) -> dict[tuple[str | None, ...], int]:
    ranks: dict[tuple[str | None, ...], int] = {}
    for unit in units:
        ranks["unit", unit.id] = len(ranks)
        for service in unit.services:
            ranks[unit.id, service.id] = len(ranks)
        for touchpoint in unit.touchpoints:
            ranks[unit.id, "at", touchpoint.id] = len(ranks)
    return ranks
