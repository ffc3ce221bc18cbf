"""Offices as plain numbers: how many responses each service got in each month, and the public rows they make."""

from collections.abc import Iterator, Mapping
from itertools import product

from satisfaction.period_tree import holding, months_of
from satisfaction.suppression import Row

YEARS = ("2025", "2026")
SIZES = (0, 0, 0, 0, 1, 2, 3, 7, 9, 10, 11, 14, 25, 60)
LABELS = tuple(
    dict.fromkeys(label for year in YEARS for month in months_of(year) for label in reversed(holding(month)))
)
Months = Mapping[str, Mapping[str, int]]


def amounts(months: Months) -> dict[str, dict[str, tuple[int]]]:
    return {part: {month: (n,) for month, n in counts.items()} for part, counts in months.items()}


def cells(months: Months, row: Row) -> Iterator[tuple[str, str]]:
    """The smallest rows, one service in one month, that a row is the sum of."""
    service, label = row
    parts = months if service is None else [service]
    yield from ((part, month) for part in parts for month in months_of(label))


def size(months: Months, row: Row) -> int:
    return sum(months[part].get(month, 0) for part, month in cells(months, row))


def rows(months: Months, whole_only: bool) -> list[Row]:
    return [*product((None, *(() if whole_only else months)), LABELS)]
