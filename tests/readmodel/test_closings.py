"""Closing a period: figures that stay, and say what they were made of."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, delete, event, update

from readmodel.catalog import apply_catalog
from readmodel.closing_cells import FrozenTally
from readmodel.closing_check import verify
from readmodel.closings import (
    AlreadyClosed,
    Closing,
    NothingToRevise,
    NotOver,
    WouldRevise,
    close_period,
    closings,
    closings_made,
    frozen_tallies,
    in_force,
    latest,
)
from readmodel.database import reading, writing
from readmodel.postings import Posting, post, postings
from readmodel.projection import rebuild_tallies
from readmodel.response import StoredResponse
from readmodel.tables import responses
from satisfaction.index import BadWeights, measure
from satisfaction.instruments import instrument
from satisfaction.periods import BadPeriod
from satisfaction.tally import Tally
from schemas.catalog import Catalog, Service, Touchpoint, Unit
from tests.readmodel.samples import project, response

SERVICES = ("akta", "ktp")
UNIT = Unit(
    "dukcapil",
    "Dukcapil",
    None,
    "Asia/Jayapura",
    tuple(Service(name, name.upper(), ("skm-2017@1",)) for name in SERVICES),
    (Touchpoint("kiosk-1", "Kiosk 1", "kiosk", "open", SERVICES),),
)
AFTER = datetime(2026, 10, 1, tzinfo=UTC)
Q3 = "2026-Q3"


def visit(number: int, month: int = 8, **changes: Any) -> StoredResponse:
    """A visit of the unit's third quarter, noon in Jayapura on some day of the month."""
    day = 1 + number % 28
    occurred = round(datetime(2026, month, day, 3, tzinfo=UTC).timestamp() * 1000)
    values = {
        "event_id": UUID(int=number + 1),
        "unit": "dukcapil",
        "service": SERVICES[number % 2],
        "touchpoint": "kiosk-1",
        "channel": "kiosk",
        "answers": {element.key: 1 + (number + at) % 4 for at, element in enumerate(instrument("skm-2017@1").elements)},
        "occurred_ms": occurred,
        "hour_ms": occurred,
        "day": 20260000 + month * 100 + day,
        "partition": 0,
        "position": number,
    }
    return response(number, **(values | changes))


@pytest.fixture
def office(database: Engine) -> Engine:
    """A database in which 40 visits of July to September are counted."""
    with writing(database) as conn:
        apply_catalog(conn, Catalog((UNIT,)), 0)
    project(database, [visit(number, 7 + number % 3) for number in range(40)], {0: 40})
    return database


def close(engine: Engine, label: str = Q3, **changes: Any) -> Closing:
    """Close it in the name of Sari, in October."""
    values: dict[str, Any] = {"by": "Sari", "now": AFTER}
    return close_period(engine, "dukcapil", label, **(values | changes))[0]


def frozen_in(engine: Engine, closing: Closing, cut: str = "") -> list[FrozenTally]:
    """What a closing counted, by month."""
    with reading(engine) as conn:
        return frozen_tallies(conn, closing, cut)


def frozen(engine: Engine, closing: Closing, cut: str = "") -> Tally:
    """All that a closing counted."""
    return Tally.merged(each.tally for each in frozen_in(engine, closing, cut))


def test_a_closing_keeps_the_counts_their_figures_and_the_rules_that_made_them(office: Engine) -> None:
    visits = [visit(number) for number in range(40)]
    expected = Tally.of(each.answers for each in visits if each.included)
    closing = close(office, note="Disetujui kepala dinas")
    assert (closing.revision, closing.closed_by, closing.positions) == (1, "Sari", {0: 40})
    assert frozen(office, closing) == expected
    whole = closing.rules["instruments"]["skm-2017@1"]["figures"][0]
    found = measure(instrument("skm-2017@1"), expected)
    assert found.ikm is not None
    assert (whole["service"], whole["n"], whole["excluded"]) == (None, expected.responses, 40 - expected.responses)
    assert Decimal(whole["ikm"]) == found.ikm
    with reading(office) as conn:
        assert latest(conn, "dukcapil", Q3) == closing
        assert in_force(conn, ["dukcapil", "lain"]) == {("dukcapil", Q3): closing}
        assert verify(conn, closing).holds


