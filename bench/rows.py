"""What was measured, as the one table that is printed."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing measured once per round.

    `ratios` compare each round's value with the yardstick's of the same round, so that a machine that is slow for a
    minute is slow for both. `cpu_us` is processor time of the server per request, which suffers less from neighbours.
    """

    what: str
    unit: str
    values: Sequence[float]
    ratios: Sequence[float] = ()
    cpu_us: Sequence[float] = ()
    p50_ms: Sequence[float] = ()
    p99_ms: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that may be compared with each other; `yardstick` is what the ratios are to."""

    title: str
    yardstick: str
    rows: Sequence[Row] = field(default_factory=tuple)


def table(sections: Iterable[Section], rounds: int) -> Table:
    """Medians and, in brackets, the smallest and largest of all rounds."""
    caption = f"Median (min-max) of {rounds} rounds on {os.cpu_count()} cores, Python {platform.python_version()}."
    made = Table(box=SIMPLE_HEAD, caption=caption, caption_justify="left", title_justify="left")
    for heading in ("", "measured", "ratio", "CPU µs", "p50 ms", "p99 ms"):
        made.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    for section in sections:
        yardstick = f"to {section.yardstick}" if section.yardstick else ""
        made.add_row(f"[bold]{section.title}[/bold]", "", f"[dim]{yardstick}[/dim]")
        for row in section.rows:
            measured = f"{_spread(row.values, _digits(row.values))} {row.unit}"
            times = (_spread(each, 0) for each in (row.cpu_us, row.p50_ms, row.p99_ms))
            made.add_row(f"  {row.what}", measured, _spread(row.ratios, 2), *times)
        made.add_section()
    return made


def _spread(values: Sequence[float], digits: int) -> str:
    """
    >>> _spread([3.0, 1.0, 2.0], 1)
    '2.0 (1.0-3.0)'
    """
    if not values:
        return ""
    middle, least, most = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return middle if len(values) == 1 else f"{middle} ({least}-{most})"


def _digits(values: Sequence[float]) -> int:
    return 0 if median(values) >= 20 else 1
