"""Telling which of many spans, that may overlap, a number lies in."""

from bisect import bisect_right
from collections.abc import Sequence

Range = tuple[int, int]
"""First and last, both included."""


class Stretches:
    """Ranges of whole numbers, each for some spans, cut where another begins or ends."""

    def __init__(self, wanted: Sequence[tuple[Range, int]]) -> None:
        """`wanted` are ranges with the index of the span each belongs to."""
        self._starts = sorted({number for (first, last), _span in wanted for number in (first, last + 1)})
        places = {number: place for place, number in enumerate(self._starts)}
        self._inside: list[list[int]] = [[] for _ in self._starts]
        for (first, last), span in wanted:
            for place in range(places[first], places[last + 1]):
                self._inside[place].append(span)

    def spans(self, number: int) -> Sequence[int]:
        """The spans that a number lies in."""
        place = bisect_right(self._starts, number) - 1
        return self._inside[place] if place >= 0 else ()

    def ranges(self, most: int = 16) -> list[Range]:
        """Ranges that hold all of them, apart from each other; where there would be more than `most`, one."""
        found: list[Range] = []
        for place, inside in enumerate(self._inside):
            if not inside:
                continue
            first, after = self._starts[place], self._starts[place + 1]
            if found and found[-1][1] + 1 == first:
                found[-1] = found[-1][0], after - 1
            else:
                found.append((first, after - 1))
        return found if len(found) <= most else [(found[0][0], found[-1][1])]
