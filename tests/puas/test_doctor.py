"""`puas doctor` is of use when nothing runs and when something is broken."""

from pathlib import Path
from uuid import uuid4

from tests.puas.running import environment, puas
from tests.servers.kafka import KafkaBroker
from tests.servers.ports import free_port


def test_where_nothing_has_run_yet_it_warns_and_makes_nothing(tmp_path: Path) -> None:
    checked = puas(environment(tmp_path), "doctor")
    assert checked.returncode == 0, checked.stderr
    assert "  warn  event log     sqlite:///" in checked.stdout
    assert "does not exist yet: `puas up` makes it" in checked.stdout
    assert "  warn  API           http://127.0.0.1" in checked.stdout
    assert not (tmp_path / "data").exists()


def test_what_can_not_be_reached_fails_in_bounded_time_without_its_password(tmp_path: Path) -> None:
    env = environment(
        tmp_path,
        PUAS_DATABASE=f"postgresql+psycopg://puas:s3cret@127.0.0.1:{free_port()}/puas",
        PUAS_EVENT_LOG=f"kafka://127.0.0.1:{free_port()}/feedback",
        PUAS_KAFKA_SASL_PLAIN_PASSWORD="t0psecret",  # noqa: S106 - it must not be shown
    )
    checked = puas(env, "doctor")
    assert checked.returncode == 1
    assert "  fail  event log     kafka://" in checked.stdout
    assert "  fail  database      postgresql+psycopg://puas:***@127.0.0.1" in checked.stdout
    assert "  warn  secret        PUAS_SECRET_KEY is not set" in checked.stdout
    assert "PUAS_KAFKA_SASL_PLAIN_PASSWORD ***" in checked.stdout
    assert "s3cret" not in checked.stdout + checked.stderr
    assert "t0psecret" not in checked.stdout + checked.stderr
    assert checked.stderr == ""


def test_a_bad_catalog_file_fails_with_its_lines(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.yaml"
    catalog.write_text("units: nothing\n")
    checked = puas(environment(tmp_path, PUAS_CATALOG=str(catalog)), "doctor")
    assert checked.returncode == 1
    assert f"  fail  catalog file  {catalog}:1: " in checked.stdout


def test_no_catalog_applied_is_a_failure_because_no_feedback_can_be_taken(tmp_path: Path) -> None:
    env = environment(tmp_path)
    puas(env, "catalog", "show")  # makes the database
    checked = puas(env, "doctor")
    assert checked.returncode == 1
    assert "  fail  catalog       none is applied" in checked.stdout
    assert "  warn  keys          none: only what is public can be seen" in checked.stdout


def test_secrets_are_said_to_be_there_and_not_shown(tmp_path: Path) -> None:
    secret = "correct horse battery staple, twice"  # noqa: S105 - it must not be shown
    env = environment(tmp_path, PUAS_SECRET_KEY=secret)
    key = puas(env, "key", "create", "a", "--scope", "read").stdout.strip()
    checked = puas(env, "doctor").stdout
    assert "  ok    secret        given by PUAS_SECRET_KEY" in checked
    assert "  ok    keys          1 in force" in checked
    assert "PUAS_SECRET_KEY        ***" in checked
    assert secret not in checked
    assert key not in checked


def test_a_secret_that_others_can_read_is_pointed_out(tmp_path: Path) -> None:
    env = environment(tmp_path)
    (tmp_path / "data").mkdir()
    kept = tmp_path / "data" / "secret.key"
    kept.write_text("s" * 64)
    kept.chmod(0o644)
    assert f"  warn  secret        {kept} can be read by others" in puas(env, "doctor").stdout
    kept.chmod(0o600)
    assert f"  ok    secret        kept in {kept}" in puas(env, "doctor").stdout


def test_looking_at_kafka_makes_no_topic(tmp_path: Path, kafka_broker: KafkaBroker) -> None:
    env = environment(tmp_path, PUAS_EVENT_LOG=f"kafka://{kafka_broker.address}/doctor-{uuid4()}")
    for _ in range(2):
        checked = puas(env, "doctor")
        assert checked.returncode == 0, checked.stdout
        assert "no such topic yet: any process that starts makes it" in checked.stdout
    env["PUAS_KAFKA_CREATE_TOPIC"] = "false"
    assert "  fail  event log     kafka://" in puas(env, "doctor").stdout


def test_files_that_are_no_databases_fail_in_a_line_each(tmp_path: Path) -> None:
    env = environment(tmp_path)
    data = Path(env["PUAS_DATA_DIR"])
    data.mkdir()
    for name in ("puas.db", "log.db", "spool.db"):
        (data / name).write_bytes(b"no database" * 1000)
    checked = puas(env, "doctor")
    assert checked.returncode == 1
    assert checked.stderr == ""
    for name in ("database", "event log", "spool"):
        assert f"  fail  {name:<13} " in checked.stdout
    shown = puas(env, "catalog", "show")
    assert shown.returncode == 1
    assert shown.stderr.startswith("puas: the database sqlite:///")
    assert shown.stderr.count("\n") == 1
