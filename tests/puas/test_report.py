"""`puas report`: one command, one file, clear errors."""

import subprocess
import sys
from pathlib import Path

import pytest

from readmodel.database import open_database
from tests.puas.running import PUAS, environment, puas
from tests.reporting.report_database import filled

Q4 = ("ult-makassar", "2026-Q4")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An installation that has counted 60 answers of the last quarter."""
    made = environment(tmp_path)
    (tmp_path / "data").mkdir()
    engine = open_database(f"sqlite:///{tmp_path}/data/puas.db")
    filled(engine)
    engine.dispose()
    return made


def test_a_report_is_written_beside_you_under_a_telling_name(tmp_path: Path, env: dict[str, str]) -> None:
    made = puas(env, "report", *Q4, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("Wrote laporan-ult-makassar-2026-Q4.pdf (")
    assert (tmp_path / "laporan-ult-makassar-2026-Q4.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("name", "start"), [("a.html", b"<!doctype html>"), ("a.xlsx", b"PK"), ("a.PDF", b"%PDF")])
def test_the_name_of_the_file_tells_its_form(tmp_path: Path, env: dict[str, str], name: str, start: bytes) -> None:
    made = puas(env, "report", *Q4, "-o", tmp_path / name)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_dash_writes_to_standard_output_and_nothing_else(env: dict[str, str]) -> None:
    made = puas(env, "report", *Q4, "--format", "html", "--language", "en", "-o", "-")
    assert made.stdout.startswith("<!doctype html>")
    assert made.stdout.endswith("</html>\n") or made.stdout.endswith("</html>")


def test_visitors_words_and_the_tabulation_can_be_left_out(env: dict[str, str]) -> None:
    whole = puas(env, "report", *Q4, "--format", "html", "-o", "-").stdout
    without = puas(env, "report", *Q4, "--format", "html", "--without-responses", "-o", "-").stdout
    assert "Pelayanan cepat dan ramah." in whole
    assert "Pelayanan cepat dan ramah." not in without
    assert 'class="tabulation"' not in without


def test_pages_can_be_had_as_pictures(tmp_path: Path, env: dict[str, str]) -> None:
    made = puas(env, "report", *Q4, "--without-responses", "-o", tmp_path / "page.png")
    assert made.returncode == 0, made.stderr
    pictures = sorted(tmp_path.glob("page-*.png"))
    assert len(pictures) == made.stdout.count("Wrote ") > 8
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


# By way of a small process: a child's peak begins with what the process that starts it has in memory.
MEASURING = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def test_ten_thousand_responses_take_few_seconds_and_little_memory(tmp_path: Path) -> None:
    env = environment(tmp_path)
    (tmp_path / "data").mkdir()
    engine = open_database(f"sqlite:///{tmp_path}/data/puas.db")
    filled(engine, 10_000)
    engine.dispose()
    for form in ("pdf", "html", "xlsx"):
        command = [sys.executable, "-c", MEASURING, str(PUAS), "report", *Q4, "-o", str(tmp_path / f"a.{form}")]
        measured = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
        seconds, kibibytes = map(float, measured.splitlines()[-1].split())
        assert seconds < 10, form
        assert kibibytes < 300_000, form


def test_a_poster_is_made_with_the_same_command(tmp_path: Path, env: dict[str, str]) -> None:
    made = puas(env, "report", *Q4, "--poster", "a3", "--address", "https://puas.example.go.id/p/x", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "poster-ult-makassar-2026-Q4-a3.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("paspor", "2026-Q4"), 1, "the catalog has no unit 'paspor'"),
        (("ult-makassar", "kemarin"), 2, "'kemarin' is no period: 2026, 2026-S2"),
        ((*Q4, "--service", "paspor"), 2, "--service: ult-makassar has no service 'paspor'"),
        ((*Q4, "--instrument", "paspor@1"), 2, "no questionnaire is called 'paspor@1'"),
        (
            (*Q4, "--instrument", "smiley@1", "--weights", "0.11"),
            2,
            "weights '0.11' are not for smiley@1: choose exact",
        ),
        ((*Q4, "--address", "https://x"), 2, "--address goes with --poster"),
        ((*Q4, "--poster", "a4", "--format", "xlsx"), 2, "a poster is of the whole unit, as a PDF or PNG"),
        (("ult-makassar", "2026-W50", "--poster", "a4"), 2, "a poster is of a year, half-year, quarter or month"),
        (("direktorat", "2026-Q4", "--poster", "a4"), 1, "direktorat is not public"),
        ((*Q4, "-o", "/nowhere/at/all.pdf"), 1, "/nowhere/at/all.pdf can't be written: No such file or directory"),
    ],
)
def test_what_cannot_be_reported_is_told_in_one_line(
    env: dict[str, str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    failed = puas(env, "report", *arguments)
    assert failed.returncode == code
    assert said in failed.stderr
    assert "Traceback" not in failed.stderr
