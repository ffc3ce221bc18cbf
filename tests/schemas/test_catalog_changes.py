"""What an operator is told about the difference between two catalogs."""

from dataclasses import replace

import pytest

from schemas.catalog import EMPTY, Catalog, Service, Touchpoint, Unit
from schemas.catalog_changes import changes
from schemas.catalog_file import merge

S1 = Service("s1", "Satu", ("smiley@1",))
S2 = Service("s2", "Dua", ("smiley@1",))
KIOSK = Touchpoint("kiosk", "Kiosk", "kiosk", "open", ("s1",))
PUSAT = Unit("pusat", "Pusat", None, "Asia/Jakarta", (S1, S2), (KIOSK,))
CABANG = Unit("cabang", "Cabang", None, "Asia/Jakarta", (S1,))
BEFORE = Catalog((PUSAT, CABANG))


def told(after: Catalog, before: Catalog = BEFORE) -> list[str]:
    return list(changes(before, merge(before, after)))


def test_a_first_catalog_is_all_added() -> None:
    """In the order of the file."""
    assert told(Catalog((PUSAT,)), EMPTY) == [
        "unit pusat added",
        "service pusat/s1 added",
        "service pusat/s2 added",
        "touchpoint pusat/kiosk added",
    ]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (PUSAT, []),
        (replace(PUSAT, name="Kantor"), ['unit pusat renamed "Pusat" → "Kantor"']),
        (replace(PUSAT, timezone="Asia/Jayapura"), ["unit pusat timezone: Asia/Jakarta → Asia/Jayapura"]),
        (replace(PUSAT, parent="cabang"), ["unit pusat parent: none → cabang"]),
        (
            replace(PUSAT, services=(replace(S1, name="Satu Baru"), S2)),
            ['service pusat/s1 renamed "Satu" → "Satu Baru"'],
        ),
        (
            replace(PUSAT, services=(replace(S1, instruments=("skm-2017@1", "smiley@1")), S2)),
            ["service pusat/s1 instruments: smiley@1 → skm-2017@1, smiley@1"],
        ),
        (
            replace(PUSAT, touchpoints=(replace(KIOSK, name="Poster", channel="qr", services=("s1", "s2")),)),
            [
                'touchpoint pusat/kiosk renamed "Kiosk" → "Poster"',
                "touchpoint pusat/kiosk channel: kiosk → qr",
                "touchpoint pusat/kiosk services: s1 → s1, s2",
            ],
        ),
        (replace(PUSAT, services=(S2, S1)), ["order changed"]),
        (replace(PUSAT, services=(S2,)), ["service pusat/s1 retired"]),
    ],
)
def test_each_change_says_what_was_and_what_is(unit: Unit, expected: list[str]) -> None:
    """An operator sees a slip before visitors do."""
    assert told(Catalog((unit, CABANG))) == expected


def test_what_is_back_under_another_name_says_both() -> None:
    """Coming back hides no renaming."""
    away = merge(BEFORE, Catalog((replace(PUSAT, services=(S1,)), CABANG)))
    back = Catalog((replace(PUSAT, services=(S1, replace(S2, name="Dua Baru"))), CABANG))
    assert told(back, away) == ["service pusat/s2 is back", 'service pusat/s2 renamed "Dua" → "Dua Baru"']


def test_a_touchpoint_that_moves_says_from_where_to_where() -> None:
    """It is one thing, neither an arrival nor a loss."""
    moved = Catalog((replace(PUSAT, touchpoints=()), replace(CABANG, touchpoints=(replace(KIOSK, name="Loket"),))))
    assert told(moved) == [
        "touchpoint kiosk moved from pusat to cabang",
        'touchpoint cabang/kiosk renamed "Kiosk" → "Loket"',
    ]


def test_a_new_order_of_what_is_retired_is_told_too() -> None:
    """A new version never comes without a reason."""
    gone = (replace(S1, retired=True), replace(S2, retired=True))
    before = Catalog((replace(PUSAT, services=gone),))
    assert list(changes(before, Catalog((replace(PUSAT, services=gone[::-1]),)))) == ["order changed"]


def test_what_is_public_and_how_many_were_served_is_told() -> None:
    """A number that vanishes is told like one that changes."""
    before = Catalog((replace(PUSAT, served={"2025": 900, "2026": 1000}), CABANG))
    services = (replace(S1, served={"2026-Q4": 70}), S2)
    after = Catalog((replace(PUSAT, public="services", served={"2026": 1200}, services=services), CABANG))
    assert told(after, before) == [
        "unit pusat public: none → services",
        "unit pusat served in 2025: 900 → none",
        "unit pusat served in 2026: 1000 → 1200",
        "service pusat/s1 served in 2026-Q4: none → 70",
    ]


def test_a_questionnaire_is_told_when_it_comes_and_stays_when_a_file_leaves_it_out() -> None:
    """The past was asked by it; a new order is a change like that of any other entry."""
    first, second = {"id": "skm-pusat@1"}, {"id": "skm-pusat@2"}
    with_one, with_both = replace(BEFORE, instruments=(first,)), replace(BEFORE, instruments=(first, second))
    assert told(with_one) == ["instrument skm-pusat@1 added"]
    assert told(BEFORE, with_one) == []
    assert merge(with_one, BEFORE).instruments == (first,)
    assert told(with_both, with_one) == ["instrument skm-pusat@2 added"]
    assert told(replace(BEFORE, instruments=(second, first)), with_both) == ["order changed"]
