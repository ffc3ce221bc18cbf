"""Counting responses in memory, ready to be added to the tally tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from readmodel.packing import Pack, Questions, pack_response, total, wider
from readmodel.response import StoredResponse
from readmodel.scope import RESPONDENT_FIELDS
from satisfaction.instruments import instruments

CellKey = tuple[str, str, str, str, int, str, str, bool]
"""unit, cut, grain, service, at, value, instrument, included: the key of `cells`, in its order."""
Place = tuple[str, str, str, str, bool]
"""unit, service, touchpoint, channel, included"""
_Kind = tuple[str, str, str, bool]
"""unit, service, instrument, included"""


@lru_cache
def known_questions(instrument: str) -> Questions:
    """The questions and answers of a packaged questionnaire, () for another.

    Cells of one questionnaire have them all, so that they have one form and add up fast.
    """
    known = instruments().get(instrument)
    if known is None:
        return ()
    asked = ((question.key, tuple(sorted(answer.value for answer in question.answers))) for question in known.questions)
    return tuple(sorted(asked))


@dataclass(slots=True)
class Counts:
    """What a number of responses add to each tally table, keyed as the table is."""

    cells: dict[CellKey, Pack] = field(default_factory=dict)
    flags: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    places: Counter[Place] = field(default_factory=Counter)
    answers: Counter[tuple[str, str, str, int]] = field(default_factory=Counter)
    """Answers of included responses per unit, service, question and answer."""
    latest: dict[Place, tuple[int, int]] = field(default_factory=dict)
    """The latest occurred_ms and the latest received_ms."""

    def add(self, rows: Iterable[StoredResponse]) -> None:
        """Count these too. An answer of None ("not applicable") is no answer."""
        kinds: dict[_Kind, list[StoredResponse]] = defaultdict(list)
        for row in rows:
            kinds[row.unit, row.service, row.instrument, row.included].append(row)
            for rule in set(row.flags):
                self.flags[rule, row.unit, row.service] += 1
            place = (row.unit, row.service, row.touchpoint, row.channel, row.included)
            self.places[place] += 1
            occurred, received = self.latest.get(place, (row.occurred_ms, row.received_ms))
            self.latest[place] = max(occurred, row.occurred_ms), max(received, row.received_ms)
        for kind, alike in kinds.items():
            self._add_kind(kind, alike)

    def __len__(self) -> int:
        return len(self.cells)

    def _add_kind(self, kind: _Kind, rows: Sequence[StoredResponse]) -> None:
        unit, service, instrument, included = kind
        years: list[Pack] = []
        for (cut, grain, at, value), pack in _cells_of(rows, packed(instrument, [row.answers for row in rows])).items():
            key = (unit, cut, grain, service, at, value, instrument, included)
            old = self.cells.get(key)
            self.cells[key] = pack if old is None else total((old, pack))
            if included and not cut and grain == "year":
                years.append(pack)
        for pack in years:
            for question, slots in zip(pack.form.keys, pack.form.slots, strict=True):
                for answer, slot in slots.items():
                    if pack.numbers[slot]:
                        self.answers[unit, service, question, answer] += pack.numbers[slot]


def packed(instrument: str, answers: Sequence[Mapping[str, int | None]]) -> list[Pack]:
    """Each response's answers in one pack; all have the same questions."""
    known = known_questions(instrument)
    expected = {(question, answer) for question, values in known for answer in values}
    given = [tuple(each.items()) for each in answers]
    different = dict.fromkeys(given)
    odd = {(question, answer) for items in different for question, answer in items if answer is not None} - expected
    questions = wider(known, *(((question, (answer,)),) for question, answer in odd))
    packs = {items: pack_response(questions, dict(items)) for items in different}
    return [packs[items] for items in given]


_NOTHING_TOLD = ("",) * len(RESPONDENT_FIELDS)
_Local = tuple[str, str, int, str]
"""cut, grain, at, value"""


def _cells_of(rows: Sequence[StoredResponse], packs: Sequence[Pack]) -> dict[_Local, Pack]:
    """The packs added up for every cut and grain; each grain from the one below it."""
    places: dict[tuple[int, int, str, str], list[Pack]] = defaultdict(list)
    respondents: dict[tuple[int, tuple[str, ...]], list[Pack]] = defaultdict(list)
    for row, pack in zip(rows, packs, strict=True):
        places[row.hour_ms, row.day, row.touchpoint, row.channel].append(pack)
        told = row.respondent
        values = tuple([told.get(name, "") for name in RESPONDENT_FIELDS]) if told else _NOTHING_TOLD
        respondents[row.day, values].append(pack)
    found: dict[_Local, list[Pack]] = defaultdict(list)
    for (hour, day, touchpoint, channel), alike in places.items():
        added = total(alike)
        for cut, value in (("", ""), ("touchpoint", touchpoint), ("channel", channel)):
            found[cut, "hour", hour, value].append(added)  # when a time zone was corrected an hour was in two days
            found[cut, "day", day, value].append(added)
    for (day, values), alike in respondents.items():
        added = total(alike)
        for name, value in zip(RESPONDENT_FIELDS, values, strict=True):
            found[name, "day", day, value].append(added)
    cells = {key: total(alike) for key, alike in found.items()}
    cells |= _rolled_up(cells, "day", "month")
    return cells | _rolled_up(cells, "month", "year")


def _rolled_up(cells: Mapping[_Local, Pack], fine: str, coarse: str) -> dict[_Local, Pack]:
    """The next grain, whose number is that of the finer one without its last two digits."""
    found: dict[_Local, list[Pack]] = defaultdict(list)
    for (cut, grain, at, value), pack in cells.items():
        if grain == fine and not (coarse == "year" and cut in RESPONDENT_FIELDS):
            found[cut, coarse, at // 100, value].append(pack)
    return {key: total(alike) for key, alike in found.items()}
