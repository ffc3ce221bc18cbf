"""Made again from the responses or from the log, the read model is the same, byte for byte."""

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from consumers.dead_letters import retry
from consumers.replay import LogIncomplete, from_log
from consumers.replay import replay as tallied_again
from eventlog import open_log
from readmodel.database import reading, writing
from readmodel.projection import fingerprint
from schemas.catalog import Catalog, Service
from tests.consumers.pairs import Pair, consuming, eventually
from tests.consumers.visits import CATALOG, feedback, poison, questionnaires

POSITIONS = "SELECT partition, next_position FROM positions WHERE next_position IS NOT NULL ORDER BY partition"


def nothing(_done: int, _total: int) -> None:
    """For those who watch no progress."""


def counted(pair: Pair) -> None:
    """300 questionnaires, some of them twice, and five dead letters, in the log and in the database."""
    sent = questionnaires(300)
    pair.put(*sent[:200], *sent[100:250], *poison(5), *sent[200:])
    with consuming(pair):
        eventually(lambda: (pair.stored(), pair.dead()) == (300, 5))


def spoil(pair: Pair, *statements: str) -> None:
    """Change tables behind everybody's back."""
    with writing(pair.engine) as conn:
        for statement in statements:
            conn.execute(text(statement))


def prints(pair: Pair) -> dict[str, str]:
    """What the tables hold."""
    with reading(pair.engine) as conn:
        return fingerprint(conn)


def test_tallies_made_again_from_responses_are_identical(pair: Pair) -> None:
    """And spoiled ones are made right."""
    counted(pair)
    before = prints(pair)
    done = tallied_again(pair.engine, nothing)
    assert done.identical
    assert (done.records, done.after) == (300, before)
    spoil(pair, "UPDATE cells SET n = n + 1", "DELETE FROM response_totals")
    repaired = tallied_again(pair.engine, nothing)
    assert set(repaired.changed) == {"cells", "response_totals"}
    assert prints(pair) == before


def test_everything_made_again_from_the_log_is_identical(pair: Pair) -> None:
    """Responses, tallies, dead letters, positions; and lost responses are back."""
    counted(pair)
    before = prints(pair)
    done = from_log(pair.log, pair.engine, nothing)
    assert done.identical, done.changed
    assert (done.records, done.lost) == (455, 0)
    spoil(pair, "DELETE FROM responses", "DELETE FROM cells", "DELETE FROM dead_letters")
    assert not from_log(pair.log, pair.engine, nothing).identical
    assert prints(pair) == before


def test_a_consumer_goes_on_behind_what_was_made_again_from_the_log(pair: Pair) -> None:
    """While one runs, and for one that starts later."""
    counted(pair)
    with consuming(pair) as running:
        from_log(pair.log, pair.engine, nothing)
        pair.put(feedback())
        eventually(lambda: pair.stored() == 301)
    assert len(running.counted) == 1
    pair.put(feedback())
    with consuming(pair) as later:
        eventually(lambda: pair.stored() == 302)
    assert len(later.counted) == 1


def test_an_empty_database_is_filled_from_the_log(pair: Pair) -> None:
    """After its loss."""
    sent = [feedback() for _ in range(30)]
    pair.put(*sent)
    assert from_log(pair.log, pair.engine, nothing).records == 30
    pair.assert_counted_once(sent)


def test_what_is_not_counted_yet_is_left_to_the_consumers(pair: Pair) -> None:
    """Feedback goes on coming during a replay: the result is still identical, and the rest is counted once."""
    counted(pair)
    before, positions = prints(pair), pair.rows(POSITIONS)
    ahead = [feedback() for _ in range(40)]
    pair.put(*ahead, *poison(2))
    done = from_log(pair.log, pair.engine, nothing)
    assert done.identical, done.changed
    assert (prints(pair), pair.rows(POSITIONS)) == (before, positions)
    with consuming(pair) as running:
        eventually(lambda: (pair.stored(), pair.dead()) == (340, 7))
    assert sorted(each.event_id for each in running.counted) == sorted(each.event_id for each in ahead)


def test_a_replay_under_load_is_identical(pair: Pair) -> None:
    """A consumer counts before, between and behind the replays."""
    sent = [feedback() for _ in range(600)]
    pair.put(*sent[:100])
    with consuming(pair):
        eventually(lambda: pair.stored() == 100)
        feeding = threading.Thread(target=lambda: pair.put_one_by_one(sent[100:]))
        feeding.start()
        try:
            verdicts = [from_log(pair.log, pair.engine, nothing).changed for _ in range(4)]
            verdicts += [tallied_again(pair.engine, nothing).changed for _ in range(4)]
        finally:
            feeding.join()
        eventually(lambda: pair.stored() == 600)
    assert verdicts == [[]] * 8
    pair.assert_counted_once(sent)


def test_a_dead_letter_that_was_retried_and_counted_stays_one(pair: Pair) -> None:
    """Where it lay at first it is passed over; its copy at the log's end counts, as before."""
    late = [feedback(service="sim") for _ in range(3)]
    pair.put(*late)
    with consuming(pair):
        eventually(lambda: pair.dead() == 3)
    (unit,) = CATALOG.units
    pair.prepare(Catalog((replace(unit, services=(*unit.services, Service("sim", "SIM", ("smiley@1",)))),)))
    retry(pair.log, pair.engine)
    with consuming(pair):
        eventually(lambda: pair.stored() == 3)
    query = "SELECT partition, position, value, retried_ms FROM dead_letters ORDER BY partition, position"
    before, positions = pair.rows(query), pair.rows(POSITIONS)
    done = from_log(pair.log, pair.engine, nothing)
    assert done.identical, done.changed
    assert (pair.rows(query), pair.rows(POSITIONS)) == (before, positions)
    pair.assert_counted_once(late)


