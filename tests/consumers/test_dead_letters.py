"""Dead letters are listed, and tried again with the bytes they came with."""

from dataclasses import replace

import pytest

from consumers.dead_letters import listed, retry
from eventlog import LogUnavailable, Record, open_log
from readmodel.database import writing
from readmodel.projection import DeadRecord, insert_dead_letters
from schemas.catalog import Catalog, Service
from tests.consumers.pairs import Pair, consuming, eventually
from tests.consumers.visits import CATALOG, feedback, poison, record
from tests.servers.ports import free_port

AWAY = {"request_timeout_ms": "1000", "delivery_timeout_ms": "1500"}
(UNIT,) = CATALOG.units
WIDER = Catalog((replace(UNIT, services=(*UNIT.services, Service("sim", "SIM", ("smiley@1",)))),))


def set_aside(pair: Pair, *records: Record) -> list[DeadRecord]:
    """Let a consumer make dead letters of them."""
    pair.put(*records)
    before = pair.dead()
    with consuming(pair):
        eventually(lambda: pair.dead() == before + len(records))
    return listed(pair.log, pair.engine, limit=100)


def test_a_dead_letter_keeps_everything_of_its_record(pair: Pair) -> None:
    """Key, bytes and headers as they came; why; and that nobody has tried it again."""
    (sent,) = poison(1)
    (letter,) = set_aside(pair, sent)
    assert (letter.key, letter.value, letter.headers) == (sent.key, sent.value, sent.headers)
    assert (letter.reason, letter.retried_ms) == ("not_json", None)


def test_retried_after_its_cause_is_gone_a_dead_letter_is_counted(pair: Pair) -> None:
    """The same bytes under the same key and headers, at the log's end."""
    late = [feedback(service="sim") for _ in range(3)]
    set_aside(pair, *map(record, late))
    pair.prepare(WIDER)
    done = retry(pair.log, pair.engine)
    assert (done.appended, done.skipped) == (3, {})
    with consuming(pair):
        eventually(lambda: pair.stored() == 3)
    pair.assert_counted_once(late)
    assert listed(pair.log, pair.engine, limit=100, pending_only=True) == []


def test_what_is_still_unusable_becomes_a_dead_letter_again(pair: Pair) -> None:
    """With its original bytes, however often."""
    (sent,) = poison(1)
    set_aside(pair, sent)
    for turn in (2, 3):
        assert retry(pair.log, pair.engine).appended == 1
        with consuming(pair):
            eventually(lambda: pair.dead() == turn)  # noqa: B023 - looked at within this turn
    letters = listed(pair.log, pair.engine, limit=100)
    assert {(letter.key, letter.value, letter.headers) for letter in letters} == {(sent.key, sent.value, sent.headers)}
    assert len([letter for letter in letters if letter.retried_ms is None]) == 1


def test_only_the_chosen_are_retried(embedded: Pair) -> None:
    """By place or by reason; of the others it is said why not."""
    set_aside(embedded, *poison(3), record(feedback(service="sim")))
    assert retry(embedded.log, embedded.engine, reason="unknown_catalog_entry").appended == 1
    done = retry(embedded.log, embedded.engine, [(0, 1), (0, 3), (0, 99)])
    assert done.appended == 1
    assert done.skipped == {(0, 3): "it has been tried again already", (0, 99): "there is no such dead letter"}
    assert embedded.log.ends() == {0: 6}
    assert [letter.position for letter in listed(embedded.log, embedded.engine, limit=9, pending_only=True)] == [2, 0]


def test_a_record_without_a_value_is_skipped(embedded: Pair) -> None:
    """Only a foreign producer makes one, and there is nothing to append."""
    empty = DeadRecord(
        partition=0, position=5, key=b"k", value=None, timestamp_ms=0, reason="not_json", detail="", dead_ms=0
    )
    with writing(embedded.engine) as conn:
        insert_dead_letters(conn, embedded.log.identity(), [empty])
    done = retry(embedded.log, embedded.engine)
    assert (done.appended, done.skipped) == (0, {(0, 5): "the record has no value"})


def test_nothing_is_noted_as_retried_that_the_log_did_not_take(embedded: Pair) -> None:
    """First durable, then noted."""
    away = open_log(f"kafka://127.0.0.1:{free_port()}/away", AWAY)
    set_aside(embedded, *poison(1))
    with pytest.raises(LogUnavailable):
        retry(away, embedded.engine)
    away.close()
    assert len(listed(embedded.log, embedded.engine, limit=9, pending_only=True)) == 1


def test_progress_is_told(embedded: Pair) -> None:
    """From 0 to all."""
    set_aside(embedded, *poison(3))
    told: list[tuple[int, int]] = []
    retry(embedded.log, embedded.engine, advance=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (3, 3)]
