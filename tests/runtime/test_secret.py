"""The secret that signs: given, or made once for all processes, and never shown."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.secret import FILE, keep_secret, secret_key
from runtime.settings import BadSetting, Settings, from_environment

GIVEN = "0123456789abcdef0123456789abcdef"
KAFKA = {"PUAS_EVENT_LOG": "kafka://a:9092/feedback"}
POSTGRES = {"PUAS_DATABASE": "postgresql+psycopg://puas@db/puas"}
ONE_OF_MANY = """
import sys
from runtime.secret import secret_key
from runtime.settings import from_environment
sys.stdin.readline()
print(secret_key(from_environment({"PUAS_DATA_DIR": sys.argv[1]})))
"""


def settings_of(directory: Path, **variables: str) -> Settings:
    return from_environment({"PUAS_DATA_DIR": str(directory)} | variables)


def test_the_secret_that_is_given_is_the_secret(tmp_path: Path) -> None:
    assert secret_key(settings_of(tmp_path, PUAS_SECRET_KEY=GIVEN, **KAFKA)) == GIVEN
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("elsewhere", [KAFKA, POSTGRES])
def test_outside_the_embedded_default_it_must_be_given(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"^PUAS_SECRET_KEY must be set .*32 characters") as raised:
        secret_key(settings_of(tmp_path, **elsewhere))
    assert "\n" not in str(raised.value)


def test_the_embedded_default_makes_one_that_only_its_user_can_read(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "new")
    made = secret_key(settings)
    assert len(made) == 64
    assert secret_key(settings) == made
    (file,) = settings.data_dir.iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == (FILE, 0o600)


def test_processes_that_start_at_once_make_the_same_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ONE_OF_MANY, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    started = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = {process.communicate(timeout=30)[0].strip() for process in started}
    assert said == {(tmp_path / FILE).read_text().strip()}
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_of_two_writers_the_first_one_stays_unless_replacing_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "a"
    keep_secret(path, "first", replace=False)
    keep_secret(path, "second", replace=False)
    assert path.read_text() == "first\n"
    keep_secret(path, "third", replace=True)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("third\n", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_says_nothing_is_told_and_not_taken_for_a_secret(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("\n")
    with pytest.raises(BadSetting, match=r"secret\.key is empty"):
        secret_key(settings_of(tmp_path))


def test_a_data_folder_that_cannot_be_one_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"secret\.key can't be used: Not a directory; set PUAS_SECRET_KEY"):
        secret_key(settings_of(tmp_path / "file" / "data"))


def test_a_secret_that_is_too_short_is_refused_without_being_shown() -> None:
    with pytest.raises(BadSetting) as raised:
        from_environment({"PUAS_SECRET_KEY": "hunter2"})
    assert str(raised.value) == "PUAS_SECRET_KEY must be 32 characters or more, not 7"


def test_settings_do_not_show_the_secret(tmp_path: Path) -> None:
    assert GIVEN not in repr(settings_of(tmp_path, PUAS_SECRET_KEY=GIVEN))
