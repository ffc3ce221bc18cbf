"""The calendar's tree, by the labels of periods: a year, its half-years, their quarters, their months."""

from functools import cache


@cache
def parts_of(label: str) -> tuple[str, ...]:
    """The periods that make up a longer one; none for a month.

    >>> parts_of("2026"), parts_of("2026-S2"), parts_of("2026-Q4"), parts_of("2026-12")
    (('2026-S1', '2026-S2'), ('2026-Q3', '2026-Q4'), ('2026-10', '2026-11', '2026-12'), ())
    """
    year, _, rest = label.partition("-")
    if not rest:
        return f"{year}-S1", f"{year}-S2"
    if rest[0] == "S":
        return tuple(f"{year}-Q{2 * int(rest[1]) - back}" for back in (1, 0))
    if rest[0] == "Q":
        return tuple(f"{year}-{3 * int(rest[1]) - back:02}" for back in (2, 1, 0))
    return ()


def holding(month: str) -> tuple[str, ...]:
    """A month and the longer periods it lies in.

    >>> holding("2026-11")
    ('2026-11', '2026-Q4', '2026-S2', '2026')
    """
    year, number = month[:4], int(month[5:])
    return month, f"{year}-Q{(number + 2) // 3}", f"{year}-S{1 + number // 7}", year


def months_of(label: str) -> tuple[str, ...]:
    """The months of a period.

    >>> months_of("2026-Q1"), len(months_of("2026"))
    (('2026-01', '2026-02', '2026-03'), 12)
    """
    shorter = parts_of(label)
    return tuple(month for part in shorter for month in months_of(part)) if shorter else (label,)
