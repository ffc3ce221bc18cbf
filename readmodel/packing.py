"""All answers of many responses in one text that is fast to add up: what a cell keeps.

A text is a form and, after a line break, whole numbers, both JSON. The form is [[[question, answer, answer, ...], ...],
[partial, ...]]: questions in order with the answers that have a count, then the questions that not every response
answered. The numbers are those counts, then for each pair of questions (q, r) in order one product sum where every
response answered both, else four: how many answered both, sums of the answers to q and to r, sum of the products.
Texts of one form are added number by number, and equal counts have equal texts.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, combinations
from operator import add, itemgetter
from typing import NamedTuple

from satisfaction.tally import Pair, Tally

Questions = tuple[tuple[str, tuple[int, ...]], ...]
"""Question keys with the answers that have a count, both in order."""
Numbers = Sequence[int]
_JSON = json.JSONDecoder()
_Pick = Callable[[Numbers], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Form:
    """What the numbers of a pack mean. Use `form`, which makes each form once."""

    questions: Questions
    partial: tuple[str, ...]
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    """Where each question's counts begin; the last one is how many counts there are."""
    keep: _Pick
    """From all numbers, four for every pair, to the packed ones."""
    grow: _Pick
    """From the packed numbers, the responses and each question's sum of answers to all numbers."""
    slots: tuple[Mapping[int, int], ...] = field(repr=False)
    """For each question the place of each answer's count."""
    text: str = field(repr=False)


class Pack(NamedTuple):
    """The answers of `n` responses. One of a single form adds to another by adding the numbers."""

    n: int
    form: Form
    numbers: Numbers

    def text(self) -> str:
        """What a cell keeps; `n` is kept beside it."""
        return f"{self.form.text}\n[{','.join(map(str, self.numbers))}]"


@lru_cache(maxsize=4096)
def form(questions: Questions, partial: tuple[str, ...]) -> Form:
    """The form of these questions, of which `partial` (in order) were not answered by everybody."""
    keys = tuple(key for key, _answers in questions)
    starts = tuple(accumulate((len(answers) for _key, answers in questions), initial=0))
    counts = starts[-1]
    keep, grow = list(range(counts)), list(range(counts))
    pairs = list(combinations(range(len(keys)), 2))
    whole = [keys[q] not in partial and keys[r] not in partial for q, r in pairs]
    packed = counts + sum(1 if each else 4 for each in whole)
    at = counts
    for number, ((q, r), both_whole) in enumerate(zip(pairs, whole, strict=True)):
        first = counts + 4 * number
        if both_whole:
            keep.append(first + 3)
            grow += [packed, packed + 1 + q, packed + 1 + r, at]
        else:
            keep += range(first, first + 4)
            grow += range(at, at + 4)
        at += 1 if both_whole else 4
    slots = tuple(
        {answer: start + place for place, answer in enumerate(answers)}
        for (_key, answers), start in zip(questions, starts, strict=False)
    )
    listed = [[[key, *answers] for key, answers in questions], list(partial)]
    text = json.dumps(listed, separators=(",", ":"), ensure_ascii=False)
    return Form(questions, partial, keys, starts, _picking(keep), _picking(grow), slots, text)


def unpack(n: int, text: str) -> Pack:
    """The pack that was kept as this text."""
    end = text.index("\n")
    numbers, _ = _JSON.raw_decode(text, end + 1)
    return Pack(n, form_of(text[:end]), numbers)


@lru_cache(maxsize=4096)
def form_of(head: str) -> Form:
    """The form that was written as this text."""
    questions, partial = json.loads(head)
    return form(tuple((key, tuple(answers)) for key, *answers in questions), tuple(partial))


def wider(*all_questions: Questions) -> Questions:
    """The questions and answers of all of them."""
    first = all_questions[0]
    if all(questions == first for questions in all_questions[1:]):
        return first
    answers: dict[str, set[int]] = {}
    for questions in all_questions:
        for key, values in questions:
            answers.setdefault(key, set()).update(values)
    return tuple((key, tuple(sorted(answers[key]))) for key in sorted(answers))


def pack_response(questions: Questions, answers: Mapping[str, int | None]) -> Pack:
    """One response; `questions` must hold every answer it gave. None ("not applicable") is no answer."""
    given = [answers.get(key) for key, _answers in questions]
    partial: tuple[str, ...] = ()
    if None in given:
        partial = tuple(key for (key, _answers), answer in zip(questions, given, strict=True) if answer is None)
    meant = form(questions, partial)
    numbers = [0] * meant.starts[-1]
    for slot, answer in zip(meant.slots, given, strict=True):
        if answer is not None:
            numbers[slot[answer]] = 1
    if not partial:
        numbers += [q * r for q, r in combinations(given, 2)]  # type: ignore[operator]
        return Pack(1, meant, numbers)
    for q, r in combinations(given, 2):
        numbers += (0, 0, 0, 0) if q is None or r is None else (1, q, r, q * r)
    return Pack(1, meant, meant.keep(numbers))


