"""What is in the log is counted, each feedback once, on every pair of log and database."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from consumers.brake import Brake
from readmodel.catalog import apply_catalog
from readmodel.database import writing
from readmodel.projection import claim, store_positions
from schemas.catalog import Catalog, Service
from tests.consumers.pairs import Pair, Running, consuming, eventually
from tests.consumers.visits import CATALOG, NOON, feedback, poison, questionnaires, record


def test_all_feedback_is_counted_in_all_partitions(pair: Pair) -> None:
    """What was there before the consumer and what comes while it runs."""
    early, late = [*questionnaires(60), *(feedback() for _ in range(60))], questionnaires(40, seed=2)
    pair.put(*early)
    with consuming(pair) as running:
        eventually(lambda: pair.stored() == 120)
        pair.put(*late)
        eventually(lambda: pair.stored() == 160)
        eventually(lambda: running.progress.not_ready() is None)
        eventually(lambda: sum(running.progress.lag_records().values()) == 0)
    pair.assert_counted_once([*early, *late])
    assert {response.event_id for response in running.counted} == {sent.event_id for sent in [*early, *late]}


def test_a_feedback_sent_several_times_counts_once(pair: Pair) -> None:
    """Whether the repetitions come in one batch, in later ones, or after a restart of the consumer."""
    sent = [feedback() for _ in range(30)]
    pair.put(*sent, *sent)
    with consuming(pair) as running:
        eventually(lambda: pair.stored() == 30)
        pair.put(*sent)
        eventually(lambda: _counted_up_to_the_end(pair))
    with consuming(pair):
        pair.put(*sent, feedback())
        eventually(lambda: pair.stored() == 31)
    assert len(running.counted) == 30
    assert pair.rows("SELECT sum(n) FROM cells WHERE cut = '' AND grain = 'year'") == [(31,)]


def test_a_restarted_consumer_goes_on_where_the_last_stopped(pair: Pair) -> None:
    """It reads nothing again: what it counts is what came in between."""
    first, second = [feedback() for _ in range(30)], [feedback() for _ in range(30)]
    pair.put(*first)
    with consuming(pair):
        eventually(lambda: pair.stored() == 30)
    pair.put(*second)
    with consuming(pair) as again:
        eventually(lambda: pair.stored() == 60)
    assert {response.event_id for response in again.counted} == {sent.event_id for sent in second}
    pair.assert_counted_once([*first, *second])


def test_poison_is_set_aside_byte_for_byte_and_the_rest_is_counted(pair: Pair) -> None:
    """With where it lay, its key, its headers and why."""
    good = [feedback(service="ktp") for _ in range(20)]
    (bad,) = poison(1)
    pair.put(*good[:10], bad, *good[10:])
    with consuming(pair):
        eventually(lambda: pair.stored() == 20)
    pair.assert_counted_once(good)
    ((key, value, headers, reason, detail, position),) = pair.rows(
        "SELECT key, value, headers, reason, detail, position FROM dead_letters"
    )
    assert (bytes(key), bytes(value), reason, position) == (bad.key, bad.value, "not_json", 10)
    assert "from" in headers
    assert detail


def test_feedback_of_a_service_applied_later_than_the_consumer_started_is_counted(pair: Pair) -> None:
    """The catalog is looked at in the transaction that needs it."""
    (unit,) = CATALOG.units
    more = Catalog((replace(unit, services=(*unit.services, Service("sim", "SIM", ("smiley@1",)))),))
    pair.put(feedback())
    with consuming(pair):
        eventually(lambda: pair.stored() == 1)
        with writing(pair.engine) as conn:
            apply_catalog(conn, more, 0)
        pair.put(feedback(service="sim"))
        eventually(lambda: pair.stored() == 2)
    assert pair.dead() == 0


def test_without_any_catalog_it_waits_for_one(embedded: Pair) -> None:
    """Setting everything aside would be a bad start."""
    with writing(embedded.engine) as conn:
        conn.execute(text("DELETE FROM catalog_versions"))
    embedded.put(feedback())
    with consuming(embedded) as running:
        eventually(lambda: "no catalog has been applied yet" in (running.progress.not_ready() or ""))
        embedded.prepare()
        eventually(lambda: embedded.stored() == 1)
    assert embedded.dead() == 0


def test_fifty_unusable_records_in_a_row_stop_it_and_a_restart_stops_again(pair: Pair) -> None:
    """Nothing of the batch that trips is stored; with the limit lifted all are set aside and it goes on."""
    pair.put(feedback(service="ktp"), *poison(50), feedback(service="ktp"))
    for _ in range(2):
        stopped = Running(pair.log, pair.engine).ended()
        assert isinstance(stopped, Brake)
        assert "50 records" in str(stopped)
    assert pair.dead() < 50
    with consuming(pair, brake_limit=0):
        eventually(lambda: (pair.stored(), pair.dead()) == (2, 50))


def test_a_row_of_unusable_records_is_remembered_over_restarts(pair: Pair) -> None:
    """30 set aside and committed, then 20 more: that is fifty in a row."""
    pair.put(*poison(30))
    with consuming(pair):
        eventually(lambda: pair.dead() == 30)
    pair.put(*poison(20))
    assert isinstance(Running(pair.log, pair.engine).ended(), Brake)
    assert pair.dead() < 50


def test_positions_moved_on_by_another_consumer_are_followed(pair: Pair) -> None:
    """Who finds another ahead stores nothing, reads on from there, and loses nothing after it."""
    skipped, wanted = [feedback(service="ktp") for _ in range(10)], [feedback(service="ktp") for _ in range(10)]
    pair.put(feedback(service="ktp"))
    with consuming(pair) as running:
        eventually(lambda: pair.stored() == 1)
        ((partition, position),) = _positions(pair)
        _store(pair, partition, position + 10)
        pair.put(*skipped, *wanted)
        eventually(lambda: pair.stored() == 11)
    assert {each.event_id for each in running.counted[1:]} == {each.event_id for each in wanted}
    assert _positions(pair) == [(partition, 21)]


def test_positions_moved_back_are_read_again(pair: Pair) -> None:
    """A restored backup of the database: the running consumer counts what the backup does not know."""
    first, second, third = ([feedback(service="ktp") for _ in range(5)] for _ in range(3))
    pair.put(*first, *second)
    with consuming(pair):
        eventually(lambda: pair.stored() == 10)
        ((partition, _),) = _positions(pair)
        with writing(pair.engine) as conn:
            for table in ("responses", "cells", "response_totals", "answer_totals"):
                conn.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of ours
            store_positions(conn, pair.log.identity(), {partition: 0}, 0)
        pair.put(*third)
        eventually(lambda: pair.stored() == 15)
    pair.assert_counted_once([*first, *second, *third])


def test_a_log_that_lost_its_last_records_is_read_again_and_nothing_counts_twice(pair: Pair) -> None:
    """Stored positions beyond the end of the log would otherwise hide what is appended next."""
    sent, late = [feedback(service="ktp") for _ in range(5)], feedback(service="ktp")
    pair.put(*sent)
    with consuming(pair):
        eventually(lambda: pair.stored() == 5)
    ((partition, _),) = _positions(pair)
    _store(pair, partition, 1000)
    with consuming(pair):
        pair.put(late)
        eventually(lambda: pair.stored() == 6)
    assert _positions(pair) == [(partition, 6)]
    pair.assert_counted_once([*sent, late])


def test_an_hours_old_feedback_is_placed_where_it_belongs(pair: Pair) -> None:
    """A kiosk's outbox empties at night; the tally rows are those of the day."""
    pair.put(feedback(received_at=NOON + timedelta(hours=9), occurred_at=NOON + timedelta(minutes=30)))
    with consuming(pair):
        eventually(lambda: pair.stored() == 1)
    hours = pair.rows("SELECT DISTINCT at FROM cells WHERE grain = 'hour'")
    assert hours == [(int(NOON.timestamp() * 1000),)]


def test_the_loop_ends_at_once_when_told_to(embedded: Pair) -> None:
    """Also while it waits for records; what was read before is committed."""
    embedded.put(*(record(feedback()) for _ in range(3)))
    running = Running(embedded.log, embedded.engine)
    eventually(lambda: embedded.stored() == 3)
    assert running.finish() is None
    assert _counted_up_to_the_end(embedded)


def _counted_up_to_the_end(pair: Pair) -> bool:
    ends = {partition: end for partition, end in pair.log.ends().items() if end}
    return dict(_positions(pair)) == ends


def _positions(pair: Pair) -> list[tuple[int, int]]:
    query = "SELECT partition, next_position FROM positions WHERE next_position IS NOT NULL ORDER BY partition"
    return [(partition, position) for partition, position in pair.rows(query)]


def _store(pair: Pair, partition: int, position: int) -> None:
    log_id = pair.log.identity()
    with writing(pair.engine) as conn:
        claim(conn, log_id, [partition])
        store_positions(conn, log_id, {partition: position}, 0)
