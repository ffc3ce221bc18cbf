"""Figures as published: months inside a closed period count as they were closed, whatever arrived later."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from sqlalchemy import Connection

from readmodel.closing_cells import FrozenTally
from readmodel.closings import Closing, frozen_tallies, in_force, months_of
from readmodel.queries import TallyGroup
from reporting.figure import ClosingRef, Figure, is_whole
from reporting.figure_groups import Subject
from satisfaction.periods import Period, split
from satisfaction.tally import Tally
from schemas.catalog import Catalog, Unit

Recount = Callable[[Unit, Sequence[Period]], Mapping[tuple[Subject, int], TallyGroup]]
"""What is counted now of a unit, per subject and index of the period."""
_Sides = tuple[Tally, Tally]
"""Included, excluded."""


def as_published(conn: Connection, catalog: Catalog, figures: Iterable[Figure], recount: Recount) -> list[Figure]:
    """The figures; of periods made of whole months, those months that a closing holds as it froze them.

    Closings in force agree on the months they share. A figure of a whole closed period names its closing. A closing
    holds no counts of two cuts at once (women at a touchpoint, say): such a figure stays as it is counted now.
    """
    figures = list(figures)
    closed = in_force(conn, {figure.unit for figure in figures})
    known = {unit: catalog.unit(unit) for unit, _label in closed}
    units = {unit: _Unit(conn, office, recount) for unit, office in known.items() if office is not None}
    for (unit, _label), closing in closed.items():
        if unit in units:
            units[unit].closings.update(dict.fromkeys(months_of(closing.period), closing))
    found = []
    for figure in figures:
        published = units[figure.unit].published(figure) if figure.unit in units else None
        if published is None:
            found.append(figure)
            continue
        included, excluded = published
        named = closed.get((figure.unit, figure.period.label))
        late = _responses(figure.included, figure.excluded) - _responses(included, excluded)
        whole = named is not None and is_whole(figure.period, units[figure.unit].unit.zone)
        reference = _reference(named, max(0, late)) if named is not None and whole else None
        found.append(replace(figure, included=included, excluded=excluded, closing=reference))
    return found


@dataclass(slots=True)
class _Unit:
    """A unit with closings; `closings` by the months (yyyymm) they hold."""

    conn: Connection
    unit: Unit
    recount: Recount
    closings: dict[int, Closing] = field(default_factory=dict)
    _frozen: dict[tuple[str, str], list[FrozenTally]] = field(default_factory=dict)
    _open: dict[str, list[Mapping[Subject, _Sides]]] = field(default_factory=dict)

    def published(self, figure: Figure) -> _Sides | None:
        """The counts of a figure as published; None where they are those of now."""
        months, cut = _months(figure.period, self.unit.zone), _cut(figure)
        if cut is None or not any(month in self.closings for month in months):
            return None
        parts = [self._frozen_part(figure, cut, month) for month in months if month in self.closings]
        if any(month not in self.closings for month in months):
            parts += self._open_parts(figure, [part for month, part in months.items() if month not in self.closings])
        return Tally.merged(part[0] for part in parts), Tally.merged(part[1] for part in parts)

    def _frozen_part(self, figure: Figure, cut: tuple[str, str], month: int) -> _Sides:
        closing = self.closings[month]
        key = closing.period, cut[0]
        if key not in self._frozen:
            self._frozen[key] = frozen_tallies(self.conn, closing, cut[0])
        mine = [
            each
            for each in self._frozen[key]
            if (each.month, each.instrument, each.value) == (month, figure.instrument, cut[1])
            and figure.service in (None, each.service)
        ]
        return Tally.merged(each.tally for each in mine), Tally.merged(each.excluded_tally for each in mine)

    def _open_parts(self, figure: Figure, periods: Sequence[Period]) -> list[_Sides]:
        key = figure.period.label
        if key not in self._open:
            found: list[dict[Subject, _Sides]] = [{} for _ in periods]
            for (subject, at), counts in self.recount(self.unit, periods).items():
                found[at][subject] = counts.tally, counts.excluded_tally
            self._open[key] = list(found)
        subject = Subject(
            figure.unit,
            figure.instrument,
            figure.service,
            figure.touchpoint,
            figure.channel,
            tuple(figure.respondent.items()),
        )
        return [part[subject] for part in self._open[key] if subject in part]


def _months(period: Period, zone: tzinfo) -> dict[int, Period]:
    """The months (yyyymm) that a period is made of, none when it is not made of whole months."""
    if any((edge.day, edge.hour, edge.minute) != (1, 0, 0) for edge in (period.start, period.end)):
        return {}
    return {int(month.label.replace("-", "")): month for month in split(period, "month", zone)}


def _cut(figure: Figure) -> tuple[str, str] | None:
    """The cut that the figure is of, ("", "") for all responses; None for more than one."""
    cuts = [("touchpoint", figure.touchpoint), ("channel", figure.channel), *figure.respondent.items()]
    named = [(name, value) for name, value in cuts if value is not None]
    return None if len(named) > 1 else named[0] if named else ("", "")


def _responses(included: Tally, excluded: Tally) -> int:
    return included.responses + excluded.responses


def _reference(closing: Closing, late: int) -> ClosingRef:
    return ClosingRef(closing.revision, closing.closed_ms, closing.digest, late, closing.rules.get("weights"))
