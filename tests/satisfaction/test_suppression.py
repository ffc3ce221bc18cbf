"""What is held back cannot be computed from what is shown: attacks on random offices, and the rules one by one."""

from collections.abc import Mapping
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satisfaction.instruments import Instrument, instruments
from satisfaction.period_tree import holding, months_of
from satisfaction.suppression import (
    MIN_CELL,
    MIN_INDEX,
    Decision,
    Row,
    decide,
    held_back,
    held_back_respondents,
)
from satisfaction.tally import Tally
from tests.satisfaction.attacking import Attacker, by_subtraction, total
from tests.satisfaction.questionnaires import questionnaire
from tests.satisfaction.small_offices import LABELS, SIZES, YEARS, Months, amounts, cells, rows, size

offices = st.dictionaries(
    st.sampled_from("abcde"),
    st.dictionaries(
        st.sampled_from([month for year in YEARS for month in months_of(year)]), st.sampled_from(SIZES), max_size=14
    ),
    min_size=1,
)
"""How many responses each service got in each month: one to five services, two years with empty months."""

closed = st.sets(st.sampled_from(LABELS), max_size=8)
"""The periods that are closed."""


@settings(max_examples=80)
@given(months=offices, whole_only=st.booleans(), kept=closed)
def test_no_number_that_is_held_back_is_a_combination_of_those_shown(
    months: Months, whole_only: bool, kept: set[str]
) -> None:
    hidden = held_back(amounts(months), MIN_INDEX, kept=kept, whole_only=whole_only).rows
    attacker = Attacker()
    for row in rows(months, whole_only):
        if row not in hidden:
            assert not 0 < size(months, row) < MIN_INDEX
            attacker.learn(total(cells(months, row)))
    assert not [row for row in hidden if attacker.can_tell(total(cells(months, row)))]


@settings(max_examples=30)
@given(months=offices, whole_only=st.booleans(), kept=closed)
def test_subtracting_rows_from_rows_tells_no_group_of_fewer_than_ten(
    months: Months, whole_only: bool, kept: set[str]
) -> None:
    hidden = held_back(amounts(months), MIN_INDEX, kept=kept, whole_only=whole_only).rows
    shown = [row for row in rows(months, whole_only) if row not in hidden and row[1].startswith("2026")]
    sets = {frozenset(cells(months, row)): size(months, row) for row in shown}
    for label in LABELS:
        if (None, label) in shown and not whole_only:
            rest = [part for part in months if (part, label) not in shown]
            left = frozenset(cell for part in rest for cell in cells(months, (part, label)))
            sets[left] = sum(size(months, (part, label)) for part in rest)
    assert not {group: n for group, n in by_subtraction(sets).items() if 0 < n < MIN_INDEX}


@settings(max_examples=50)
@given(months=offices)
def test_whoever_knows_no_more_cannot_bring_a_small_number_within_less_than_ten(months: Months) -> None:
    hidden = held_back(amounts(months), MIN_INDEX).rows
    for service, label in hidden:
        if service is not None and 0 < size(months, (service, label)) < MIN_INDEX:
            low, high = bounds(months, hidden, service, label)
            assert high - low >= MIN_INDEX, (service, label)


def bounds(months: Months, hidden: frozenset[Row], service: str, label: str) -> tuple[int, int]:
    """Between which numbers a row lies, for all that its family shows: the sharp bounds of a table with known margins.

    Where the row's whole, or the service's number in the period above, is itself held back, that period is asked first.
    """
    above = holding(months_of(label)[0])
    longer = next((one for one in above if len(months_of(one)) > len(months_of(label))), None)
    if (None, label) in hidden or longer is None:
        return 0, 10**9
    if (service, longer) in hidden:
        low, high = bounds(months, hidden, service, longer)
        return (0, high) if high - low >= MIN_INDEX else (low, high)
    held = [part for part in months if (part, label) in hidden]
    row, column = size(months, (service, longer)), sum(size(months, (part, label)) for part in held)
    everything = sum(size(months, (part, longer)) for part in held)
    return max(0, row + column - everything), min(row, column)


def test_one_small_service_takes_the_next_smallest_with_it_in_the_whole_family() -> None:
    months = {"a": {"2026-10": 4, "2026-11": 40}, "b": {"2026-10": 90, "2026-11": 90}, "c": {"2026-10": 15}}
    hidden = held_back(amounts(months), MIN_INDEX).rows
    assert hidden == {(part, month) for part in ("a", "c") for month in months_of("2026-Q4")}