def test_every_cut_of_the_responses_is_kept(office: Engine) -> None:
    closing = close(office)
    assert frozen(office, closing, "touchpoint") == frozen(office, closing, "sex") == frozen(office, closing)
    with reading(office) as conn:
        assert {each.month for each in frozen_tallies(conn, closing)} == {202607, 202608, 202609}


def test_late_arrivals_leave_a_closed_period_as_it_is_until_it_is_revised(office: Engine) -> None:
    first = close(office)
    project(office, [visit(41), visit(42)], {0: 43})
    assert frozen(office, first).responses == 36
    with reading(office) as conn:
        assert verify(conn, first).holds
        assert verify(conn, first).late == 2
    with pytest.raises(AlreadyClosed):
        close(office)
    second = close(office, revise=True)
    assert (second.revision, frozen(office, second).responses) == (2, 38)
    assert frozen(office, first).responses == 36
    with reading(office) as conn:
        assert verify(conn, first).holds
        assert verify(conn, second).late == 0
        assert [each.revision for each in closings(conn, "dukcapil", Q3)] == [1, 2]
        assert latest(conn, "dukcapil", Q3) == second
        assert closings_made(conn) == 2


def test_rebuilding_the_tallies_leaves_closings_alone(office: Engine) -> None:
    closing = close(office)
    with writing(office) as conn:
        rebuild_tallies(conn, lambda _done, _total: None)
    with reading(office) as conn:
        assert latest(conn, "dukcapil", Q3) == closing
        assert verify(conn, closing).holds


@pytest.mark.parametrize("change", ["lost", "changed"])
def test_a_response_that_is_lost_or_changed_is_noticed(office: Engine, change: str) -> None:
    closing = close(office)
    with writing(office) as conn:
        one = responses.c.event_id == UUID(int=4)
        if change == "lost":
            conn.execute(delete(responses).where(one))
        else:
            conn.execute(update(responses).where(one).values(answers={"waktu": 4}))
    with reading(office) as conn:
        assert not verify(conn, closing).responses
        assert verify(conn, closing).figures


def test_erasing_a_comment_leaves_the_closing_whole(office: Engine) -> None:
    closing = close(office)
    with writing(office) as conn:
        conn.execute(update(responses).values(comment=None))
    with reading(office) as conn:
        assert verify(conn, closing).holds


def test_figures_are_made_under_the_weights_asked_for(office: Engine) -> None:
    exact = close(office, "2026-07").rules["instruments"]["skm-2017@1"]
    rounded = close(office, "2026-08", weights="0.11").rules["instruments"]["skm-2017@1"]
    assert (exact["weights"], rounded["weights"]) == ("exact", "0.11")
    with reading(office) as conn:
        closing = latest(conn, "dukcapil", "2026-08")
        assert closing is not None
        counted = Tally.merged(each.tally for each in frozen_tallies(conn, closing))
        assert verify(conn, closing).holds
    assert rounded["figures"][0]["ikm"] == str(measure(instrument("skm-2017@1"), counted, "0.11").ikm)
    with pytest.raises(BadWeights):
        close(office, "2026-09", weights="0.071")


def test_only_whole_calendar_periods_that_are_over_can_be_closed(office: Engine) -> None:
    with pytest.raises(NotOver):
        close(office, "2026")
    just_before = datetime(2026, 9, 30, 14, 59, tzinfo=UTC)  # 23:59 in Jayapura
    with pytest.raises(NotOver):
        close(office, now=just_before)
    for label in ("2026-W30", "2026-07-01", "triwulan"):
        with pytest.raises(BadPeriod):
            close(office, label)
    with pytest.raises(LookupError):
        close_period(office, "nowhere", Q3, by="Sari", now=AFTER)
    assert close(office, now=datetime(2026, 9, 30, 15, 0, tzinfo=UTC)).revision == 1


