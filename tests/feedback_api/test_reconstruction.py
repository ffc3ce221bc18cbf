"""Somebody without a key asks for everything, over HTTP, and tries to compute what is held back: nothing comes out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

from readmodel.closings import close_period
from readmodel.response import StoredResponse
from satisfaction.instruments import instruments
from satisfaction.period_tree import holding, months_of
from satisfaction.suppression import MIN_CELL, MIN_INDEX
from schemas.catalog import Catalog, Service
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import BOTH, MAKASSAR, Office, put_catalog, settings_in
from tests.satisfaction.attacking import Attacker

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SERVICES = ("legalisasi", "konsultasi", "lama", "aduan")
PUBLIC = replace(MAKASSAR, public="services", services=(*MAKASSAR.services, Service("aduan", "Aduan", BOTH)))
MONTHS = months_of("2026")[:11]
LABELS = tuple(dict.fromkeys(label for month in months_of("2026") for label in reversed(holding(month))))
SIZES = (0, 0, 0, 2, 4, 9, 10, 13, 24, 40)
SEXES = ("female", "male", "")
ANSWERS = (1, 2, 3, 4)
Row = tuple[str | None, str]
Facts = dict[tuple[str, str | None, str], dict[str, Any]]
"""By instrument, service and period, what /v1/indices told; several questions may tell the same."""


def visits(random: Random) -> Iterator[StoredResponse]:
    """Some months of some services with few answers, some with many; rare answers, unanswered and excluded ones."""
    for instrument, service, month in product(BOTH, SERVICES, MONTHS):
        for _ in range(random.choice(SIZES)):
            answers: dict[str, int | None] = {
                question.key: None
                if question.optional and random.random() < 0.15
                else random.choices(ANSWERS, (1, 3, 20, 40))[0]
                for question in instruments()[instrument].questions
            }
            if all(answer is None for answer in answers.values()):
                answers["waktu"] = 3
            given = {"sex": random.choices(SEXES, (20, 20, 1))[0], "education": random.choices(("s1", "s2"), (9, 1))[0]}
            one = response(
                f"{month}-10T09:00+08:00",
                answers,
                service="legalisasi",
                instrument=instrument,
                included=random.random() > 0.03,
            )
            yield replace(one, service=service, respondent={key: value for key, value in given.items() if value})


@pytest.fixture(params=[1, 2])
def visited(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Office, list[StoredResponse]]]:
    """An office whose services are public, with a random year behind it, and the responses that are counted."""
    settings = settings_in(tmp_path)
    put_catalog(settings, Catalog((PUBLIC,)))
    office = Office(settings, NOW)
    office.context.catalog.refresh()
    made = list(visits(Random(request.param)))
    count(office, *made)
    if request.param == 2:
        close_period(office.context.engine, "ult-makassar", "2026-Q2", by="kepala", now=NOW)
    yield office, [one for one in made if one.included]
    office.close()


class World:
    """What the attacker knows of how responses are counted, and the truth to compare with."""

    def __init__(self, counted: list[StoredResponse]) -> None:
        self.counted = counted
        self.attacker = Attacker()
        for instrument, service, month in product(BOTH, SERVICES, months_of("2026")):
            first, *others = (question.key for question in instruments()[instrument].questions)
            for key in others:
                mine, its = (self.equation(instrument, (service, month), one, (0, *ANSWERS)) for one in (key, first))
                self.attacker.learn({**mine, **dict.fromkeys(its, -1)})
            if not instruments()[instrument].question(first).optional:
                self.attacker.learn(self.equation(instrument, (service, month), first, (0,)))
        for instrument, month in product(BOTH, months_of("2026")):
            first = instruments()[instrument].questions[0].key
            everybody = self.equation(instrument, (None, month), first, (0, *ANSWERS))
            said = {(instrument, "sex", value, month): -1 for value in SEXES}
            self.attacker.learn({**everybody, **said})

    def equation(self, instrument: str, row: Row, question: str, answers: tuple[int, ...]) -> dict[object, int]:
        """How many gave one of these answers (0: none) in a row."""
        services = SERVICES if row[0] is None else [row[0]]
        return {(instrument, s, m, question, a): 1 for s in services for m in months_of(row[1]) for a in answers}

    def average(self, instrument: str, row: Row, question: str) -> dict[object, int]:
        """The sum of the answers in a row."""
        equation = self.equation(instrument, row, question, ANSWERS)
        return {unknown: unknown[-1] for unknown in equation if isinstance(unknown, tuple)}

    def respondents(self, instrument: str, value: str, label: str) -> dict[object, int]:
        """How many of a sex answered in a period."""
        return {(instrument, "sex", value, month): 1 for month in months_of(label)}

    def of(self, instrument: str, row: Row) -> list[StoredResponse]:
        """The responses in a row."""
        return [
            one
            for one in self.counted
            if one.instrument == instrument and row[0] in (None, one.service)
            if f"{one.day // 10000}-{one.day // 100 % 100:02}" in months_of(row[1])
        ]


def asked_everything(office: Office) -> Iterator[dict[str, Any]]:
    """The items of every public question to /v1/indices: each period, interval, grouping, service and questionnaire."""
    whole: list[tuple[str | None, str, str | None]] = [
        (None, "", None),
        (None, "service", "smiley@1"),
        (None, "service,element", "skm-2017@1"),
    ]
    whole += [(service, "element", None) for service in SERVICES]
    for label, interval, (service, group_by, instrument) in product(
        LABELS, (None, "month", "quarter", "semester", "year"), whole
    ):
        if interval is not None and len(months_of(label)) == 1:
            continue
        given = {"interval": interval, "service": service, "group_by": group_by, "instrument": instrument}
        query = "".join(f"&{name}={value}" for name, value in given.items() if value)
        answer = office.anonymous.get(f"/v1/indices?unit=ult-makassar&period={label}{query}")
        assert answer.status_code == 200, answer.text
        yield from (answer.json or {})["items"]


def learn_item(world: World, item: Mapping[str, Any]) -> None:
    """Write down all that an item tells."""
    instrument, row = item["instrument"], (item["service"], item["period"]["label"])
    questions = [question.key for question in instruments()[instrument].questions]
    if item["n"] is not None:
        world.attacker.learn(world.equation(instrument, row, questions[0], (0, *ANSWERS)))
    if item["csat"] is not None:
        world.attacker.learn(world.equation(instrument, row, questions[0], (3, 4)))
    if item["interval"] is not None and len(questions) == 1:
        squares = world.average(instrument, row, questions[0])
        world.attacker.learn({unknown: factor**2 for unknown, factor in squares.items()})
    for element in item["elements"]:
        if element["n"] is not None:
            world.attacker.learn(world.equation(instrument, row, element["key"], ANSWERS))
        if element["nrr"] is not None:
            world.attacker.learn(world.average(instrument, row, element["key"]))
        for answer in element["distribution"] or ():
            world.attacker.learn(world.equation(instrument, row, element["key"], (int(answer),)))


def learn_page(world: World, office: Office, instrument: str, label: str) -> dict[str, int | None]:
    """Write down how many of each sex the page shows; returns what it says."""
    shown = office.anonymous.get(
        f"/p/ult-makassar?period={label}&instrument={instrument}", **{"Accept-Language": "en"}
    ).text
    table = shown.partition("<caption>Sex</caption>")[2].partition("</table>")[0]
    names = {"Female": "female", "Male": "male", "Not stated": ""}
    cells = re.findall(r'<th scope="row">([^<]+)</th><td class="number">([^<]+)</td>', table)
    found = {names[name]: None if number == "\N{EN DASH}" else int(number) for name, number in cells}
    for value, number in found.items():
        if number is not None:
            world.attacker.learn(world.respondents(instrument, value, label))
    return found


def secrets(world: World, instrument: str, row: Row) -> Iterator[tuple[str, dict[object, int]]]:
    """What must not come out of a row: few responses, few answers to a question, few of an answer."""
    inside = world.of(instrument, row)
    questions = [question.key for question in instruments()[instrument].questions]
    if 0 < len(inside) < MIN_INDEX:
        yield "n", world.equation(instrument, row, questions[0], (0, *ANSWERS))
    for question in questions:
        given = [one.answers[question] for one in inside if one.answers[question] is not None]
        if 0 < len(given) < MIN_INDEX:
            yield f"sum of {question}", world.average(instrument, row, question)
        for answer in ANSWERS:
            if 0 < given.count(answer) < MIN_CELL:
                yield f"{answer} of {question}", world.equation(instrument, row, question, (answer,))


@pytest.mark.timeout(900)  # hundreds of questions, and exact arithmetic over all their answers
def test_nothing_held_back_comes_out_of_every_public_answer_together(
    visited: tuple[Office, list[StoredResponse]],
) -> None:
    office, counted = visited
    world = World(counted)
    items = list(asked_everything(office))
    for item in items:
        learn_item(world, item)
    respondents = {
        (instrument, label): learn_page(world, office, instrument, label)
        for instrument, label in product(BOTH, LABELS)
        if label <= "2026-11" or label > "2026-12"
    }
    rows = [*product((None, *SERVICES), LABELS)]
    hidden = [(i, row, what, equation) for i in BOTH for row in rows for what, equation in secrets(world, i, row)]
    assert len(hidden) > 100
    assert not [found[:3] for found in hidden if world.attacker.can_tell(found[3])]
    told_none = [(i, label, value) for (i, label), of in respondents.items() for value, n in of.items() if n is None]
    assert told_none
    assert not [one for one in told_none if world.attacker.can_tell(world.respondents(one[0], one[2], one[1]))]
    assert sum(item["n"] is not None and item["n"] >= MIN_INDEX for item in items) > 50


def test_what_is_shown_is_true_and_never_small(visited: tuple[Office, list[StoredResponse]]) -> None:
    office, counted = visited
    world = World(counted)
    for label in LABELS:
        answer = office.anonymous.get(f"/v1/indices?unit=ult-makassar&period={label}&group_by=service")
        for item in (answer.json or {})["items"]:
            inside = world.of(item["instrument"], (item["service"], label))
            if item["n"] is None:
                assert item["suppressed"]
                assert (item["index"], item["excluded"], item["interval"]) == (None, None, None)
                continue
            assert item["n"] == len(inside)
            assert item["n"] == 0 or item["n"] >= MIN_INDEX
            for element in item["elements"]:
                given = [one.answers[element["key"]] for one in inside if one.answers[element["key"]] is not None]
                if element["nrr"] is not None:
                    average = Fraction(sum(answer for answer in given if answer), len(given))
                    assert abs(average - Fraction(str(element["nrr"]))) <= Fraction(1, 2000)
                    assert len(given) >= MIN_INDEX
                for value, number in (element["distribution"] or {}).items():
                    assert number == given.count(int(value))
                    assert number == 0 or number >= MIN_CELL


@pytest.mark.parametrize(
    "query",
    [
        "period=2026-W40",
        "period=2026-10-10",
        "from=2026-10-01&to=2026-10-15",
        "interval=day",
        "interval=week",
        "channel=kiosk",
        "touchpoint=kiosk-1",
        "group_by=sex",
        "sex=female",
        "misuse=include",
        "figures=live",
    ],
)
def test_what_cuts_finer_than_the_public_periods_and_services_needs_a_key(tmp_path: Path, query: str) -> None:
    settings = settings_in(tmp_path)
    put_catalog(settings, Catalog((PUBLIC,)))
    office = Office(settings, NOW)
    office.context.catalog.refresh()
    answer = office.anonymous.get(f"/v1/indices?unit=ult-makassar&{query}")
    assert (answer.status_code, (answer.json or {})["type"]) == (401, "/problems/needs_key")
    office.close()
