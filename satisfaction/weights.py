"""How much each element counts: the conventions met in published results, and weights of an instrument's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

OWN = "own"
"""The name printed beside a figure made with an instrument's own weights."""

WEIGHTS: Mapping[str, tuple[int, Fraction] | None] = MappingProxyType(
    {
        "exact": None,
        "0.1111": (9, Fraction("0.1111")),
        "0.111": (9, Fraction("0.111")),
        "0.11": (9, Fraction("0.11")),
        "0.071": (14, Fraction("0.071")),
    }
)
"""Weight conventions met in published results: name → (for how many elements, weight of each); exact is 1/k.

The rounded ones do not sum to 1 (nine times 0.11 is 0.99), so they cost up to a point of IKM; they exist to reproduce
an office's earlier figures. 0.071 is that of the 14 elements of KEP/25/M.PAN/2/2004.
"""

Weighting = str | Mapping[str, Fraction]
"""The name of a convention, or the weight of every element by key, summing to exactly 1."""


class BadWeights(ValueError):
    """The convention is unknown or made for another number of elements; choose one of `conventions(k)`."""


def conventions(elements: int) -> tuple[str, ...]:
    """The weight conventions an instrument with this many elements may use.

    >>> conventions(9), conventions(1)
    (('exact', '0.1111', '0.111', '0.11'), ('exact',))
    """
    return tuple(name for name, weight in WEIGHTS.items() if weight is None or weight[0] == elements)


def element_weights(keys: Sequence[str], answered: Sequence[bool], weighting: Weighting) -> list[Fraction]:
    """The weight of each element in the order of `keys`, 0 for one that nobody answered.

    An element nobody answered is no zero: the others share its weight in proportion to their own, so the weights still
    sum to what the weighting gives the whole instrument. Raises BadWeights.

    >>> element_weights(["waktu", "biaya", "sarpras"], [True, False, True], "exact")
    [Fraction(1, 2), Fraction(0, 1), Fraction(1, 2)]
    >>> own = {"waktu": Fraction(1, 2), "biaya": Fraction(3, 10), "sarpras": Fraction(1, 5)}
    >>> element_weights(["waktu", "biaya", "sarpras"], [True, False, True], own)
    [Fraction(5, 7), Fraction(0, 1), Fraction(2, 7)]
    """
    if isinstance(weighting, str):
        if weighting not in conventions(len(keys)):
            raise BadWeights(f"{weighting!r} is no weight convention for {len(keys)} elements")
        fixed = WEIGHTS[weighting]
        total = Fraction(1) if fixed is None else fixed[0] * fixed[1]
        share = total / max(1, sum(answered))
        return [share if given else Fraction(0) for given in answered]
    given_to_answered = sum((weighting[key] for key, given in zip(keys, answered, strict=True) if given), Fraction(0))
    if given_to_answered == 0:
        return [Fraction(0)] * len(keys)
    return [
        weighting[key] / given_to_answered if given else Fraction(0) for key, given in zip(keys, answered, strict=True)
    ]


def weighted(nrrs: Sequence[Fraction | None], convention: str = "exact") -> Fraction | None:
    """The exact index of elements' NRRs, one entry per element of the instrument; None when no element was answered.

    An element nobody answered (None) leaves the index and the others share its weight. Raises BadWeights.

    >>> weighted([Fraction(4)] * 9), weighted([Fraction(4)] * 9, "0.11")
    (Fraction(4, 1), Fraction(99, 25))
    >>> weighted([Fraction(4), None, Fraction(3)])
    Fraction(7, 2)

    Published: Dinas Pertanahan dan Tata Ruang Bantul 2023, IKM 87.28; BP Batam, first quarter of 2026, 89.24.

    >>> from satisfaction.rounding import half_up
    >>> bantul = [Fraction(nrr) for nrr in "3.31 3.35 3.49 3.93 3.45 3.39 3.39 3.76 3.35".split()]
    >>> half_up(weighted(bantul) * 25, 2)
    Decimal('87.28')
    >>> batam = [Fraction(nrr) for nrr in "3.58 3.62 3.52 3.8 3.61 3.59 3.66 3.39 3.36".split()]
    >>> half_up(weighted(batam, "0.1111") * 25, 2), half_up(weighted(batam, "exact") * 25, 2)
    (Decimal('89.24'), Decimal('89.25'))
    """
    keys = [str(place) for place in range(len(nrrs))]
    weights = element_weights(keys, [value is not None for value in nrrs], convention)
    answered = [weight * value for weight, value in zip(weights, nrrs, strict=True) if value is not None]
    return sum(answered, Fraction(0)) if answered else None