def test_a_revision_needs_a_closing_and_a_change(office: Engine) -> None:
    with pytest.raises(NothingToRevise):
        close(office, revise=True)
    close(office)
    with pytest.raises(NothingToRevise):
        close(office, revise=True)
    assert close(office, revise=True, weights="0.1111").revision == 2


def test_closed_periods_that_share_a_month_never_disagree(office: Engine) -> None:
    close(office)
    assert close(office, "2026-07").revision == 1
    project(office, [visit(41), visit(42, 9)], {0: 43})
    with pytest.raises(WouldRevise) as refused:
        close(office, "2026-08")
    assert refused.value.periods == (Q3,)
    made = close_period(office, "dukcapil", "2026-08", by="Sari", now=AFTER, note="Telat", revise=True)
    assert [(each.period, each.revision, each.note) for each in made] == [
        ("2026-08", 1, "Telat"),
        (Q3, 2, "2026-08: Telat"),
    ]
    with reading(office) as conn:
        assert all(verify(conn, each).holds for each in made)
        assert latest(conn, "dukcapil", "2026-07") == closings(conn, "dukcapil", "2026-07")[0]
    assert frozen(office, made[1]).responses == 38


def test_what_follows_a_revision_is_followed_in_turn(office: Engine) -> None:
    for label in ("2026-08", "2026-09", Q3):
        close(office, label)
    project(office, [visit(41), visit(42, 9)], {0: 43})
    made = close_period(office, "dukcapil", "2026-08", by="Sari", now=AFTER, revise=True)
    assert [(each.period, each.revision) for each in made] == [("2026-08", 2), (Q3, 2), ("2026-09", 2)]


def test_closings_made_at_the_same_time_agree_on_the_month_they_share(
    office: Engine, connect: Callable[[float], Engine]
) -> None:
    other = connect(30.0)

    def meanwhile(_connection: Connection) -> None:
        project(other, [visit(41)], {0: 43})
        close(other, "2026-08")

    event.listen(office, "commit", meanwhile, once=True)
    quarter = close(office)  # has read when the other begins
    with reading(office) as conn:
        month = latest(conn, "dukcapil", "2026-08")
    assert month is not None
    shared = [each.tally.responses for each in frozen_in(office, quarter) if each.month == 202608]
    assert sum(shared) == frozen(office, month).responses


def test_a_period_closed_by_somebody_else_meanwhile_stays_theirs(
    office: Engine, connect: Callable[[float], Engine]
) -> None:
    other = connect(30.0)

    def meanwhile(_connection: Connection) -> None:
        close(other, note="first")

    event.listen(office, "commit", meanwhile, once=True)
    with pytest.raises(AlreadyClosed):
        close(office, note="second")
    with reading(office) as conn:
        assert [each.note for each in closings(conn)] == ["first"]


def test_a_period_without_responses_can_be_closed(office: Engine) -> None:
    closing = close(office, "2026-Q1")
    assert closing.rules["instruments"] == {}
    with reading(office) as conn:
        assert verify(conn, closing).holds


def test_a_posting_is_kept_once_for_each_place(office: Engine) -> None:
    lobby = Posting(unit="dukcapil", period=Q3, place="Papan lobi", posted_on="2026-10-02", posted_by="Sari")
    moved = Posting(unit="dukcapil", period=Q3, place="Papan lobi", posted_on="2026-10-05", posted_by="Budi")
    with writing(office) as conn:
        post(conn, lobby)
        post(conn, moved)
    with reading(office) as conn:
        assert postings(conn, "dukcapil", Q3) == [moved]
        assert postings(conn, "lain") == []
