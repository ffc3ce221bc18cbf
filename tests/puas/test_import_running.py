"""`puas import` on a running system: a row counts once, on its day, however often it is sent."""

import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from eventlog import EventLog, LogUnavailable, Record
from eventlog.sqlite import SqliteLog
from puas.import_sending import AT_ONCE, Sent, Stopped, send
from tests.puas.importing import CATALOG_FILE, MAPPING, NUMBERED, Desk, rows, write_csv, write_xlsx
from tests.puas.running import PUAS, environment, puas, wait_for


class Office:
    """A data folder with the catalog applied, and files beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.env = folder, environment(folder)
        (folder / "catalog.yaml").write_text(CATALOG_FILE)
        (folder / "map.yaml").write_text(MAPPING)
        assert puas(self.env, "catalog", "apply", folder / "catalog.yaml").returncode == 0

    def run(self, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return puas(self.env, "import", file, "--mapping", self.folder / "map.yaml", *options)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "data" / "puas.db")) as database:
            return database.execute(sql).fetchall()

    def counted(self) -> int:
        ((count,),) = self.query("SELECT count(*) FROM responses")
        assert isinstance(count, int)
        return count

    def appended(self) -> int:
        """How many records the event log holds."""
        log = SqliteLog(self.folder / "data" / "log.db")
        with closing(log):
            return sum(log.ends().values())

    @contextmanager
    def consumer(self) -> Iterator[None]:
        process = subprocess.Popen(
            [PUAS, "consume"], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield
        finally:
            process.terminate()
            assert process.wait(30) == 0


class Cut:
    """A log whose connection is pulled after some appends; all else is the real one."""

    def __init__(self, log: EventLog, after: int) -> None:
        self._log, self._left = log, after

    def append(self, records: Sequence[Record], timeout: float) -> None:
        if self._left == 0:
            raise LogUnavailable("pulled")
        self._left -= 1
        self._log.append(records, timeout)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_same_file_twice_and_the_file_with_rows_added_count_each_row_once(office: Office) -> None:
    file = write_csv(office.folder / "a.csv", rows(30))
    with office.consumer():
        assert "Sent 30 rows" in office.run(file).stdout
        wait_for("30 responses", lambda: office.counted() == 30)
        again = office.run(file)
        assert again.returncode == 0, again.stderr
        assert "Nothing to send" in again.stdout
        longer = office.run(write_csv(office.folder / "b.csv", rows(33)))
        assert "Sent 3 rows" in longer.stdout
        wait_for("33 responses", lambda: office.counted() == 33)
        as_workbook = write_xlsx(office.folder / "a.xlsx", rows(33))
        (office.folder / "map.yaml").write_text(MAPPING + "file: {sheet: Jawaban}\n")
        assert "Nothing to send" in office.run(as_workbook).stdout
    assert (office.counted(), office.appended()) == (33, 33)


def test_rows_sent_twice_before_any_was_counted_count_once(office: Office) -> None:
    file = write_csv(office.folder / "a.csv", rows(30))
    for _ in range(2):
        assert "Sent 30 rows" in office.run(file).stdout
    assert office.appended() == 60
    with office.consumer():
        wait_for("every record", lambda: office.query("SELECT sum(next_position) FROM positions") == [(60,)])
    assert office.counted() == 30


def test_a_row_stands_at_the_time_it_was_answered_and_is_included(office: Office) -> None:
    with office.consumer():
        office.run(write_csv(office.folder / "a.csv", rows(1)))
        wait_for("a response", lambda: office.counted() == 1)
    # 2023-03-01 08:30 in Makassar
    expected = [(1677630600000, 20230301, "import", "[]", 1)]
    assert office.query("SELECT occurred_ms, day, channel, flags, included FROM responses") == expected


def test_a_number_counted_before_with_other_answers_is_refused(office: Office) -> None:
    (office.folder / "map.yaml").write_text(NUMBERED)
    with office.consumer():
        office.run(write_csv(office.folder / "a.csv", rows(5)))
        wait_for("5 responses", lambda: office.counted() == 5)
    other = [(*row[:4], 1, *row[5:]) for row in rows(1)]
    done = office.run(write_csv(office.folder / "b.csv", [*other, *rows(5)[1:]]))
    assert done.returncode == 1
    assert "row 2: a row with this number has been counted before and said something else" in done.stderr
    assert "another series" in done.stderr
    assert office.appended() == 5


def test_one_bad_row_and_nothing_is_sent_unless_it_is_skipped(office: Office) -> None:
    bad = [*rows(5), ("x", "31/02/2023", "8.30", "KTP", 9, 1, 1, "L", 20, "")]
    file = write_csv(office.folder / "a.csv", bad)
    refused = office.run(file)
    assert refused.returncode == 1
    assert 'row 7, Tanggal: "31/02/2023" is no date' in refused.stderr
    assert "nothing was sent, because 1 of 6 rows are bad" in refused.stderr
    skipped = office.run(file, "--skip-bad")
    assert (skipped.returncode, office.appended()) == (1, 5)
    assert "Sent 5 rows" in skipped.stdout
    assert "1 of 6 rows were skipped" in skipped.stderr


def test_a_dry_run_shows_rows_faults_and_figures_and_sends_nothing(office: Office) -> None:
    bad = [("x", "?", "", "KTP", 1, 1, 1, "L", 20, "")] * 30
    dry = office.run(write_csv(office.folder / "a.csv", [*rows(20), *bad]), "--dry-run", "--errors", "2")
    assert dry.returncode == 1
    assert dry.stderr.splitlines()[2] == "… and 28 more faults: --errors shows more"
    assert "row 2 would be sent as 2023-03-01 08:30 WITA, ktp:\n    waktu 4, biaya 4, sarpras 3" in dry.stdout
    assert "│ all " in dry.stdout
    assert "30 of 50 rows are bad" in dry.stderr
    assert max(map(len, dry.stdout.splitlines())) <= 80
    assert "Nothing was sent" in dry.stdout
    assert not (office.folder / "data" / "log.db").exists() or office.appended() == 0


def test_the_dry_run_gives_the_ikm_by_hand(office: Office) -> None:
    """Three elements of 4, 4 and 3 are an index of 11/3, an IKM of 91.67."""
    dry = office.run(write_csv(office.folder / "a.csv", rows(4)), "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, "")
    assert "91.67" in dry.stdout


def test_faults_of_mapping_and_place_are_one_line_each(office: Office) -> None:
    file = write_csv(office.folder / "a.csv", rows(4))
    done = office.run(file, "--touchpoint", "baru")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith('--touchpoint: unit "ult" has no touchpoint "baru"')
    (office.folder / "map.yaml").write_text("unit: [\n")
    done = office.run(file)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{office.folder}/map.yaml:2: " in done.stderr


def test_the_example_is_printed_without_a_file(office: Office) -> None:
    done = puas(office.env, "import", "--example")
    assert done.returncode == 0
    (office.folder / "map.yaml").write_text(done.stdout)
    told = office.run(write_csv(office.folder / "a.csv", rows(4)))
    assert "the catalog has no unit" in told.stderr


def test_a_log_that_goes_away_midway_leaves_what_is_durable_told_and_a_rerun_safe(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    found = desk.check(write_csv(tmp_path / "a.csv", rows(AT_ONCE + 20)))
    desk.engine.dispose()
    sent = Sent()
    log = SqliteLog(tmp_path / "log.db")
    with closing(log):
        with pytest.raises(Stopped, match="can't be reached: pulled"):
            send(Cut(log, after=1), found.new, sent, lambda _done, _total: None)
        assert (sent.durable, sum(log.ends().values())) == (AT_ONCE, AT_ONCE)
        send(log, found.new, sent := Sent(), lambda _done, _total: None)
        assert sent.durable == AT_ONCE + 20