def total(packs: Sequence[Pack]) -> Pack:
    """The sum of one or more packs, in the narrowest form that holds all of their questions."""
    if len(packs) == 1:
        return packs[0]
    by_form: dict[int, list[Pack]] = {}
    for pack in packs:
        by_form.setdefault(id(pack.form), []).append(pack)
    sums = [_added(same) for same in by_form.values()]
    if len(sums) == 1:
        return sums[0]
    questions = wider(*(each.form.questions for each in sums))
    n = sum(each.n for each in sums)
    widest = form(questions, ())
    whole = list(map(sum, zip(*(_placed(each, questions) for each in sums), strict=True)))
    return _packed(n, widest, whole)


def narrowed(pack: Pack, known: Questions) -> Pack:
    """The same without answers that nobody gave, but for those `known`: equal counts come out equal."""
    if pack.form.questions == known:
        return pack
    given = _given(pack)
    questions = wider(known, given) if known else given
    if questions == pack.form.questions:
        return pack
    return _packed(pack.n, form(questions, ()), _placed(pack, questions))


def tally(packs: Iterable[Pack]) -> Tally:
    """The counts of any number of packs; what nobody answered is left out."""
    packs = list(packs)
    if not packs:
        return Tally()
    pack = total(packs)
    numbers = _all_numbers(pack)
    answers: dict[str, dict[int, int]] = {}
    for (key, values), start in zip(pack.form.questions, pack.form.starts, strict=False):
        counts = {value: count for value, count in zip(values, numbers[start:], strict=False) if count}
        if counts:
            answers[key] = counts
    at = pack.form.starts[-1]
    pairs: dict[tuple[str, str], Pair] = {}
    for place, key_pair in enumerate(combinations(pack.form.keys, 2)):
        pair = Pair(*numbers[at + 4 * place : at + 4 * place + 4])
        if pair.both:
            pairs[key_pair] = pair
    return Tally(pack.n, answers, pairs)


def _given(pack: Pack) -> Questions:
    counted = zip(pack.form.questions, pack.form.starts, strict=False)
    found = (
        (key, tuple(value for value, count in zip(values, pack.numbers[start:], strict=False) if count))
        for (key, values), start in counted
    )
    return tuple((key, values) for key, values in found if values)


def _added(same: Sequence[Pack]) -> Pack:
    if len(same) == 1:
        return same[0]
    if len(same) == 2:
        numbers = list(map(add, same[0].numbers, same[1].numbers))
    else:
        numbers = list(map(sum, zip(*(pack.numbers for pack in same), strict=True)))
    return Pack(sum(pack.n for pack in same), same[0].form, numbers)


def _all_numbers(pack: Pack) -> tuple[int, ...]:
    """Four numbers for every pair, as if every question were partial."""
    sums = [
        sum(value * count for value, count in zip(values, pack.numbers[start:], strict=False))
        for (_key, values), start in zip(pack.form.questions, pack.form.starts, strict=False)
    ]
    return pack.form.grow([*pack.numbers, pack.n, *sums])


def _placed(pack: Pack, questions: Questions) -> tuple[int, ...]:
    """All numbers, each in its place among these questions; answers that these leave out must have no count."""
    numbers = _all_numbers(pack)
    if pack.form.questions == questions:
        return numbers
    return _move(pack.form.questions, questions)((*numbers, 0))


@lru_cache(maxsize=4096)
def _move(here: Questions, there: Questions) -> _Pick:
    old, new = form(here, ()), form(there, ())
    pairs = len(old.keys) * (len(old.keys) - 1) // 2
    nothing = old.starts[-1] + 4 * pairs
    slots = {(key, answer): slot for key, of in zip(old.keys, old.slots, strict=True) for answer, slot in of.items()}
    picked = [slots.get((key, answer), nothing) for key, answers in there for answer in answers]
    places = {pair: old.starts[-1] + 4 * place for place, pair in enumerate(combinations(old.keys, 2))}
    for pair in combinations(new.keys, 2):
        at = places.get(pair)
        picked += [nothing] * 4 if at is None else range(at, at + 4)
    return _picking(picked)


def _packed(n: int, whole: Form, numbers: Numbers) -> Pack:
    """From all numbers of a form in which no question is partial yet."""
    ends = zip(whole.keys, whole.starts, whole.starts[1:], strict=False)
    partial = tuple(key for key, start, end in ends if sum(numbers[start:end]) != n)
    meant = form(whole.questions, partial)
    return Pack(n, meant, meant.keep(numbers))


def _picking(places: Sequence[int]) -> _Pick:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda numbers: tuple(numbers[place] for place in places)
