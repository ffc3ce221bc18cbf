"""An attacker who writes down everything public as equations, and solves them exactly."""

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import Any

Unknown = Hashable
Equation = Mapping[Any, Fraction | int]
"""Coefficients of a sum whose value the attacker knows."""


class Attacker:
    """What can be computed by adding and subtracting what was learned, with any factors: the row space, exactly."""

    def __init__(self) -> None:
        self._order: dict[Unknown, int] = {}
        self._known: dict[int, dict[int, Fraction]] = {}

    def learn(self, equation: Equation) -> None:
        """Remember that the value of this sum is public."""
        rest = self._reduced(equation)
        if rest:
            first = min(rest)
            self._known[first] = {at: value / rest[first] for at, value in rest.items()}

    def can_tell(self, equation: Equation) -> bool:
        """Whether the value of this sum follows from what is public."""
        return not self._reduced(equation)

    def _reduced(self, equation: Equation) -> dict[int, Fraction]:
        rest = {
            self._order.setdefault(unknown, len(self._order)): Fraction(factor)
            for unknown, factor in equation.items()
            if factor
        }
        kept: dict[int, Fraction] = {}
        while rest:
            first = min(rest)
            factor = rest[first]
            known = self._known.get(first)
            if known is None:
                kept[first] = rest.pop(first)
                continue
            for at, value in known.items():
                left = rest.get(at, Fraction(0)) - factor * value
                if left:
                    rest[at] = left
                else:
                    rest.pop(at, None)
        return kept


def total(unknowns: Iterable[Unknown]) -> Equation:
    """The sum of these."""
    return dict.fromkeys(unknowns, 1)


def by_subtraction(sets: Mapping[frozenset[Any], int], rounds: int = 2) -> dict[frozenset[Any], int]:
    """Every set of responses whose size comes out by taking public sets from public sets they lie in, with its size.

    `rounds` is how often what came out is itself taken from others, and others from it.
    """
    known = dict(sets)
    for _round in range(rounds):
        found = dict(known)
        for large, size in known.items():
            for small, less in known.items():
                if small < large:
                    found[large - small] = size - less
        if len(found) == len(known):
            break
        known = found
    return known
