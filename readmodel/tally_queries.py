"""The counts behind every index: sums over cells, and over responses only for what no cell holds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, select, union_all

from readmodel.packing import Pack, tally, total, unpack
from readmodel.scanning import MOST, scanned
from readmodel.scope import EVERYTHING, RESPONDENT_FIELDS, Dimension, Scope, Span
from readmodel.stretches import Range, Stretches
from readmodel.tables import cells, response_totals
from satisfaction.periods import Grain, Run, runs
from satisfaction.tally import Tally

_CUTS: tuple[Dimension, ...] = ("touchpoint", "channel", *RESPONDENT_FIELDS)
_FOLD = 256


@dataclass(frozen=True, slots=True)
class TallyGroup:
    """The counts of one group in one span.

    `group` holds the dimensions grouped by. `tally` is of included responses; `excluded` is how many misuse rules left
    out, and `excluded_tally` is theirs, for telling what the index would be with them.
    """

    label: str
    group: Mapping[str, str]
    tally: Tally
    excluded_tally: Tally

    @property
    def excluded(self) -> int:
        """How many responses misuse rules left out."""
        return self.excluded_tally.responses


_Found = tuple[int, tuple[str, ...], bool, Pack]
"""Index of the span, values of the dimensions, included, counts."""


def tallies(
    conn: Connection,
    spans: Sequence[Span],
    scope: Scope = EVERYTHING,
    group_by: Sequence[Dimension] = ("unit", "instrument"),
    most: int = MOST,
) -> list[TallyGroup]:
    """The counts of each group in each span: one answer for any number of spans, which may overlap.

    A group without a single response in a span is left out. Ordered by span as given, then by group. Filtered and
    grouped by at most one of touchpoint, channel and the fields of the respondent (these in whole days) it is a sum of
    few rows whatever the number of responses; otherwise responses are read, and TooMuch is raised where there are more
    than `most`.
    """
    wanted = [(at, run) for at, span in enumerate(spans) for run in runs(span.start, span.end, span.zone)]
    if not wanted:
        return []
    cut = _cut(scope, group_by)
    hours = any(run.grain == "hour" for _at, run in wanted)
    if cut is None or (cut in RESPONDENT_FIELDS and hours):
        found = scanned(conn, spans, scope, group_by, most)
    else:
        found = _counted(conn, wanted, scope, cut, group_by)
    packs: dict[tuple[int, tuple[str, ...], bool], list[Pack]] = defaultdict(list)
    for at, values, included, pack in found:
        alike = packs[at, values, included]
        alike.append(pack)
        if len(alike) > _FOLD:
            alike[:] = [total(alike)]
    return [
        TallyGroup(
            spans[at].label,
            dict(zip(group_by, values, strict=True)),
            tally(packs.get((at, values, True), ())),
            tally(packs.get((at, values, False), ())),
        )
        for at, values in sorted({(at, values) for at, values, _included in packs})
    ]


def _cut(scope: Scope, group_by: Sequence[Dimension]) -> str | None:
    """The cut whose cells answer the question, None when there is none."""
    named = [each for each in _CUTS if each in group_by or scope.values(each) is not None]
    return None if len(named) > 1 else "".join(named)


def _counted(
    conn: Connection, wanted: Sequence[tuple[int, Run]], scope: Scope, cut: str, group_by: Sequence[Dimension]
) -> Iterator[_Found]:
    by_grain: dict[Grain, list[tuple[Range, int]]] = defaultdict(list)
    for at, run in wanted:
        if run.grain == "year" and cut in RESPONDENT_FIELDS:
            by_grain["month"].append(((run.first * 100 + 1, run.last * 100 + 12), at))
        else:
            by_grain[run.grain].append(((run.first, run.last), at))
    stretches = {grain: Stretches(ranges) for grain, ranges in by_grain.items()}
    asked = [(grain, each) for grain, found in stretches.items() for each in found.ranges()]
    rows: Iterable[Sequence[Any]] = conn.execute(_query(asked, scope, cut, group_by))
    for row in rows:
        grain, number, included, n, counts = row[:5]
        spans = stretches[grain].spans(number)
        if spans:
            pack, values = unpack(n, counts), tuple(row[5:])
            for at in spans:
                yield at, values, included, pack


def _query(asked: Sequence[tuple[Grain, Range]], scope: Scope, cut: str, group_by: Sequence[Dimension]) -> Executable:
    """All cells of these grains and ranges.

    Which services a unit ever had is small to read, and makes each of them one search by the key of `cells`.
    """
    columns, totals = cells.c, response_totals.c
    chosen = select(totals.unit, totals.service).distinct()
    for name in ("unit", "service"):
        values = scope.values(name)
        if values is not None:
            chosen = chosen.where(totals[name].in_(sorted(values)))
    known = chosen.cte("known")
    shown = [columns.value if name == cut else columns[name] for name in group_by]
    query = (
        select(columns.grain, columns.at, columns.included, columns.n, columns.counts, *shown)
        .join_from(known, cells, (columns.unit == known.c.unit) & (columns.service == known.c.service))
        .where(columns.cut == cut)
    )
    for column, values in ((columns.value, cut and scope.values(cut)), (columns.instrument, scope.instrument)):
        if values is not None and values != "":
            query = query.where(column.in_(sorted(values)))
    arms = [query.where(columns.grain == grain, columns.at.between(first, last)) for grain, (first, last) in asked]
    return arms[0] if len(arms) == 1 else union_all(*arms)
