"""Packed counts against tallies made of the same answers."""

import json
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from readmodel.counting import known_questions, packed
from readmodel.packing import Pack, narrowed, tally, total, unpack
from satisfaction.tally import Tally

_SKM = "skm-2017@1"
_KEYS = [key for key, _answers in known_questions(_SKM)]

_usual = st.fixed_dictionaries({key: st.integers(1, 4) for key in _KEYS[:4]})
_gappy = st.dictionaries(st.sampled_from(_KEYS[:4]), st.none() | st.integers(1, 4))
_odd = st.dictionaries(st.sampled_from(["waktu", 'é|\n"[', "", "z"]), st.none() | st.integers(-(2**31), 2**31 - 1))
_answers = st.lists(_usual | _gappy | _odd, min_size=1, max_size=12)
_instruments = st.sampled_from([_SKM, "own@3"])
Answers = Sequence[Mapping[str, int | None]]


def _kept(instrument: str, packs: Sequence[Pack]) -> Pack:
    """Added up, as a cell keeps it."""
    return narrowed(total(packs), known_questions(instrument))


@given(instrument=_instruments, answers=_answers)
def test_a_pack_holds_the_counts_of_its_answers(instrument: str, answers: Answers) -> None:
    """Whatever was answered: unknown questions, impossible answers, nothing at all."""
    kept = _kept(instrument, packed(instrument, answers))
    read = unpack(kept.n, kept.text())
    assert tally([read]) == Tally.of(answers)
    assert read.form is kept.form


@given(instrument=_instruments, batches=st.lists(_answers, min_size=1, max_size=4))
def test_the_text_depends_on_the_counts_alone(instrument: str, batches: list[Answers]) -> None:
    """Not on how the answers came in, nor on what else was in their batches."""
    together = _kept(instrument, packed(instrument, [each for batch in batches for each in batch]))
    one_by_one = [_kept(instrument, packed(instrument, [each])) for batch in reversed(batches) for each in batch]
    step_by_step = one_by_one[0]
    for each in one_by_one[1:]:
        step_by_step = _kept(instrument, [unpack(step_by_step.n, step_by_step.text()), each])
    by_batch = _kept(instrument, [_kept(instrument, packed(instrument, batch)) for batch in batches])
    assert step_by_step.text() == by_batch.text() == together.text()
    assert step_by_step.n == together.n


def test_packs_of_any_forms_make_one_tally() -> None:
    sets: list[Answers] = [[{"waktu": 4, "biaya": None}], [{"waktu": 3, "biaya": 2}], [{"x": 9}], [{}]]
    packs = [pack for answers in sets for pack in packed("own@3", answers)]
    assert tally(packs) == Tally.of(each for answers in sets for each in answers)
    assert tally([]) == Tally()


def test_cells_of_a_known_questionnaire_have_one_form() -> None:
    """So that adding a year of them up is adding numbers."""
    first, second = packed(_SKM, [dict.fromkeys(_KEYS, 4)]), packed(_SKM, [dict.fromkeys(_KEYS, 1)])
    assert first[0].form is second[0].form


def test_a_text_is_small_where_everybody_answered_everything() -> None:
    """A product for each pair of questions; the other three sums follow from the counts."""
    (pack,) = packed("own@3", [{"a": 2, "b": 3}])
    assert [json.loads(line) for line in pack.text().splitlines()] == [[[["a", 2], ["b", 3]], []], [1, 1, 6]]
    (pack,) = packed(_SKM, [{"waktu": 4}])
    assert pack.form.partial == tuple(key for key in _KEYS if key != "waktu")
