"""Which figures of a unit may be shown to everybody, so that nobody can compute the hidden ones from the shown ones.

Published rows are (part, period): a part is one service or, as None, the unit as a whole; periods are the calendar's
tree of year, semester, quarter and month. Every row is a sum of the smallest ones, one service in one month, so a row
held back alone is told by its neighbours. Rows are therefore held back in families, a family being the periods that
make up one longer period (a year itself is a family of one):

1. What is small in one period of a family is held back in the whole family, and in everything below it.
2. Where the whole is shown, subtraction tells what the services held back have together: that must not be small in any
   period either, so the smallest other services are held back with them until it is not.
3. Where rule 1 would hold back a closed period for the sake of a neighbour, and no longer period they lie in is closed,
   what is small is held back in every longer period instead, and in all within it: what is published stays.

Where no service is left to add they are the whole, which is small itself then and held back with them.

Why that is enough, and what it cannot do: docs/decisions/0013.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from satisfaction.instruments import Instrument
from satisfaction.period_tree import parts_of
from satisfaction.tally import Tally

MIN_INDEX = 10
"""The fewest answers an average is published of: below, one person moves it by tenths and may be recognised in it."""

MIN_CELL = 5
"""The smallest count, other than none, that is published of an answer or of a kind of respondent."""

FEWEST_CHOICES = 4
"""With fewer answers to choose from, how many answered and their average already tell how many chose each."""

WHOLE = None
"""The part that all services make up."""

Row = tuple[str | None, str]
"""A service (None: the unit as a whole) and the label of a year, semester, quarter or month."""

Amount = tuple[int, ...]
"""What is counted in a row; each number must be none or enough by itself."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The rows not to show, and why: `beside` has the parts held back in all periods of a family, by its first label;
    `above` those held back in a period, within it and in the longer ones it lies in.
    """

    rows: frozenset[Row] = frozenset()
    beside: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    above: Mapping[str, frozenset[str | None]] = field(default_factory=dict)

    def with_whole(self, parts: Collection[str]) -> HeldBack:
        """These parts held back wherever the whole is."""

        def spread(found: Mapping[str, frozenset[str | None]]) -> dict[str, frozenset[str | None]]:
            return {label: frozenset((WHOLE, *parts)) for label, held in found.items() if WHOLE in held}

        return HeldBack(frozenset(), spread(self.beside), spread(self.above))


def held_back(
    months: Mapping[str, Mapping[str, Amount]],
    least: int,
    given: HeldBack | None = None,
    *,
    kept: Collection[str] = (),
    whole_only: bool = False,
) -> HeldBack:
    """What not to show, given what each service has in each month; numbers from 1 to `least` - 1 are small.

    `given` is held back for another reason already. `kept` are the periods whose figures are published for good (see
    rule 3). With `whole_only` services are no public rows at all. Rows of years without data are not told.

    >>> sorted(held_back({"a": {"2026-10": (3,), "2026-11": (20,)}, "b": {"2026-10": (30,)}, "c": {"2026-11": (50,)}},
    ...     10).rows)
    [('a', '2026-10'), ('a', '2026-11'), ('a', '2026-12'), ('b', '2026-10'), ('b', '2026-11'), ('b', '2026-12')]
    """
    table = _Table(months, least, given or HeldBack(), frozenset(kept), whole_only)
    for year in sorted({label for _part, label in table.amounts if "-" not in label}):
        table.look_above((year,), ())
        table.look_beside((year,), frozenset())
    return HeldBack(frozenset(table.rows), table.beside, table.above)


class _Table:
    def __init__(
        self,
        months: Mapping[str, Mapping[str, Amount]],
        least: int,
        given: HeldBack,
        kept: frozenset[str],
        whole_only: bool,
    ) -> None:
        self.least = least
        self.given = given
        self.kept = kept
        self.parts: list[str | None] = [WHOLE, *(() if whole_only else sorted(months))]
        self.rows: set[Row] = set()
        self.beside: dict[str, frozenset[str | None]] = {}
        self.above: dict[str, frozenset[str | None]] = {}
        self.amounts: dict[Row, Amount] = {}
        for service, counts in months.items():
            for month, amount in counts.items():
                self.amounts[service, month] = amount
                self.amounts[WHOLE, month] = _sum((self.amounts.get((WHOLE, month), ()), amount))
        years = {month[:4] for _part, month in self.amounts}
        for part in self.parts:
            for year in years:
                self._add_up(part, year)

    def _add_up(self, part: str | None, label: str) -> Amount:
        shorter = parts_of(label)
        if not shorter:
            return self.amounts.get((part, label), ())
        self.amounts[part, label] = _sum([self._add_up(part, one) for one in shorter])
        return self.amounts[part, label]

    def look_above(self, family: tuple[str, ...], longer: tuple[str, ...]) -> None:
        """Rule 3, for a family and those below it: what is held back upwards, so that its neighbours can stay."""
        for label in family:
            stay = self.kept.isdisjoint(longer) and not self.kept.isdisjoint(set(family) - {label})
            small = {part for part in self.parts if stay and self._small_in((part, label))}
            found = self._completed(self.given.above.get(label, frozenset()) | small, (label,))
            if found:
                self.above[label] = found
                self.rows.update((part, one) for part in found for one in (*longer, label))
            if parts_of(label):
                self.look_above(parts_of(label), (*longer, label))

    def look_beside(self, family: tuple[str, ...], above: frozenset[str | None]) -> None:
        """Rules 1 and 2, for a family and those below it; `above` is held back in the period it makes up."""
        small = {
            part
            for part in self.parts
            for label in family
            if self._small_in((part, label)) and part not in self.above.get(label, ())
        }
        hidden = self._completed(above | small | self.given.beside.get(family[0], frozenset()), family)
        if hidden:
            self.beside[family[0]] = hidden
        for label in family:
            self.rows.update((part, label) for part in hidden)
            if parts_of(label):
                self.look_beside(parts_of(label), hidden | self.above.get(label, frozenset()))

    def _completed(
        self, found: frozenset[str | None] | set[str | None], family: Sequence[str]
    ) -> frozenset[str | None]:
        """Rule 2: with companions, until what is held back together is small in no period of the family."""
        hidden = set(found)
        if not hidden:
            return frozenset()
        size = {part: sum(sum(self.amounts.get((part, label), ())) for label in family) for part in self.parts}
        others = sorted((size[part], part) for part in self.parts if part is not WHOLE and part not in hidden)
        companions = [part for amount, part in others if amount]
        # None is left only where the whole is small itself, and held back by rule 3.
        while companions and WHOLE not in hidden and self._small_together(hidden, family):
            hidden.add(companions.pop(0))
        return frozenset(hidden)

    def _small_together(self, hidden: set[str | None], family: Sequence[str]) -> bool:
        return any(self._small(_sum(self.amounts.get((part, label), ()) for part in hidden)) for label in family)

    def _small_in(self, row: Row) -> bool:
        return self._small(self.amounts.get(row, ()))

    def _small(self, amount: Amount) -> bool:
        return any(0 < number < self.least for number in amount)


def _sum(amounts: Iterable[Amount]) -> Amount:
    present = [amount for amount in amounts if amount]
    return present[0] if len(present) == 1 else tuple(map(sum, zip(*present, strict=True)))


@dataclass(frozen=True, slots=True)
class ElementShown:
    """What is shown of an element: its average (NRR) and number of answers, and how many gave each answer."""

    nrr: bool
    distribution: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a row: its number of responses; its index with all that follows from it; its interval."""

    n: bool
    index: bool
    interval: bool
    elements: Mapping[str, ElementShown]

    @property
    def everything(self) -> bool:
        """Whether nothing at all is held back."""
        return self.interval and all(element.nrr and element.distribution for element in self.elements.values())


