"""`puas up` starts everything, keeps it running, and leaves nothing behind."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import socket
import stat
import struct
import subprocess
import termios
import threading
from pathlib import Path

from eventlog import Record, open_log
from tests.puas.running import PUAS, Up, environment, puas, wait_for
from tests.servers.ports import free_port


def test_a_tap_on_the_printed_kiosk_is_counted_and_ctrl_c_ends_everything(tmp_path: Path) -> None:
    with Up(environment(tmp_path)) as up:
        up.wait_until_running()
        assert "The catalog was empty: applied the example" in up.said
        for address in (f"{up.url}/", f"{up.url}/k/kiosk-ult-jatim-1", f"{up.metrics_url}/metrics"):
            assert f" {address} " in up.said
            assert subprocess.run(["curl", "-fsS", address], capture_output=True).returncode == 0, address
        up.child("api")
        up.child("consume")
        up.post()
        wait_for("the tap to be counted", lambda: up.counted() == 1)
        assert up.stop(signal.SIGINT) == 0
        assert up.family() == []
        assert "Stopped." in up.said
        assert "ended" not in up.said
        assert "Traceback" not in up.said


def test_sigterm_ends_everything_too(tmp_path: Path) -> None:
    with Up(environment(tmp_path)) as up:
        up.wait_until_running()
        up.child("api")
        up.child("consume")
        assert up.stop(signal.SIGTERM) == 0
        assert up.family() == []


def test_a_killed_process_is_started_again_with_its_reason_and_counting_goes_on(tmp_path: Path) -> None:
    with Up(environment(tmp_path)) as up:
        up.wait_until_running()
        up.post()
        first = {command: up.child(command) for command in ("api", "consume")}
        os.kill(first["consume"], signal.SIGKILL)
        up.wait_for_words("consumer ended: killed by SIGKILL. Starting it again in 0.5 s.")
        up.post()
        wait_for("both to be counted", lambda: up.counted() == 2)
        os.kill(first["api"], signal.SIGKILL)
        up.wait_for_words("api ended: killed by SIGKILL. Starting it again in 0.5 s.")
        up.post()
        wait_for("all three to be counted", lambda: up.counted() == 3)
        assert up.child("api") != first["api"]
        assert up.child("consume") != first["consume"]
        assert up.stop() == 0
        assert up.family() == []


def test_when_the_supervisor_is_killed_its_processes_end_too(tmp_path: Path) -> None:
    with Up(environment(tmp_path)) as up:
        up.wait_until_running()
        up.child("api")
        up.child("consume")
        assert len(up.family()) > 2
        os.kill(up.process.pid, signal.SIGKILL)
        wait_for("the end of all processes", lambda: not up.family())


def test_the_brake_stops_the_consumer_for_good_while_the_api_goes_on_collecting(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with Up(env) as up:
        up.wait_until_running()
        log = open_log(f"sqlite:///{env['PUAS_DATA_DIR']}/log.db", {})
        log.append([Record(b"k", b"no feedback")] * 60, 5.0)
        log.close()
        up.wait_for_words("consumer ended: it stopped itself because too many records in a row can't be counted.")
        up.post()
        assert up.child("consume", must=False) == 0
        assert up.stop() == 0


def test_a_port_in_use_is_one_clear_line_and_exit_code_2(tmp_path: Path) -> None:
    env = environment(tmp_path)
    for variable, commands in (("PUAS_PORT", ("up", "api")), ("PUAS_METRICS_PORT", ("up", "consume"))):
        with socket.create_server(("127.0.0.1", int(env[variable]))):
            for command in commands:
                ended = puas(env, command)
                assert ended.returncode == 2
                assert ended.stderr.startswith(f"puas: port {env[variable]} on 127.0.0.1 is in use")
                assert f"set {variable} " in ended.stderr
                assert ended.stderr.count("\n") == 1


def test_a_bad_setting_is_one_clear_line_and_exit_code_2(tmp_path: Path) -> None:
    for variable, value in (
        ("PUAS_PORT", "80a"),
        ("PUAS_DATABASE", "mysql://db"),
        ("PUAS_EVENT_LOG", "kafka://nowhere"),
        ("PUAS_HOST", "192.0.2.1"),
        ("PUAS_DATA_DIR", "/dev/null/here"),
        ("PUAS_SECRET_KEY", "short"),
    ):
        ended = puas(environment(tmp_path, **{variable: value}), "up")
        assert ended.returncode == 2, variable
        assert variable in ended.stderr
        assert ended.stderr.count("\n") == 1, ended.stderr


def test_a_password_in_a_bad_setting_is_not_shown(tmp_path: Path) -> None:
    ended = puas(environment(tmp_path, PUAS_DATABASE="postgres://puas:s3cret@db/puas"), "up")
    assert ended.returncode == 2
    assert "s3cret" not in ended.stderr


def test_the_catalog_file_named_by_a_setting_is_applied_at_start_and_its_faults_stop_the_start(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text("units:\n  - {id: ult-a, name: ULT A, timezone: Asia/Jayapura}\n")
    env = environment(tmp_path, PUAS_CATALOG=str(catalog))
    with Up(env) as up:
        up.wait_until_running()
        assert "applied as version 1, 1 unit, 0 services, 0 touchpoints." in up.said
        assert "Kiosk" not in up.said
        assert up.stop() == 0
    catalog.write_text("units:\n  - {id: ult-a, name: ULT A, timezone: Mars}\n")
    ended = puas(env, "up")
    assert ended.returncode == 2
    assert f"{catalog}:2: " in ended.stderr


def test_a_process_that_is_started_again_does_not_undo_a_later_catalog(tmp_path: Path) -> None:
    catalog, later = tmp_path / "catalog.yaml", tmp_path / "later.yaml"
    catalog.write_text("units:\n  - {id: ult-a, name: ULT A, timezone: Asia/Jayapura}\n")
    later.write_text("units:\n  - {id: ult-a, name: ULT Baru, timezone: Asia/Jayapura}\n")
    env = environment(tmp_path, PUAS_CATALOG=str(catalog))
    with Up(env) as up:
        up.wait_until_running()
        assert puas(env, "catalog", "apply", later).returncode == 0
        for command in ("api", "consume"):
            os.kill(up.child(command), signal.SIGKILL)
        up.wait_for_words("Starting it again", times=2)
        up.wait_for_words("assigned partitions", times=2)
        wait_for("the catalog", lambda: up.answers("/readyz"))
        assert up.get("/v1/catalog")["units"][0]["name"] == "ULT Baru"
        assert up.stop() == 0


def test_a_database_that_is_away_does_not_keep_it_from_starting_or_stopping(tmp_path: Path) -> None:
    database = f"postgresql+psycopg://127.0.0.1:{free_port()}/puas"
    with Up(environment(tmp_path, PUAS_DATABASE=database, PUAS_SECRET_KEY="s" * 32)) as up:
        up.wait_for_words("Going on without the database for now: the database postgresql+psycopg://127.0.0.1")
        up.child("api")
        up.child("consume")
        up.wait_for_words("Still starting: api answers 503")
        assert up.stop() == 0
        assert up.family() == []


def test_a_variable_that_nothing_reads_is_pointed_out(tmp_path: Path) -> None:
    with Up(environment(tmp_path, PUAS_PROT="9000")) as up:
        up.wait_for_words("Warning: PUAS_PROT is set, but nothing reads a variable of that name.")
        up.stop()


def test_the_first_start_makes_the_operators_key_and_says_where_it_signs_in(tmp_path: Path) -> None:
    env = environment(tmp_path)
    kept = tmp_path / "data" / "operator.key"
    with Up(env) as up:
        up.wait_until_running()
        assert f"made the operator's, which opens everything. It is kept in {kept}." in up.said
        assert f" {up.url}/sign-in (the key is in {kept}) " in up.said
        assert up.key not in up.said
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert "Operator" in puas(env, "key", "list").stdout
        assert up.stop() == 0
    first = kept.read_text()
    assert puas(env, "key", "revoke", first.split("_")[1]).returncode == 0
    with Up(env) as up:
        up.wait_until_running()
        assert "made the operator's" not in up.said
        assert "sign-in" not in up.said
        assert kept.read_text() == first
        assert up.stop() == 0


def test_without_a_secret_where_one_is_needed_nothing_that_serves_pages_starts(tmp_path: Path) -> None:
    for elsewhere in (
        {"PUAS_DATABASE": f"postgresql+psycopg://127.0.0.1:{free_port()}/puas"},
        {"PUAS_EVENT_LOG": f"kafka://127.0.0.1:{free_port()}/feedback"},
    ):
        for command in ("up", "api"):
            ended = puas(environment(tmp_path, **elsewhere), command)
            assert ended.returncode == 2
            assert ended.stderr.startswith("puas: PUAS_SECRET_KEY must be set")
            assert ended.stderr.count("\n") == 1


def test_a_terminal_is_shown_the_address_that_signs_in_on_one_line_however_narrow_it_is(tmp_path: Path) -> None:
    env = environment(tmp_path)
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    process = subprocess.Popen([PUAS, "up"], env=env, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    try:
        shown = b""
        while b"sign-in#" not in shown or not shown.endswith(b"\n"):
            assert select.select([screen], [], [], 60)[0], shown
            shown += os.read(screen, 65536)
        key = (tmp_path / "data" / "operator.key").read_text().strip()
        assert f"\nhttp://127.0.0.1:{env['PUAS_PORT']}/sign-in#{key}\r\n" in shown.decode()
    finally:
        process.send_signal(signal.SIGINT)
        drained = threading.Thread(target=_drain, args=(screen,), daemon=True)
        drained.start()
        assert process.wait(30) == 0


def _drain(screen: int) -> None:
    """Read a terminal to its end, so that nobody waits to write to it."""
    with contextlib.suppress(OSError):
        while os.read(screen, 65536):
            pass
    os.close(screen)
