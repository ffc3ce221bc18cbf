"""Published results are read with the decimals they were printed with, or refused naming entry and field."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.published_table import PublishedEntry, PublishedTableInvalid, read_published

GOLDEN = Path(__file__).parents[1] / "satisfaction" / "golden" / "skm_published.json"
SOUND: dict[str, Any] = {"id": "x", "nrr": [3.5, 3.25], "published_ikm": "84.38"}


def read(tmp_path: Path, document: object) -> list[PublishedEntry]:
    path = tmp_path / "table.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return read_published(path)


def complaint(tmp_path: Path, document: object) -> str:
    with pytest.raises(PublishedTableInvalid) as caught:
        read(tmp_path, document)
    return "\n".join(caught.value.messages).replace(f"{tmp_path}/", "")


def test_the_golden_file_is_read_whole() -> None:
    entries = read_published(GOLDEN)
    assert len(entries) == 9
    first = entries[0]
    assert (first.n, first.ikm, first.band, len(first.elements)) == (187, Decimal("87.641"), "B", 9)
    assert first.histograms is not None
    assert first.histograms[0] == {1: 0, 2: 0, 3: 118, 4: 69}


def test_one_entry_needs_no_list_and_little_else(tmp_path: Path) -> None:
    (entry,) = read(tmp_path, {"nrr": [3.5], "published_ikm": "87,50", "surprise": {"a": [1]}})
    assert (entry.id, entry.ikm, entry.elements, entry.n, entry.band) == ("#1", Decimal("87.50"), ("U1",), None, None)


def test_numbers_keep_the_decimals_they_are_written_with(tmp_path: Path) -> None:
    (entry,) = read(tmp_path, '{"nrr": [3.50, 4, "3,5", null], "published_ikm": 87.20, "published_index": "3,4880"}')
    assert list(map(str, entry.averages or ())) == ["3.50", "4", "3.5", "None"]
    assert (str(entry.ikm), str(entry.index)) == ("87.20", "3.4880")


def test_counts_may_be_written_as_text_and_by_answer(tmp_path: Path) -> None:
    (entry,) = read(tmp_path, {"n": "3", "histogram": [{"4": 2, "3": "1"}, [0, 0, 1, 2]], "published_ikm": 91.67})
    assert (entry.n, entry.histograms) == (3, ({1: 0, 2: 0, 3: 1, 4: 2}, {1: 0, 2: 0, 3: 1, 4: 2}))


def test_other_scales_are_told_by_name_or_by_scale(tmp_path: Path) -> None:
    (named,) = read(tmp_path, {"histogram_answers_0_1_2_3_4_5": [[0, 0, 0, 1, 1, 1]], "published_ikm": 80})
    assert (named.lowest, named.highest, named.histograms) == (0, 5, ({0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1},))
    (scaled,) = read(
        tmp_path, {"scale": [1, 6], "nrr": [5.5], "histogram": [[0, 0, 0, 0, 1, 1]], "published_ikm": 91.7}
    )
    assert (scaled.highest, scaled.averages) == (6, (Decimal("5.5"),))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"nrr": None}, "entry 1 (x): nrr is missing"),
        ({"nrr": []}, "entry 1 (x): nrr must be a list with one item per element"),
        ({"nrr": "3.5"}, "entry 1 (x): nrr must be a list"),
        ({"nrr": [3.5, 87.5]}, "entry 1 (x): nrr.1 is 87.5, but answers run from 1 to 4"),
        ({"nrr": [3.5, "baik"]}, "entry 1 (x): nrr.1 must be a number"),
        ({"nrr": [3.5, True]}, "entry 1 (x): nrr.1 must be a number"),
        ({"nrr": [None, None]}, "entry 1 (x): nrr has no average at all"),
        ({"published_ikm": None}, "entry 1 (x): published_ikm is missing"),
        ({"published_ikm": "-3"}, "entry 1 (x): published_ikm must be a number"),
        ({"published_ikm": "1e2"}, "entry 1 (x): published_ikm must be a number"),
        ({"published_index": [3]}, "entry 1 (x): published_index must be a number"),
        ({"n": -1}, "entry 1 (x): n must be a whole number"),
        ({"histogram": [{"5": 1}, None]}, "entry 1 (x): histogram.0 must be a list of 4 counts"),
        ({"n": 1.5}, "entry 1 (x): n must be a whole number"),
        ({"agency": ["a"]}, "entry 1 (x): agency must be text"),
        ({"elements": ["U1"]}, "entry 1 (x): elements are 1, but there are figures for 2"),
        ({"elements": ["U1", "U1"]}, "entry 1 (x): elements has a name twice"),
        ({"elements": ["U1", 2]}, "entry 1 (x): elements must be texts"),
        (
            {"histogram": [[0, 0, 0, 1]]},
            "entry 1 (x): nrr and the histogram have different numbers of elements: [1, 2]",
        ),
        ({"histogram": [[0, 0, 0], [0, 0, 0, 1]]}, "entry 1 (x): histogram.0 must be a list of 4 counts"),
        ({"histogram": [[0, 0, 0, -1], None]}, "entry 1 (x): histogram.0.3 must be a whole number"),
        ({"histogram": [None, [0, 0, 0, 0]]}, "entry 1 (x): histogram has no answer at all"),
        ({"histogram_answers_1_1": [[1, 1]]}, "entry 1 (x): histogram_answers_1_1 must name two or more answers"),
        ({"histogram": [[1] * 4] * 2, "histogram_answers_1_2": [[1, 1]] * 2}, "stands beside histogram"),
        ({"scale": [4, 1]}, "entry 1 (x): scale must rise"),
        ({"scale": 4}, "entry 1 (x): scale must be the lowest and the highest answer"),
    ],
)
def test_a_fault_names_the_entry_and_the_field(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    assert sentence in complaint(tmp_path, SOUND | changes)


def test_every_bad_entry_of_a_list_is_told(tmp_path: Path) -> None:
    told = complaint(tmp_path, [SOUND | {"n": "satu"}, SOUND, 7, SOUND | {"id": None, "nrr": [9, 9]}]).splitlines()
    assert [line.split(":")[1].strip() for line in told] == ["entry 1 (x)", "entry 3", "entry 4"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "the list is empty"),
        ("{", "table.json:1: is not JSON"),
        ('{"nrr": [3], "nrr": [4]}', '"nrr" stands twice in one object'),
        ('{"nrr": [NaN], "published_ikm": 3}', "nrr.0 must be a number"),
        ("[" * 100_000, "is nested or long beyond sense"),
        ("1" * 5000, "is nested or long beyond sense"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in complaint(tmp_path, text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(PublishedTableInvalid, match="is not UTF-8"):
        read_published(path)