def test_a_log_that_ends_with_a_retried_dead_letter_is_read_to_its_end(embedded: Pair) -> None:
    """Its copy is appended and not counted yet: the replay ends before it, and the consumer counts it."""
    embedded.put(feedback(), feedback(service="sim"))
    with consuming(embedded):
        eventually(lambda: (embedded.stored(), embedded.dead()) == (1, 1))
    (unit,) = CATALOG.units
    embedded.prepare(Catalog((replace(unit, services=(*unit.services, Service("sim", "SIM", ("smiley@1",)))),)))
    retry(embedded.log, embedded.engine)
    positions = embedded.rows(POSITIONS)
    assert from_log(embedded.log, embedded.engine, nothing).identical
    assert embedded.rows(POSITIONS) == positions
    with consuming(embedded):
        eventually(lambda: (embedded.stored(), embedded.dead()) == (2, 1))


def test_readers_see_the_old_figures_until_all_is_made_again(embedded: Pair) -> None:
    """A board that is looked at meanwhile never shows an empty office."""
    counted(embedded)
    seen: list[int] = []
    from_log(embedded.log, embedded.engine, lambda _done, _total: seen.append(embedded.stored()))
    assert seen
    assert set(seen) == {300}


def test_a_replay_that_fails_changes_nothing(embedded: Pair) -> None:
    """As when somebody interrupts it half way."""
    counted(embedded)
    before = prints(embedded)

    def interrupt(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tallied_again(embedded.engine, interrupt)
    with pytest.raises(KeyboardInterrupt):
        from_log(embedded.log, embedded.engine, interrupt)
    assert prints(embedded) == before


def test_a_log_that_no_longer_holds_every_response_is_refused(embedded: Pair, tmp_path: Path) -> None:
    """It says how many would be lost; allowed to lose them, it does and tells."""
    counted(embedded)
    before = prints(embedded)
    with sqlite3.connect(tmp_path / "log.db") as trimming:
        trimming.execute("DELETE FROM records WHERE id <= 30")
    with pytest.raises(LogIncomplete, match=r"30 of 300 counted responses.*partition 0 begins at 30"):
        from_log(embedded.log, embedded.engine, nothing)
    assert prints(embedded) == before
    assert from_log(embedded.log, embedded.engine, nothing, allow_loss=True).lost == 30
    assert embedded.stored() == 270


def test_responses_counted_from_another_log_are_not_lost_either(embedded: Pair, tmp_path: Path) -> None:
    """After a move to a new log the old one may be gone."""
    counted(embedded)
    other = open_log(f"sqlite:///{tmp_path}/other.db")
    with pytest.raises(LogIncomplete, match="300 of 300"):
        from_log(other, embedded.engine, nothing)
    other.close()
    assert embedded.stored() == 300


def test_a_log_that_kept_no_record_of_what_is_counted_is_refused(embedded: Pair, tmp_path: Path) -> None:
    """Nothing to read at all is no reason to hang."""
    counted(embedded)
    with sqlite3.connect(tmp_path / "log.db") as trimming:
        trimming.execute("DELETE FROM records")
    with pytest.raises(LogIncomplete, match="300 of 300"):
        from_log(embedded.log, embedded.engine, nothing)


def test_what_is_known_of_dead_letters_stays_known(embedded: Pair, tmp_path: Path) -> None:
    """Which were tried again, and the bytes of those that the log has dropped."""
    bad = poison(2)
    embedded.put(*bad)
    with consuming(embedded):
        eventually(lambda: embedded.dead() == 2)
    retry(embedded.log, embedded.engine, [(0, 1)])
    with consuming(embedded):
        eventually(lambda: embedded.dead() == 3)
    query = "SELECT position, value, retried_ms FROM dead_letters ORDER BY position"
    before = embedded.rows(query)
    with sqlite3.connect(tmp_path / "log.db") as trimming:
        trimming.execute("DELETE FROM records WHERE id = 1")
    from_log(embedded.log, embedded.engine, nothing)
    assert embedded.rows(query) == before
    assert [retried is not None for _, _, retried in before] == [False, True, False]


def test_a_wider_catalog_counts_what_was_a_dead_letter(embedded: Pair) -> None:
    """Made again from the log under the catalog of now."""
    embedded.put(feedback(service="ktp"), feedback(service="sim"))
    with consuming(embedded):
        eventually(lambda: (embedded.stored(), embedded.dead()) == (1, 1))
    (unit,) = CATALOG.units
    embedded.prepare(Catalog((replace(unit, services=(*unit.services, Service("sim", "SIM", ("smiley@1",)))),)))
    done = from_log(embedded.log, embedded.engine, nothing)
    assert not done.identical
    assert (embedded.stored(), embedded.dead()) == (2, 0)


def test_a_consumer_waits_while_the_tallies_are_made_again(pair: Pair) -> None:
    """What comes meanwhile is neither lost nor counted twice."""
    sent = [feedback() for _ in range(100)]
    pair.put(*sent[:50])
    with consuming(pair):
        eventually(lambda: pair.stored() == 50)
        feeding = threading.Thread(target=lambda: pair.put_one_by_one(sent[50:]))
        feeding.start()
        for _ in range(5):
            tallied_again(pair.engine, nothing)
        feeding.join()
        eventually(lambda: pair.stored() == 100)
    pair.assert_counted_once(sent)
