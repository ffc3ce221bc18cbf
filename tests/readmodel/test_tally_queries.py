"""Sums over cells against sums over the responses themselves."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from readmodel.database import reading
from readmodel.projection import StoredResponse
from readmodel.queries import (
    DIMENSIONS,
    EVERYTHING,
    RESPONDENT_FIELDS,
    Dimension,
    Scope,
    Span,
    TallyGroup,
    TooMuch,
    tallies,
)
from satisfaction.periods import hour_start, parse_period
from satisfaction.tally import Tally
from tests.readmodel.samples import hours_span, project, response

_ZONE = ZoneInfo("Asia/Kathmandu")
"""Whose hours begin at a quarter past by UTC."""
_FIRST = datetime(2024, 11, 20, tzinfo=_ZONE)
_DAYS = 800
_ALL = (*DIMENSIONS, *RESPONDENT_FIELDS)


def _rows() -> list[StoredResponse]:
    """Responses of two years and two months, thickly in some days and thinly over the rest."""
    chance = Random(5)
    rows = []
    for number in range(400):
        day = chance.randrange(_DAYS) if number % 2 else chance.choice([0, 41, 42, 407, _DAYS - 1])
        occurred = _FIRST + timedelta(days=day, minutes=chance.randrange(24 * 60))
        told = {"sex": chance.choice("fm"), "age_band": "17-25", "shoe": "43"}
        rows.append(
            response(
                number,
                occurred_ms=_ms(occurred),
                hour_ms=_ms(hour_start(occurred, _ZONE)),
                day=int(f"{occurred:%Y%m%d}"),
                respondent={name: told[name] for name in told if chance.random() < 0.7},
                instrument=chance.choice(["skm-2017@1", "smiley@1", "own@1"]),
                answers={key: chance.choice([None, 1, 2, 4]) for key in ("waktu", "biaya", "kepuasan")},
            )
        )
    return rows


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


_ROWS = _rows()


@pytest.fixture
def counted(database: Engine) -> Engine:
    """All of them, projected."""
    project(database, _ROWS[:150])
    project(database, _ROWS[150:])
    return database


def _value(row: StoredResponse, dimension: Dimension) -> str:
    return row.respondent.get(dimension, "") if dimension in RESPONDENT_FIELDS else str(getattr(row, dimension))


def _by_hand(spans: Sequence[Span], scope: Scope, group_by: Sequence[Dimension]) -> Iterator[TallyGroup]:
    wanted = {name: scope.values(name) for name in _ALL}
    for span in spans:
        groups: dict[tuple[str, ...], list[StoredResponse]] = defaultdict(list)
        for row in _ROWS:
            inside = _ms(span.start) <= row.occurred_ms < _ms(span.end)
            if inside and all(values is None or _value(row, name) in values for name, values in wanted.items()):
                groups[tuple(_value(row, name) for name in group_by)].append(row)
        for group, rows in sorted(groups.items()):
            yield TallyGroup(
                span.label,
                dict(zip(group_by, group, strict=True)),
                Tally.of(row.answers for row in rows if row.included),
                Tally.of(row.answers for row in rows if not row.included),
            )


def _stretch(pair: tuple[int, int]) -> Span:
    first, length = pair
    start = _FIRST + timedelta(hours=first)
    return Span(f"{pair}", start, start + timedelta(hours=length), _ZONE)


_hours = st.tuples(st.integers(-30, _DAYS * 24), st.integers(0, _DAYS * 24)).map(_stretch)
_few_hours = st.tuples(st.integers(-30, 60), st.integers(0, 60)).map(_stretch)
_periods = st.sampled_from(["2024", "2025", "2026", "2025-S1", "2026-Q1", "2024-12", "2025-12-31", "2026-W01"]).map(
    lambda label: Span.of(label, parse_period(label, _ZONE), _ZONE)
)
_spans = st.lists(_hours | _few_hours | _periods, max_size=6)
_scopes = st.builds(
    Scope,
    unit=st.none() | st.lists(st.sampled_from(["unit-0", "unit-1", "unit-2"]), max_size=2),
    service=st.none() | st.sets(st.sampled_from(["service-0", "service-1"])),
    instrument=st.none() | st.just(["smiley@1", "own@1"]),
    channel=st.none() | st.none() | st.just(["qr"]),
    respondent=st.just({}) | st.just({}) | st.sampled_from([{"sex": ["f", ""]}, {"age_band": [""]}]),
)
_groupings = st.lists(st.sampled_from(_ALL), unique=True, max_size=3)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=_spans, scope=_scopes, group_by=_groupings)
def test_any_question_gets_the_sums_of_its_responses(
    counted: Engine, spans: list[Span], scope: Scope, group_by: list[Dimension]
) -> None:
    """For any spans (apart, touching, overlapping, empty, of hours or years), any filter and any grouping."""
    with reading(counted) as conn:
        assert tallies(conn, spans, scope, group_by) == list(_by_hand(spans, scope, group_by))


def test_as_many_spans_as_a_year_has_hours_are_one_question(counted: Engine) -> None:
    hours = [_stretch((at, 1)) for at in range(8_784)]
    with reading(counted) as conn:
        groups = tallies(conn, hours, EVERYTHING, ["unit"])
    busy = [span for span in hours if any(_ms(span.start) == row.hour_ms for row in _ROWS)]
    assert groups == list(_by_hand(busy, EVERYTHING, ["unit"]))


def test_sums_are_whole_numbers(counted: Engine) -> None:
    """A database might give Decimal, which JSON does not take."""
    with reading(counted) as conn:
        (group,) = tallies(conn, [_stretch((0, _DAYS * 24))], EVERYTHING, [])
    assert type(group.tally.responses) is int
    assert type(group.excluded) is int
    assert {type(count) for counts in group.tally.answers.values() for count in counts.values()} == {int}
    assert {type(count) for pair in group.tally.pairs.values() for count in pair} == {int}


def test_who_did_not_tell_is_a_group_of_its_own(counted: Engine) -> None:
    with reading(counted) as conn:
        groups = tallies(conn, [_stretch((0, _DAYS * 24))], EVERYTHING, ["sex"])
    assert [group.group["sex"] for group in groups] == ["", "f", "m"]
    assert sum(group.tally.responses + group.excluded for group in groups) == len(_ROWS)


def test_too_many_responses_to_read_are_refused(database: Engine) -> None:
    """Two cuts at once are answered from responses; one is answered from cells, whatever the number."""
    project(database, [response(number) for number in range(20)])
    spans = [hours_span("all", 0, 300)]
    with reading(database) as conn:
        assert tallies(conn, spans, EVERYTHING, ["touchpoint"], most=19)
        assert tallies(conn, spans, Scope(unit=["unit-0"]), ["touchpoint", "channel"], most=19)
        with pytest.raises(TooMuch) as refused:
            tallies(conn, spans, EVERYTHING, ["touchpoint", "channel"], most=19)
    assert refused.value.n == 20
