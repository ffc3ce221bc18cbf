"""`puas key`: made and shown once, listed without its secret, revoked for every worker at once."""

import http.client
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.puas.running import Up, environment, puas, wait_for

TEXT = re.compile(r"puas_[0-9a-f]{12}_[0-9a-f]{64}")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An installation with a catalog of two units."""
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text(
        "units:\n  - {id: ult-a, name: A, timezone: Asia/Jakarta}\n  - {id: ult-b, name: B, timezone: Asia/Jakarta}\n"
    )
    made = environment(tmp_path)
    assert puas(made, "catalog", "apply", catalog).returncode == 0
    return made


def test_a_key_is_printed_once_and_listed_without_its_secret(env: dict[str, str]) -> None:
    options = ("--scope", "export", "--scope", "read", "--unit", "ult-b", "--unit", "ult-a", "--expires", "2099-12-31")
    made = puas(env, "key", "create", " Tim mutu ", *options)
    assert made.returncode == 0, made.stderr
    text = made.stdout.strip()
    assert TEXT.fullmatch(text)
    assert "for Tim mutu: read, export; ult-a, ult-b." in made.stderr
    assert "shown only now" in made.stderr
    listed = puas(env, "key", "list").stdout
    row = next(line for line in listed.splitlines() if text.split("_")[1] in line)
    for shown in ("Tim mutu", "read, export", "ult-a, ult-b", "2099-12-31", "in force"):
        assert shown in row
    assert text.split("_")[2] not in listed


def test_without_units_a_key_covers_all_and_without_a_day_it_never_expires(env: dict[str, str]) -> None:
    assert puas(env, "key", "create", "a", "--scope", "read").returncode == 0
    assert re.search(r"a +│ read +│ all +│ [\d-]+ +│ never +│ in force", puas(env, "key", "list").stdout)


@pytest.mark.parametrize(
    ("options", "code", "line"),
    [
        (("a", "--scope", "read", "--unit", "ult-x"), 1, "the catalog has no unit ult-x; its units are ult-a, ult-b"),
        (("a", "--scope", "write"), 2, "'write' is not one of 'read', 'export', 'close'"),
        (("a",), 2, "Missing option '--scope'"),
        ((" ", "--scope", "read"), 2, "NAME is empty"),
        (("a", "--scope", "read", "--expires", "2020-01-01"), 2, "--expires 2020-01-01 has passed"),
        (("a", "--scope", "read", "--expires", "tomorrow"), 2, "'tomorrow' does not match the format"),
    ],
)
def test_what_makes_no_key_is_told(env: dict[str, str], options: tuple[str, ...], code: int, line: str) -> None:
    done = puas(env, "key", "create", *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert line in done.stderr
    assert "There is no key yet" in puas(env, "key", "list").stdout


def test_revoking_what_is_not_there_or_no_longer_stands_is_told(env: dict[str, str]) -> None:
    key_id = puas(env, "key", "create", "a", "--scope", "read").stdout.split("_")[1]
    assert f"Revoked: key {key_id} of a opens nothing any more." in puas(env, "key", "revoke", key_id).stdout
    for shown, wrong in ((f"key {key_id} was revoked before", key_id), ("there is no key nothing", "nothing")):
        done = puas(env, "key", "revoke", wrong)
        assert done.returncode == 1
        assert shown in done.stderr
    assert re.search(r"│ revoked \d{4}-\d\d-\d\d ", puas(env, "key", "list").stdout)


def test_behind_a_proxy_that_speaks_https_the_cookie_is_for_https_only(env: dict[str, str]) -> None:
    key = puas(env, "key", "create", "a", "--scope", "read").stdout.strip()
    with Up(env) as up:
        up.wait_until_running()
        cookies = []
        for scheme in ("http", "https"):
            connection = http.client.HTTPConnection(up.url.removeprefix("http://"), timeout=10)
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-Proto": scheme}
            connection.request("POST", "/sign-in", f"key={key}", headers)
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Location"]) == (303, "/")
            cookies.append("; Secure;" in answer.headers["Set-Cookie"])
            connection.close()
        assert cookies == [False, True]
        assert up.stop() == 0


def test_a_key_is_named_in_no_log_and_a_revoked_one_opens_nothing_in_any_worker(env: dict[str, str]) -> None:
    with Up(env | {"PUAS_WORKERS": "3", "PUAS_LOG_FORMAT": "json"}) as up:
        up.wait_until_running()
        text = puas(env, "key", "create", "a", "--scope", "read").stdout.strip()

        def status() -> int:
            asked = urllib.request.Request(  # noqa: S310 - a http URL of ours
                f"{up.url}/board/figures", headers={"Authorization": f"Bearer {text}", "Connection": "close"}
            )
            try:
                with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - the same
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code

        wait_for("the key to open", lambda: status() == 200)
        assert puas(env, "key", "revoke", text.split("_")[1]).returncode == 0
        assert {status() for _ in range(20)} == {401}
        assert up.stop() == 0
        assert text.split("_")[2] not in up.said
