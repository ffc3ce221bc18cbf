"""`puas recompute` says of every published result whether its own table gives it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.puas.running import environment, puas

GOLDEN = Path(__file__).parents[1] / "satisfaction" / "golden" / "skm_published.json"
ENTRIES: list[dict[str, Any]] = json.loads(GOLDEN.read_text("utf-8"))


def run(tmp_path: Path, document: object, *options: str) -> tuple[int, str, str]:
    path = tmp_path / "table.json"
    path.write_text(json.dumps(document))
    done = puas(environment(tmp_path), "recompute", path, *options)
    return done.returncode, done.stdout, done.stderr


def test_the_whole_golden_file_gets_its_known_verdicts(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path, ENTRIES, "--json")
    found = json.loads(said)
    assert code == 1
    assert (found["reproduced"], found["not_reproduced"]) == (7, 2)
    for known, entry in zip(ENTRIES, found["entries"], strict=True):
        assert entry["id"] == known["id"]
        assert entry["reproduced"] == (known["kind"] != "negative")
        if entry["reproduced"]:
            first = entry["reproduced_by"][0]
            assert first["convention"] == known["reproduced_by"].split()[0].rstrip(",")
            assert first["from"] == ("histograms" if "histogram_answers_1_2_3_4" in known else "averages")
        else:
            assert entry["reproduced_by"] == []
            assert float(entry["nearest"]["published_minus_recomputed"]) != 0
        exact = {figure["from"]: figure["ikm"] for figure in entry["figures"] if figure["convention"] == "exact"}
        assert exact.get("averages") == known.get("ikm_exact_from_nrr", exact.get("averages"))
        assert exact.get("histograms") == known.get("ikm_exact_from_histogram")
        assert entry["band"]["of_recomputed_ikm"] == known.get("band_exact", entry["band"]["of_recomputed_ikm"])
    wrong_weight = found["entries"][5]["hints"]
    assert wrong_weight == [{"code": "weight", "from": "averages", "weight": "0.10", "sum": "0.90"}]


def test_all_reproduced_is_exit_code_0(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path, [entry for entry in ENTRIES if entry["kind"] != "negative"])
    assert code == 0
    assert said.splitlines()[-1] == "7 dari 7 hasil cocok; 0 tidak cocok; 0 mutu salah."


def test_the_table_speaks_indonesian_or_english_in_eighty_columns(tmp_path: Path) -> None:
    _, indonesian, _ = run(tmp_path, ENTRIES)
    assert "COCOK: IKM 87,641 diperoleh dengan bobot tepat 1/9, dari jumlah jawaban." in indonesian
    assert "TIDAK COCOK: tidak ada bobot yang menghasilkan IKM 81,71." in indonesian
    assert "Petunjuk: bobot 0,10 menghasilkan angka itu" in indonesian
    _, english, _ = run(tmp_path, ENTRIES, "--language", "en")
    assert "REPRODUCED: IKM 74.67 follows with weight 0.071, from the printed averages." in english
    assert "NOT REPRODUCED: no weight gives IKM 80.50." in english
    assert max(map(len, (indonesian + english).splitlines())) <= 80


def test_a_wrong_band_beside_a_right_ikm_is_told_and_is_not_a_failure(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path, {"nrr": [3.3] * 9, "published_ikm": "82,50", "published_band": "Sangat baik"})
    assert code == 0
    assert "MUTU SALAH: terbit A, padahal IKM terbit bermutu B" in said
    assert "Mutu A memang benar menurut tabel kep-25-2004@1." in said


def test_a_table_that_contradicts_itself_says_so(tmp_path: Path) -> None:
    entry = {
        "elements": ["U1", "U2"],
        "n": 3,
        "nrr": [3.5, 3.0],
        "histogram_answers_1_2_3_4": [[0, 0, 2, 2], [0, 0, 0, 2]],
        "published_ikm": "93.75",
    }
    code, said, _ = run(tmp_path, entry, "--language", "en")
    assert code == 0
    assert "the printed averages differ from the answer counts for U2" in said
    assert "more answers than n = 3 for U1" in said


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([{"id": "desa"}], "entry 1 (desa): nrr is missing"),
        ({"nrr": [3], "published_ikm": 75, "published_band": "Memuaskan"}, "published_band must be A, B, C or D"),
        ([], "the list is empty"),
    ],
)
def test_a_bad_file_is_exit_code_2_with_the_fault(tmp_path: Path, document: object, sentence: str) -> None:
    code, said, complained = run(tmp_path, document)
    assert (code, said) == (2, "")
    assert sentence in complained
    assert "Traceback" not in complained


def test_hostile_names_do_not_steer_the_terminal(tmp_path: Path) -> None:
    entry = {"id": "[red]x\x1b[2J", "agency": "a\u202eb", "nrr": [3], "published_ikm": 75}
    code, said, _ = run(tmp_path, entry)
    assert code == 0
    assert "[red]x" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_entries_that_can_be_used_are_told_beside_one_that_can_not(tmp_path: Path) -> None:
    good = {"id": "baik", "nrr": [3.5] * 9, "published_ikm": "87.50"}
    path = tmp_path / "table.json"
    path.write_text(json.dumps([good, {"id": "rusak", "published_ikm": "80"}, good | {"published_band": "Z"}]))
    done = puas(environment(tmp_path), "recompute", path)
    assert done.returncode == 2
    assert "COCOK: IKM 87,50" in done.stdout
    assert "rusak" in done.stderr
    assert "published_band must be A, B, C or D" in done.stderr
