"""When a flood of dead letters stops the consumer, and what it tells then."""

from collections.abc import Iterable

import pytest

from consumers.brake import Brake, Setback, Streaks

Outcome = tuple[int, Setback | None]


def bad(count: int, partition: int = 0, first: int = 0, reason: str = "not_json") -> list[Outcome]:
    """So many records in a row that can't be used."""
    return [(partition, Setback(partition, first + n, reason, "Expecting value")) for n in range(count)]


def good(count: int, partition: int = 0) -> list[Outcome]:
    """So many that can."""
    return [(partition, None)] * count


def after(streaks: Streaks, *batches: Iterable[Outcome]) -> Streaks:
    """Batch by batch, each committed."""
    for batch in batches:
        streaks = streaks.after(list(batch))
    return streaks


def test_one_less_than_the_limit_in_a_row_is_let_through() -> None:
    """And a good record ends the row."""
    assert after(Streaks(50), bad(49), good(1), bad(49)).in_a_row == 49


def test_the_row_goes_on_from_batch_to_batch() -> None:
    """However the records are cut into batches."""
    with pytest.raises(Brake):
        after(Streaks(50), *[bad(10)] * 5)


def test_a_batch_that_trips_leaves_the_streaks_as_they_were() -> None:
    """It is not committed, so that the next attempt trips at the same record."""
    streaks = after(Streaks(50), bad(30))
    for _ in range(2):
        with pytest.raises(Brake, match="50 records in a row"):
            streaks.after(bad(20))
    assert streaks.in_a_row == 30


def test_good_records_of_other_partitions_do_not_hide_a_broken_producer() -> None:
    """One service's records all fail while the others' keep coming."""
    mixed = [outcome for pair in zip(good(60, 1), bad(60, 2), strict=True) for outcome in (*pair, *good(2, 3))]
    with pytest.raises(Brake, match="50 records of one partition in a row"):
        after(Streaks(50), mixed)


def test_a_row_over_several_partitions_counts_as_one() -> None:
    """A fault of ours hits every partition at once."""
    with pytest.raises(Brake):
        after(Streaks(50), bad(25, 0), bad(25, 1))


def test_more_than_half_of_the_last_thousand_trips_from_two_hundred_on() -> None:
    """Two bad for every good one never make a long row."""
    mixed = [*bad(2), *good(1)]
    streaks = after(Streaks(50), *[mixed] * 66)
    with pytest.raises(Brake, match=r"of the last 201 records"):
        streaks.after(mixed)


def test_half_of_the_records_is_borne_for_ever() -> None:
    """Dead letters are there for it."""
    after(Streaks(50), *[[*bad(1), *good(1)]] * 1500)


def test_a_share_long_past_is_forgotten() -> None:
    """Only the last thousand count."""
    streaks = after(Streaks(50), *[[*bad(1), *good(1)]] * 700, good(600), *[[*bad(3), *good(1)]] * 60)
    assert sum(streaks.recent) <= 500


def test_a_limit_of_zero_never_trips() -> None:
    """The operator has decided to set them aside."""
    after(Streaks(0), bad(5000))


def test_a_restart_takes_up_the_row_that_is_stored() -> None:
    """Else every restart would set nearly another fifty aside."""
    resumed = Streaks(50).resumed({0: 20, 1: 29})
    resumed.after(good(1))
    with pytest.raises(Brake, match="50 records in a row"):
        resumed.after(bad(1))


def test_an_assignment_while_running_leaves_the_row_read_so_far() -> None:
    """Partitions come and go; what this process has seen stays seen."""
    running = after(Streaks(50), good(1), bad(10)).resumed({3: 45})
    assert running.in_a_row == 10
    with pytest.raises(Brake, match="of one partition"):
        running.after(bad(5, partition=3))


def test_the_message_tells_how_many_where_why_and_how_to_go_on() -> None:
    """Whoever is woken by it knows nothing else."""
    with pytest.raises(Brake) as told:
        after(Streaks(3), [*bad(1, first=117, reason="not_an_event"), *bad(2, first=118)])
    message = str(told.value)
    for part in (
        "3 records in a row",
        "partition 0 position 117 to partition 0 position 119",
        "not_json 2, not_an_event 1",
        "Expecting value",
        "puas consume --brake 0",
        "puas dead-letters retry",
    ):
        assert part in message
