"""What goes in comes out, once: whatever is sent twice, killed, stopped or frozen meanwhile.

They start Puas as an operator does and speak HTTP and the command line to it; what was counted they read by plain SQL.
"""

import contextlib
import random
import threading
from collections.abc import Iterator

from tests.system.crowd import Crowd, feedback
from tests.system.installation import Installation, Process, eventually
from tests.system.ledger import assert_counted_exactly_once, rows
from tests.system.outages import DELIVERY_TIMEOUT_MS, Servers

BRAKE_EXIT = 3


@contextlib.contextmanager
def visitors(installation: Installation, seed: int) -> Iterator[Crowd]:
    """A crowd that keeps sending during the block; afterwards every one of its responses is acknowledged."""
    crowd = Crowd(installation.address)
    thread = threading.Thread(target=crowd.keep_sending, args=(seed,))
    thread.start()
    try:
        yield crowd
    finally:
        crowd.stop.set()
        thread.join()
    assert crowd.refused == []


def more_acknowledged(crowd: Crowd, count: int) -> None:
    """Wait until the crowd has `count` more acknowledgements than now."""
    goal = len(crowd.acknowledged) + count
    eventually(f"{count} more acknowledged", lambda: len(crowd.acknowledged) >= goal, within=90)


def more_stored(installation: Installation, count: int) -> None:
    """Wait until `count` more responses are stored than now."""
    goal = _stored(installation) + count
    eventually(f"{count} more stored", lambda: _stored(installation) >= goal, within=90)


def assert_all_counted(installation: Installation, crowd: Crowd, within: float = 90) -> None:
    """Wait until as many responses are stored as were acknowledged; then compare them one by one."""
    eventually(
        f"{len(crowd.acknowledged)} responses stored",
        lambda: _stored(installation) >= len(crowd.acknowledged),
        within,
    )
    assert_counted_exactly_once(installation.database, crowd.acknowledged)


def test_5000_feedbacks_from_16_clients_a_tenth_sent_again(installation: Installation) -> None:
    """Repeated submissions are acknowledged and counted once; the index and a rebuild say the same."""
    installation.start_api()
    installation.start_consumer()
    crowd = Crowd(installation.address, devices=16)
    crowd.send(5000, seed=1, repeated=0.1)
    assert (crowd.refused, len(crowd.acknowledged)) == ([], 5000)
    assert_all_counted(installation, crowd)
    items = installation.get("/v1/indices?unit=ult-uji")["items"]
    assert sum(item["n"] + item["excluded"] for item in items) == 5000
    rebuilt = installation.run("replay")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert_counted_exactly_once(installation.database, crowd.acknowledged)


def test_consumer_killed_ten_times_at_random_moments(installation: Installation) -> None:
    """A kill -9 between any two steps of a consumer at work neither loses nor repeats a response."""
    installation.start_api()
    chance = random.Random(2)
    with visitors(installation, seed=2) as crowd:
        for _ in range(10):
            consumer = installation.start_consumer(ready=False)
            more_stored(installation, chance.randint(1, 150))
            consumer.kill()
    consumer = installation.start_consumer(ready=False)
    assert_all_counted(installation, crowd)
    assert consumer.terminate() == 0, consumer.said()


def test_api_killed_and_restarted_under_load(installation: Installation) -> None:
    """Who was answered 202 before a kill -9 of the API is counted; who was not retries under the same event_id."""
    installation.start_consumer()
    api = installation.start_api()
    with visitors(installation, seed=3) as crowd:
        for _ in range(5):
            more_acknowledged(crowd, 100)
            api.kill()
            api = installation.start_api()
        more_acknowledged(crowd, 50)
    assert_all_counted(installation, crowd)
    assert api.terminate() == 0, api.said()


def test_log_killed_and_restarted_under_load(installation: Installation, servers: Servers) -> None:
    """While the log is gone the spool takes over, and everything reaches the log when it is back."""
    installation.start_api()
    installation.start_consumer()
    with visitors(installation, seed=4) as crowd:
        for _ in range(2):
            more_acknowledged(crowd, 100)
            with servers.log_crashes():
                more_acknowledged(crowd, 200)
        more_acknowledged(crowd, 100)
    assert crowd.spooled > 0
    assert_all_counted(installation, crowd)


def test_log_frozen_for_longer_than_the_delivery_timeout(installation: Installation, servers: Servers) -> None:
    """The intake answers 202 within its bound all the while, and the same process appends again afterwards."""
    api = installation.start_api()
    installation.start_consumer()
    with visitors(installation, seed=5) as crowd:
        more_acknowledged(crowd, 100)
        with servers.log_freezes():
            frozen_for = threading.Event()
            timer = threading.Timer(2.5 * DELIVERY_TIMEOUT_MS / 1000, frozen_for.set)
            timer.start()
            more_acknowledged(crowd, 200)
            assert frozen_for.wait(60)
        spooled_in_outage = crowd.spooled
        assert spooled_in_outage > 0
        eventually("the spool is forwarded", lambda: _metric(installation, "puas_spool_records") == 0, within=60)
        logged = _metric(installation, "puas_feedback_received_total", outcome="log")
        eventually(
            "the same process appends to the log again",
            lambda: _metric(installation, "puas_feedback_received_total", outcome="log") >= logged + 100,
        )
    assert api.running()
    # The bound is 2 s; the rest is what a busy machine may add.
    assert crowd.slowest < 10
    assert_all_counted(installation, crowd)


