"""Figures of closed periods as they were closed: what arrives later is told beside them and changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from readmodel.closing_cells import FrozenTally
from readmodel.closings import Closing, frozen_tallies, in_force
from reporting.figure import ClosingRef, Figure, is_whole
from satisfaction.tally import Tally
from schemas.catalog import Catalog

Frozen = Mapping[tuple[str, str], Sequence[FrozenTally]]
"""By questionnaire and value of the cut, the counts of each service and month."""


def as_published(conn: Connection, catalog: Catalog, figures: Iterable[Figure]) -> list[Figure]:
    """The figures, those of a whole closed period with the counts of its latest closing.

    A closing holds no counts of two cuts at once (women at a touchpoint, say): such a figure stays as it is counted
    now, and names no closing.
    """
    figures = list(figures)
    closed = in_force(conn, {figure.unit for figure in figures})
    read: dict[tuple[str, str, str], Frozen] = {}
    found = []
    for figure in figures:
        closing = closed.get((figure.unit, figure.period.label))
        cut = _cut(figure)
        if closing is None or cut is None or not _whole(catalog, figure):
            found.append(figure)
            continue
        key = (closing.unit, closing.period, cut[0])
        if key not in read:
            read[key] = _frozen(conn, closing, cut[0])
        found.append(_as_closed(figure, closing, read[key].get((figure.instrument, cut[1]), ())))
    return found


def _cut(figure: Figure) -> tuple[str, str] | None:
    """The cut that the figure is of, ("", "") for all responses; None for more than one."""
    cuts = [("touchpoint", figure.touchpoint), ("channel", figure.channel), *figure.respondent.items()]
    named = [(name, value) for name, value in cuts if value is not None]
    return None if len(named) > 1 else named[0] if named else ("", "")


def _whole(catalog: Catalog, figure: Figure) -> bool:
    unit = catalog.unit(figure.unit)
    return unit is not None and is_whole(figure.period, unit.zone)


def _frozen(conn: Connection, closing: Closing, cut: str) -> Frozen:
    found: dict[tuple[str, str], list[FrozenTally]] = defaultdict(list)
    for each in frozen_tallies(conn, closing, cut):
        found[each.instrument, each.value].append(each)
    return found


def _as_closed(figure: Figure, closing: Closing, frozen: Iterable[FrozenTally]) -> Figure:
    mine = [each for each in frozen if figure.service in (None, each.service)]
    included = Tally.merged(each.tally for each in mine)
    excluded = Tally.merged(each.excluded_tally for each in mine)
    counted = included.responses + excluded.responses
    late = max(0, figure.included.responses + figure.excluded.responses - counted)
    closed = ClosingRef(closing.revision, closing.closed_ms, closing.digest, late, closing.rules.get("weights"))
    return replace(figure, included=included, excluded=excluded, closing=closed)