def test_services_that_together_hold_too_few_take_more_with_them() -> None:
    months = {"a": {"2026-10": 4, "2026-11": 40}, "b": {"2026-10": 3, "2026-11": 41}, "c": {"2026-10": 70}}
    hidden = held_back(amounts(months), MIN_INDEX).rows
    assert hidden == {(part, month) for part in "abc" for month in months_of("2026-Q4")}


def test_the_only_service_is_held_back_together_with_the_unit() -> None:
    months = {"a": {"2026-10": 4, "2026-11": 40}, "b": {}}
    hidden = held_back(amounts(months), MIN_INDEX).rows
    assert {row for row in hidden if row[0] != "b"} == {(part, m) for part in ("a", None) for m in months_of("2026-Q4")}


def test_a_whole_year_below_ten_is_held_back_to_its_last_month_and_its_neighbour_is_not() -> None:
    hidden = held_back(amounts({"a": {"2025-03": 9, "2026-03": 10}}), MIN_INDEX, whole_only=True).rows
    assert hidden == {(None, label) for label in LABELS if label.startswith("2025")}


def test_an_office_without_small_numbers_shows_everything() -> None:
    assert not held_back(amounts({"a": {"2026-01": 10, "2026-07": 30}, "b": {"2026-01": 10}}), MIN_INDEX).rows


def test_a_closed_quarter_stays_when_the_next_one_begins_and_the_longer_periods_wait() -> None:
    months = {"a": {"2026-07": 40, "2026-10": 3}, "b": {"2026-07": 50, "2026-10": 30}}
    hidden = held_back(amounts(months), MIN_INDEX, kept=["2026-Q3"]).rows
    assert not any(label == "2026-Q3" for _part, label in hidden)
    assert {label for part, label in hidden if part == "a"} == {*holding("2026-10"), *months_of("2026-Q4")}
    assert (None, "2026") not in hidden
    beside = held_back(amounts(months), MIN_INDEX, kept=["2026-Q3", "2026"]).rows
    assert ("a", "2026-Q3") in beside
    assert ("a", "2026") not in beside


TWO_ELEMENTS = questionnaire({"waktu": ["waktu"], "biaya": ["biaya"]})
SMILEY = instruments()["smiley@1"]
YEAR = tuple(label for label in LABELS if label.startswith("2026"))
Tallies = Mapping[str, Mapping[str, Tally]]


def answered(months: Months, instrument: Instrument, random: Random) -> dict[str, dict[str, Tally]]:
    """Answers for every response, some rare; optional questions are now and then left out."""

    def response() -> dict[str, int | None]:
        return {
            question.key: None
            if question.optional and random.random() < 0.2
            else random.choices((1, 2, 3, 4), (2, 2, 20, 60))[0]
            for question in instrument.questions
        }

    return {
        service: {month: Tally.of(response() for _ in range(n)) for month, n in counts.items()}
        for service, counts in months.items()
    }


Learned = tuple[str, str, str, int]
"""An unknown: service, month, question, answer; answer 0 is "not answered"."""


def of_answers(months: Tallies, row: Row, question: str, factors: Mapping[int, int]) -> dict[Learned, int]:
    parts = months if row[0] is None else [row[0]]
    return {(p, m, question, a): f for p in parts for m in months_of(row[1]) for a, f in factors.items()}


ANSWERS = dict.fromkeys((1, 2, 3, 4), 1)
EVERYBODY = dict.fromkeys((0, 1, 2, 3, 4), 1)
SUM = {answer: answer for answer in (1, 2, 3, 4)}
SQUARES = {answer: answer**2 for answer in (1, 2, 3, 4)}
TOP_TWO = {3: 1, 4: 1}


def everything_public(months: Tallies, instrument: Instrument, decision: Decision) -> Attacker:
    """What an attacker learns from all public rows of a year, and from knowing who answers which question."""
    attacker = Attacker()
    questions = [question.key for question in instrument.questions]
    for service, month, question in product(months, months_of("2026"), questions):
        first = of_answers(months, (service, month), questions[0], EVERYBODY)
        here = of_answers(months, (service, month), question, EVERYBODY)
        if question != questions[0]:
            attacker.learn(first | dict.fromkeys(here, -1))
        if not instrument.question(question).optional:
            attacker.learn({(service, month, question, 0): 1})
    for row in product((None, *months), YEAR):
        shown = decision.shown(*row)
        if shown.n:
            attacker.learn(of_answers(months, row, questions[0], EVERYBODY))
        for question in questions:
            element = shown.elements[instrument.question(question).element]
            if element.nrr:
                attacker.learn(of_answers(months, row, question, ANSWERS))
                attacker.learn(of_answers(months, row, question, SUM))
            if element.distribution:
                for answer in ANSWERS:
                    attacker.learn(of_answers(months, row, question, {answer: 1}))
        if shown.index:
            attacker.learn(of_answers(months, row, questions[0], TOP_TWO))
        if shown.interval and len(questions) == 1:
            attacker.learn(of_answers(months, row, questions[0], SQUARES))
    return attacker