@dataclass(frozen=True, slots=True)
class Decision:
    """What is held back of one questionnaire's rows; per element its averages, and its distributions."""

    rows: HeldBack
    averages: Mapping[str, HeldBack]
    distributions: Mapping[str, HeldBack]
    one_question: bool

    def shown(self, service: str | None, label: str) -> Shown:
        """What may be shown of a row. An element's average stands in the index, so they are held back together."""
        row = service, label
        elements = {
            key: ElementShown(row not in hidden.rows, row not in self.distributions[key].rows)
            for key, hidden in self.averages.items()
        }
        index = row not in self.rows.rows and all(element.nrr for element in elements.values())
        spread = not self.one_question or all(element.distribution for element in elements.values())
        return Shown(row not in self.rows.rows, index, index and spread, elements)


def decide(
    instrument: Instrument, months: Mapping[str, Mapping[str, Tally]], *, services: bool, kept: Collection[str] = ()
) -> Decision:
    """What to hold back of one questionnaire, given each service's tally of each month.

    With `services` false only the unit as a whole is public. `kept` are the periods that are closed.
    """

    def layer(amounts: Mapping[str, Mapping[str, Amount]], least: int, given: HeldBack | None) -> HeldBack:
        return held_back(amounts, least, given, kept=kept, whole_only=not services)

    rows = layer(_amounts(months, lambda tally: (tally.responses,)), MIN_INDEX, None)
    averages, distributions = {}, {}
    for element in instrument.elements:
        questions = instrument.questions_of(element.key)
        scale = [answer.value for answer in questions[0].answers]
        keys = [question.key for question in questions]
        counts = _amounts(months, _counter(keys, scale))
        hidden = rows if len(scale) >= FEWEST_CHOICES else layer(counts, MIN_CELL, rows)
        answered = _amounts(months, _answered(keys, scale))
        averages[element.key] = layer(answered, MIN_INDEX, hidden)
        distributions[element.key] = layer(counts, MIN_CELL, averages[element.key])
    return Decision(rows, averages, distributions, len(instrument.questions) == 1)


def _amounts(months: Mapping[str, Mapping[str, Tally]], of: Callable[[Tally], Amount]) -> dict[str, dict[str, Amount]]:
    return {part: {month: of(tally) for month, tally in tallies.items()} for part, tallies in months.items()}


def _counter(questions: Sequence[str], scale: Sequence[int]) -> Callable[[Tally], Amount]:
    """How many gave each answer, the questions of an element together, as it is published."""
    return lambda tally: tuple(sum(tally.answers.get(key, {}).get(value, 0) for key in questions) for value in scale)


def _answered(questions: Sequence[str], scale: Sequence[int]) -> Callable[[Tally], Amount]:
    """How many answered each question: an element is the mean of its questions' averages."""
    return lambda tally: tuple(sum(tally.answers.get(key, {}).get(value, 0) for value in scale) for key in questions)


def held_back_respondents(
    values: Mapping[str, Mapping[str, int]], rows: HeldBack, *, kept: Collection[str] = ()
) -> frozenset[Row]:
    """The cells not to show of a table of respondents: value of a field → month → how many.

    `rows` tells where the total is held back (see `Decision.rows`); every value is held back there too.
    """
    amounts = {value: {month: (count,) for month, count in counts.items()} for value, counts in values.items()}
    return held_back(amounts, MIN_CELL, rows.with_whole(values), kept=kept).rows
