"""A row has the same event_id however often, in whatever order and format its table is read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.puas.importing import MAPPING, NUMBERED, Desk, ids, rows, write_csv

NUMBERED_IDS = ["69ccadcf-6b7c-5971-b1f2-01d05dfdb432", "bb10e78b-1a39-59eb-905e-0e2f7bbb5138"]
CONTENT_IDS = ["e3303d3d-8111-5519-b29f-bdfd439f04bd", "692fdb61-f1f8-522e-a52f-dd1f7c12371d"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as made:
        yield made


def test_rows_without_numbers_are_known_by_content_and_ordinal(desk: Desk) -> None:
    file = desk.folder / "a.csv"
    first = ids(desk.check(write_csv(file, rows(8))))
    assert len(set(first)) == 8
    again = ids(desk.check(write_csv(file, rows(9))))
    assert again[:8] == first
    turned = ids(desk.check(write_csv(file, rows(8)[::-1])))
    assert set(turned) == set(first)
    five_alike = ids(desk.check(write_csv(file, [*rows(8), rows(1)[0]])))
    assert five_alike[:8] == first
    assert five_alike[8] not in first


def test_rows_with_numbers_are_known_by_them(desk: Desk) -> None:
    file = desk.folder / "a.csv"
    first = ids(desk.check(write_csv(file, rows(4)), NUMBERED))
    corrected = [(*row[:4], 1, *row[5:]) for row in rows(4)]
    assert ids(desk.check(write_csv(file, corrected), NUMBERED)) == first
    assert not set(ids(desk.check(file, MAPPING))) & set(first)


def test_another_series_is_another_survey(desk: Desk) -> None:
    file = write_csv(desk.folder / "a.csv", rows(4))
    for mapping in (MAPPING, NUMBERED):
        one, two = (ids(desk.check(file, f"{mapping}series: s{number}\n")) for number in (1, 2))
        assert not set(one) & set(two)


def test_the_identity_of_a_row_never_changes(desk: Desk) -> None:
    """With other ids than these, everything imported before would count a second time: decision record 0015."""
    file = write_csv(desk.folder / "a.csv", rows(2))
    assert ids(desk.check(file, NUMBERED + "series: s\n")) == NUMBERED_IDS
    assert ids(desk.check(file, MAPPING)) == CONTENT_IDS


def test_a_number_used_twice_is_told(desk: Desk) -> None:
    file = write_csv(desk.folder / "a.csv", [*rows(4), rows(2)[1]])
    found = desk.check(file, NUMBERED)
    assert [(fault.row, fault.column, fault.sentence) for fault in found.faults] == [
        (6, "No", '"2" is the number of row 3, too')
    ]