def test_database_stopped_for_30_seconds_under_load(installation: Installation, servers: Servers) -> None:
    """Feedback is taken while the database is away, and counted by the same consumer when it is back."""
    installation.start_api()
    consumer = installation.start_consumer()
    with visitors(installation, seed=6) as crowd:
        more_acknowledged(crowd, 100)
        with servers.database_stops():
            away_for = threading.Event()
            threading.Timer(30, away_for.set).start()
            more_acknowledged(crowd, 500)
            assert away_for.wait(60)
        more_acknowledged(crowd, 100)
    assert_all_counted(installation, crowd)
    assert consumer.running(), consumer.said()


def test_two_then_three_consumers_join_and_leave(installation: Installation, servers: Servers) -> None:
    """Partitions move between consumers at work, and no response is lost or counted twice on the way.

    Where the log has one partition, the others stand by and one of them goes on when the first leaves.
    """
    installation.start_api()
    first = installation.start_consumer()
    with visitors(installation, seed=7) as crowd:
        more_stored(installation, 100)
        second = installation.start_consumer(ready=servers.shares)
        more_stored(installation, 200)
        third = installation.start_consumer(ready=servers.shares)
        more_stored(installation, 200)
        assert first.terminate() == 0, first.said()
        more_stored(installation, 300)
        second.kill()
        more_stored(installation, 300)
        fourth = installation.start_consumer(ready=servers.shares)
        more_stored(installation, 200)
        assert third.terminate() == 0, third.said()
        more_stored(installation, 200)
    assert_all_counted(installation, crowd)
    assert fourth.terminate() == 0, fourth.said()


def test_a_poison_record_is_set_aside_and_the_rest_is_counted(installation: Installation, servers: Servers) -> None:
    """A foreign producer's bytes become a dead letter, byte for byte, and hold up nobody."""
    installation.start_api()
    installation.start_consumer()
    crowd = Crowd(installation.address)
    crowd.send(50, seed=8)
    poison = b"\x00\xff not a feedback \x80"
    servers.put_foreign([poison])
    crowd.send(50, seed=9)
    assert_all_counted(installation, crowd)
    eventually("a dead letter", lambda: rows(installation.database, "SELECT value FROM dead_letters"))
    ((kept,),) = rows(installation.database, "SELECT value FROM dead_letters")
    assert bytes(kept) == poison
    listed = installation.run("dead-letters", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    assert "not_json" in listed.stdout


def test_fifty_poison_records_in_a_row_stop_the_loop(installation: Installation, servers: Servers) -> None:
    """Many unreadable records in a row are our fault until shown otherwise: stop, say why, also after a restart."""
    installation.start_api()
    consumer = installation.start_consumer()
    crowd = Crowd(installation.address)
    crowd.send(20, seed=10)
    assert_all_counted(installation, crowd)
    servers.put_foreign([b"poison %d" % number for number in range(50)])
    assert consumer.exit_status() == BRAKE_EXIT, consumer.said()
    assert "50" in consumer.said()
    again = installation.start_consumer(ready=False)
    assert again.exit_status() == BRAKE_EXIT, again.said()
    released: Process = installation.start_consumer("--brake", "0")
    crowd.send(20, seed=11)
    assert_all_counted(installation, crowd)
    eventually("50 dead letters", lambda: _dead_letters(installation) == 50)
    assert released.terminate() == 0, released.said()


def test_an_acknowledged_feedback_names_where_it_is_kept(installation: Installation) -> None:
    """The answer is 202 with the event_id, and a repetition is answered alike."""
    installation.start_api()
    one = feedback(random.Random(12))
    for _ in range(2):
        status, said = installation.post("/v1/feedback", one)
        assert (status, said) == (202, {"event_id": one["event_id"], "status": "accepted", "stored": "log"})


def _stored(installation: Installation) -> int:
    ((count,),) = rows(installation.database, "SELECT count(*) FROM responses")
    return int(count)


def _dead_letters(installation: Installation) -> int:
    ((count,),) = rows(installation.database, "SELECT count(*) FROM dead_letters")
    return int(count)


def _metric(installation: Installation, name: str, **labels: str) -> float:
    """The sum of a metric's samples on the API with these labels."""
    text = installation.text("/metrics")
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    lines = [line for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(one in line for one in wanted))
