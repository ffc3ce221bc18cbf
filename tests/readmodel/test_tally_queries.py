"""Sums over the tally tables against sums over the responses themselves."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from readmodel.database import reading
from readmodel.projection import StoredResponse
from readmodel.queries import DIMENSIONS, EVERYTHING, Dimension, Scope, Span, TallyGroup, tallies
from satisfaction.tally import Tally
from tests.readmodel.samples import HOUR_MS, START_MS, project, response

_ROWS = [response(number) for number in range(240)]
_HOURS = 30


@pytest.fixture
def counted(database: Engine) -> Engine:
    """The responses of 28 hours, projected."""
    project(database, _ROWS)
    return database


def _by_hand(spans: Sequence[Span], scope: Scope, group_by: Sequence[Dimension]) -> Iterator[TallyGroup]:
    for span in spans:
        groups: dict[tuple[str, ...], list[StoredResponse]] = defaultdict(list)
        for row in _ROWS:
            wanted = [getattr(scope, name) for name in DIMENSIONS]
            if span.start_ms <= row.occurred_ms < span.end_ms and all(
                ids is None or getattr(row, name) in ids for name, ids in zip(DIMENSIONS, wanted, strict=True)
            ):
                groups[tuple(getattr(row, name) for name in group_by)].append(row)
        for values, rows in sorted(groups.items()):
            yield TallyGroup(
                span.label,
                dict(zip(group_by, values, strict=True)),
                Tally.of(row.answers for row in rows if row.included),
                Tally.of(row.answers for row in rows if not row.included),
            )


_spans = st.lists(
    st.tuples(st.integers(-2, _HOURS), st.integers(0, _HOURS)).map(
        lambda pair: Span(f"{pair}", START_MS + pair[0] * HOUR_MS, START_MS + (pair[0] + pair[1]) * HOUR_MS)
    ),
    max_size=12,
)
_scopes = st.builds(
    Scope,
    unit=st.none() | st.lists(st.sampled_from(["unit-0", "unit-1", "unit-2"]), max_size=2),
    service=st.none() | st.sets(st.sampled_from(["service-0", "service-1"])),
    channel=st.none() | st.just(["qr"]),
)
_groupings = st.lists(st.sampled_from(DIMENSIONS), unique=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=_spans, scope=_scopes, group_by=_groupings)
def test_any_question_gets_the_sums_of_its_responses(
    counted: Engine, spans: list[Span], scope: Scope, group_by: list[Dimension]
) -> None:
    """For any spans (apart, touching, overlapping, empty), any filter and any grouping."""
    with reading(counted) as conn:
        assert tallies(conn, spans, scope, group_by) == list(_by_hand(spans, scope, group_by))


def test_as_many_spans_as_a_year_has_hours_are_one_question(counted: Engine) -> None:
    hours = [Span(str(at), START_MS + at * HOUR_MS, START_MS + (at + 1) * HOUR_MS) for at in range(8_784)]
    with reading(counted) as conn:
        groups = tallies(conn, hours, EVERYTHING, ["unit"])
    assert groups == list(_by_hand(hours[:_HOURS], EVERYTHING, ["unit"]))


def test_sums_are_whole_numbers(counted: Engine) -> None:
    """PostgreSQL would give Decimal, which JSON does not take."""
    with reading(counted) as conn:
        (group,) = tallies(conn, [Span("all", START_MS, START_MS + _HOURS * HOUR_MS)], EVERYTHING, [])
    assert type(group.tally.responses) is int
    assert type(group.excluded) is int
    assert {type(count) for counts in group.tally.answers.values() for count in counts.values()} == {int}
