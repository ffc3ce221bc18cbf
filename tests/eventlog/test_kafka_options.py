"""What an operator says about Kafka is checked when the log is opened."""

from pathlib import Path

import pytest

from eventlog.kafka.options import read_options

SERVERS = ["kafka-1:9092", "kafka-2:9092"]


def test_what_is_not_said_has_a_default() -> None:
    """Twelve partitions, no security, and times that fit a web request."""
    options = read_options(SERVERS, {})
    assert options.servers == ("kafka-1:9092", "kafka-2:9092")
    assert (options.partitions, options.replication_factor, options.create_topic) == (12, -1, True)
    assert not options.security


def test_security_goes_to_kafka_python_as_it_is(tmp_path: Path) -> None:
    """Under kafka-python's names, with its types."""
    ca = tmp_path / "ca.pem"
    ca.touch()
    said = {
        "security_protocol": "sasl_ssl",
        "sasl_mechanism": "scram-sha-512",
        "sasl_plain_username": "puas",
        "sasl_plain_password": "s3cret, really",
        "ssl_cafile": str(ca),
        "ssl_check_hostname": "false",
    }
    client = read_options(SERVERS, said).client()
    expected = {"security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512", "ssl_check_hostname": False}
    assert client == client | said | expected


def test_numbers_and_versions_are_read() -> None:
    """As the environment gives them: text."""
    said = {"partitions": "3", "replication_factor": "2", "create_topic": "no", "api_version": "3.7"}
    options = read_options(SERVERS, said)
    assert (options.partitions, options.replication_factor) == (3, 2)
    assert options.create_topic is False
    assert options.api_version == (3, 7)


@pytest.mark.parametrize(
    ("said", "variable"),
    [
        ({"acks": "1"}, "PUAS_KAFKA_ACKS is no option of Kafka"),
        ({"bootstrap_servers": "elsewhere:9092"}, "PUAS_KAFKA_BOOTSTRAP_SERVERS is no option of Kafka"),
        ({"partitions": "0"}, "PUAS_KAFKA_PARTITIONS must be a whole number from 1 on, not '0'"),
        ({"partitions": "a dozen"}, "PUAS_KAFKA_PARTITIONS must be"),
        ({"replication_factor": "-2"}, "PUAS_KAFKA_REPLICATION_FACTOR must be"),
        ({"create_topic": "maybe"}, "PUAS_KAFKA_CREATE_TOPIC must be true or false"),
        ({"api_version": "new"}, "PUAS_KAFKA_API_VERSION must be"),
        ({"security_protocol": "TLS"}, "PUAS_KAFKA_SECURITY_PROTOCOL must be one of PLAINTEXT, SSL,"),
        ({"security_protocol": "SASL_SSL"}, "PUAS_KAFKA_SASL_MECHANISM is needed for SASL_SSL"),
        (
            {"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_plain_username": "puas"},
            "PUAS_KAFKA_SASL_PLAIN_PASSWORD is needed for SASL_SSL",
        ),
        ({"sasl_mechanism": "LOGIN"}, "PUAS_KAFKA_SASL_MECHANISM must be one of"),
        ({"ssl_cafile": "/nowhere/ca.pem"}, "PUAS_KAFKA_SSL_CAFILE must be a file that is there"),
        ({"delivery_timeout_ms": "4000"}, "PUAS_KAFKA_DELIVERY_TIMEOUT_MS must be at least"),
    ],
)
def test_what_is_wrong_is_said_with_the_name_of_its_variable(said: dict[str, str], variable: str) -> None:
    """One clear line, before anything starts."""
    with pytest.raises(ValueError, match=variable):
        read_options(SERVERS, said)


def test_a_bad_password_is_not_repeated() -> None:
    """Whatever else is wrong."""
    said = {"security_protocol": "SASL_SSL", "sasl_plain_password": "s3cret"}
    with pytest.raises(ValueError, match="SASL_MECHANISM") as raised:
        read_options(SERVERS, said)
    assert "s3cret" not in str(raised.value)
