"""What an event log's URL may say."""

from pathlib import Path

import pytest

from eventlog import Record, open_log
from eventlog.kafka import KafkaLog
from eventlog.sqlite import SqliteLog


@pytest.mark.parametrize("depth", [".", "var/deep"])
def test_an_absolute_path_follows_three_slashes_and_makes_its_directory(tmp_path: Path, depth: str) -> None:
    """Only on first use: opening touches nothing."""
    log = open_log(f"sqlite:///{tmp_path}/{depth}/log.db")
    assert isinstance(log, SqliteLog)
    assert not list(tmp_path.iterdir())
    log.append([Record(b"k", b"v")], 5.0)
    log.close()
    assert (tmp_path / depth / "log.db").is_file()


def test_a_relative_path_starts_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the default ./var/log.db does."""
    monkeypatch.chdir(tmp_path)
    log = open_log("sqlite:///./var/log.db")
    log.identity()
    log.close()
    assert (tmp_path / "var" / "log.db").is_file()


@pytest.mark.parametrize(
    "url", ["kafka://localhost:9092/feedback", "kafka://a.example:9092,10.0.0.1:9093,[::1]:9092/feedback.v1_x-y"]
)
def test_a_kafka_url_names_servers_and_topic(url: str) -> None:
    """Nobody is connected to yet."""
    log = open_log(url, {"security_protocol": "SSL"})
    assert isinstance(log, KafkaLog)
    log.close()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "is no event log"),
        ("sqlite", "is no event log"),
        ("postgresql://localhost/x", "is no event log: expected sqlite:///path or kafka://host:port/topic"),
        ("sqlite://log.db", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///var/", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///log.db?mode=ro", "names no file"),
        ("kafka://", "'' is no host:port"),
        ("kafka://localhost/feedback", "'localhost' is no host:port"),
        ("kafka://localhost:9092,/feedback", "'' is no host:port"),
        ("kafka://user:secret@localhost:9092/feedback", "is no host:port"),
        ("kafka://localhost:9092", "'' is no topic name"),
        ("kafka://localhost:9092/", "'' is no topic name"),
        ("kafka://localhost:9092/..", "'..' is no topic name"),
        ("kafka://localhost:9092/a/b", "'a/b' is no topic name"),
        ("kafka://localhost:9092/feedback?x=1", "is no topic name"),
    ],
)
def test_a_bad_url_is_told_so_in_a_sentence(url: str, complaint: str) -> None:
    """Before anything starts."""
    with pytest.raises(ValueError, match=r"\S") as raised:
        open_log(url)
    assert complaint in str(raised.value)


def test_options_of_kafka_do_not_go_with_the_embedded_log() -> None:
    """Who set them believes to be on Kafka."""
    with pytest.raises(ValueError, match="takes no options, but these were given: partitions, security_protocol"):
        open_log("sqlite:///log.db", {"security_protocol": "SSL", "partitions": "3"})