def solved(months: Tallies, instrument: Instrument, decision: Decision) -> list[tuple[Row, str, str]]:
    """What is held back and comes out all the same."""
    attacker = everything_public(months, instrument, decision)
    found: list[tuple[Row, str, str]] = []
    for row, question in product(product((None, *months), YEAR), instrument.questions):
        shown = decision.shown(*row)
        element = shown.elements[question.element]
        secrets: dict[str, Mapping[int, int]] = {}
        if not shown.n:
            secrets["n"] = EVERYBODY
        if not element.nrr:
            secrets |= {"answers": ANSWERS, "sum": SUM} if question.optional or not shown.n else {"sum": SUM}
        if not element.distribution:
            secrets |= {f"cell {answer}": {answer: 1} for answer in ANSWERS}
        for name, factors in secrets.items():
            if attacker.can_tell(of_answers(months, row, question.key, factors)):
                found.append((row, question.key, name))
    return found


small_offices = st.dictionaries(
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from(months_of("2026-S2")), st.sampled_from(SIZES), min_size=1),
    min_size=1,
)


@pytest.mark.parametrize(
    "instrument",
    [TWO_ELEMENTS, questionnaire({"waktu": ["waktu"], "biaya": ["biaya"]}, optional=False), SMILEY],
    ids=["optional questions", "required questions", "one tap"],
)
@settings(max_examples=15)
@given(months=small_offices, kept=closed, random=st.randoms(use_true_random=False))
def test_neither_averages_nor_cells_come_out_of_everything_shown(
    instrument: Instrument, months: Months, kept: set[str], random: Random
) -> None:
    tallies = answered(months, instrument, random)
    decision = decide(instrument, tallies, services=True, kept=kept)
    for row in product((None, *months), YEAR):
        assert_nothing_small(instrument, tallies, decision, row)
    assert not solved(tallies, instrument, decision)


def assert_nothing_small(instrument: Instrument, months: Tallies, decision: Decision, row: Row) -> None:
    """A row shows no count below its limit."""
    shown = decision.shown(*row)
    parts = months if row[0] is None else [row[0]]
    tally = Tally.merged(months[part][m] for part in parts for m in months_of(row[1]) if m in months[part])
    assert not (shown.n and 0 < tally.responses < MIN_INDEX)
    for question in instrument.questions:
        element, counts = shown.elements[question.element], tally.answers.get(question.key, {})
        assert not (element.nrr and 0 < sum(counts.values()) < MIN_INDEX)
        assert not (element.distribution and any(0 < count < MIN_CELL for count in counts.values()))
        assert shown.index <= element.nrr <= shown.n
        assert element.distribution <= element.nrr


@settings(max_examples=50)
@given(services=offices, kept=closed, random=st.randoms(use_true_random=False))
def test_kinds_of_respondents_that_are_held_back_do_not_come_out_and_do_not_give_the_total_away(
    services: Months, kept: set[str], random: Random
) -> None:
    values: dict[str, dict[str, int]] = {"f": {}, "m": {}, "": {}}
    for counts in services.values():
        for month, n in counts.items():
            for value in random.choices(("f", "m", ""), (10, 10, 1), k=n):
                values[value][month] = values[value].get(month, 0) + 1
    of_services = held_back(amounts(services), MIN_INDEX, kept=kept)
    wholes = [label for part, label in of_services.rows if part is None]
    hidden = held_back_respondents(values, of_services, kept=kept)
    attacker = Attacker()
    for row in product((None, *values), LABELS):
        shown = row[1] not in wholes if row[0] is None else row not in hidden
        if shown:
            assert row[0] is None or not 0 < size(values, row) < MIN_CELL
            attacker.learn(total(cells(values, row)))
    assert not [row for row in hidden if row[0] is not None and attacker.can_tell(total(cells(values, row)))]
    assert not [label for label in wholes if attacker.can_tell(total(cells(values, (None, label))))]
