"""One batch into the read model: all of it or nothing, and only what has not been counted yet."""

from collections.abc import Sequence

import pytest

from consumers.brake import Brake
from consumers.projection import Projected, project
from eventlog import Entry
from readmodel.database import writing
from schemas.feedback import Feedback
from tests.consumers.pairs import Pair
from tests.consumers.visits import CATALOG, feedback, record

LOG = "log-1"


def entries(sent: Sequence[Feedback], first: int = 0, partition: int = 0) -> list[Entry]:
    """The feedback as it lies in the log, from position `first`."""
    return [Entry(partition, first + n, 0, b"ktp", record(each).value) for n, each in enumerate(sent)]


def projected(pair: Pair, batch: Sequence[Entry], read_from: dict[int, int]) -> Projected:
    """Project and commit."""
    with writing(pair.engine) as conn:
        return project(conn, LOG, batch, read_from, CATALOG, 0)


def test_a_batch_is_counted_and_says_where_to_go_on(pair: Pair) -> None:
    """For each partition it held entries of."""
    one, other = [feedback() for _ in range(3)], [feedback() for _ in range(2)]
    done = projected(pair, [*entries(one), *entries(other, 10, partition=1)], {1: 0})
    assert (done.positions, done.moved) == ({0: 3, 1: 12}, {})
    assert len(done.responses) == 5
    pair.assert_counted_once([*one, *other])


def test_gaps_in_the_positions_are_the_logs_own_affair(pair: Pair) -> None:
    """Retention and transaction markers leave them."""
    first, after_gap = [feedback()], [feedback()]
    projected(pair, entries(first), {})
    done = projected(pair, entries(after_gap, first=500), {0: 1})
    assert (done.positions, done.moved) == ({0: 501}, {})
    pair.assert_counted_once([*first, *after_gap])


def test_a_batch_stored_before_is_not_stored_again(pair: Pair) -> None:
    """Its transaction was committed and nobody was told: the retry only learns where to go on."""
    batch = entries([feedback() for _ in range(3)])
    projected(pair, batch, {})
    again = projected(pair, batch, {})
    assert (again.responses, again.outcomes, again.positions, again.moved) == ([], [], {}, {0: 3})
    assert pair.stored() == 3


def test_a_partition_that_was_moved_does_not_hold_up_the_others(pair: Pair) -> None:
    """What is read of the others counts."""
    projected(pair, entries([feedback()]), {})
    fine = [feedback()]
    done = projected(pair, [*entries([feedback()], first=7), *entries(fine, partition=1)], {0: 7})
    assert (done.positions, done.moved) == ({1: 1}, {0: 1})
    assert [response.event_id for response in done.responses] == [fine[0].event_id]


def test_a_log_that_begins_at_lower_positions_again_counts_what_is_new(pair: Pair) -> None:
    """It lost records, and others took their positions: the event_ids tell."""
    old, new = [feedback() for _ in range(5)], [feedback()]
    projected(pair, entries(old), {})
    done = projected(pair, [*entries(old[:3]), *entries(new, first=3)], {0: 5})
    assert (len(done.responses), done.positions) == (1, {0: 4})
    pair.assert_counted_once([*old, *new])


def test_another_log_has_positions_of_its_own(pair: Pair) -> None:
    """A log made anew starts at 0 beside what the old one left."""
    sent = [feedback() for _ in range(2)]
    projected(pair, entries(sent[:1]), {})
    with writing(pair.engine) as conn:
        assert not project(conn, "log-2", entries(sent[1:]), {}, CATALOG, 0).moved
    pair.assert_counted_once(sent)


def test_a_batch_that_is_rolled_back_leaves_nothing(pair: Pair) -> None:
    """Responses, tallies, dead letters and positions come together or not at all."""

    def interrupted() -> None:
        with writing(pair.engine) as conn:
            project(conn, LOG, [*entries([feedback()]), Entry(0, 1, 0, None, b"?")], {}, CATALOG, 0)
            raise Brake

    with pytest.raises(Brake):
        interrupted()
    for table in ("responses", "cells", "dead_letters", "positions"):
        assert pair.rows(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - names of ours
