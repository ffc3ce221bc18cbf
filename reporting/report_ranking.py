"""Which elements did best and worst, ties told as ties, and the order in which to act."""

from dataclasses import dataclass
from decimal import Decimal

from satisfaction.index import ElementMeasure

MOST = 3


@dataclass(frozen=True, slots=True)
class Extremes:
    """The highest (best first) and the lowest elements (worst first); both empty when no difference can be named."""

    highest: tuple[ElementMeasure, ...]
    lowest: tuple[ElementMeasure, ...]


def extremes(elements: tuple[ElementMeasure, ...]) -> Extremes:
    """Three highest and three lowest by the NRR as printed; elements equal to the third are named with it.

    Fewer than six elements give fewer of each, and no element is ever in both lists.

    >>> three = [ElementMeasure(key, 9, Decimal(nrr), {}) for key, nrr in (("a", "3.1"), ("b", "3.1"), ("c", "2.9"))]
    >>> found = extremes(tuple(three))
    >>> [element.key for element in found.highest], [element.key for element in found.lowest]
    (['a', 'b'], ['c'])
    """
    ranked = sorted((element for element in elements if element.nrr is not None), key=_nrr, reverse=True)
    for many in range(min(MOST, len(ranked) // 2), 0, -1):
        high, low = _nrr(ranked[many - 1]), _nrr(ranked[-many])
        if high > low:
            best = tuple(element for element in ranked if _nrr(element) >= high)
            worst = tuple(element for element in by_urgency(elements) if _nrr(element) <= low)
            return Extremes(best, worst)
    return Extremes((), ())


def by_urgency(elements: tuple[ElementMeasure, ...]) -> list[ElementMeasure]:
    """The answered elements, lowest NRR first; equal ones in the questionnaire's order."""
    return sorted((element for element in elements if element.nrr is not None), key=_nrr)


def _nrr(element: ElementMeasure) -> Decimal:
    return element.nrr if element.nrr is not None else Decimal(0)
