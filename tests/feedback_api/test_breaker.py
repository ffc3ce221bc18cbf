"""The breaker's pauses, on a clock that the test turns."""

from feedback_api.breaker import FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker, LogState


def test_it_is_closed_and_unproven_at_first() -> None:
    breaker = Breaker(lambda: 0.0)
    assert (breaker.closed, breaker.state) == (True, LogState("unproven"))
    assert breaker.succeeded() is False
    assert breaker.state == LogState("up")


def test_a_failure_opens_it_and_the_first_probe_waits_a_pause() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    assert breaker.failed("down", "no broker") is True
    assert (breaker.closed, breaker.state) == (False, LogState("down", "no broker"))
    assert breaker.begin_probe() is False
    now[0] = FIRST_PAUSE_S
    assert breaker.begin_probe() is True
    assert breaker.begin_probe() is False
    breaker.end_probe()
    assert breaker.begin_probe() is True


def test_pauses_grow_with_each_failed_probe_up_to_a_limit() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    breaker.failed("down", "")
    pauses = []
    for _ in range(6):
        before = now[0]
        while not breaker.begin_probe():
            now[0] += 0.5
        pauses.append(now[0] - before)
        breaker.failed("down", "")
        breaker.end_probe()
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE_S, LONGEST_PAUSE_S)


def test_latecomers_of_the_same_failure_do_not_lengthen_the_pause() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    assert [breaker.failed("down", "") for _ in range(16)] == [True] + [False] * 15
    now[0] = FIRST_PAUSE_S
    assert breaker.begin_probe() is True


def test_success_closes_it_and_is_news_once() -> None:
    breaker = Breaker(lambda: 0.0)
    breaker.failed("misconfigured", "no such topic")
    assert [breaker.succeeded(), breaker.succeeded()] == [True, False]
    assert breaker.closed
    breaker.failed("down", "")
    assert breaker.begin_probe() is False
