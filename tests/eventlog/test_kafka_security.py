"""A broker that asks for TLS and a password, over both of which everything is sent."""

import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eventlog import LogMisconfigured, LogUnavailable
from eventlog.kafka import KafkaLog
from tests.eventlog.logs import read, reading, records
from tests.servers.kafka import KafkaBroker

LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-made certificate for 127.0.0.1, in PEM."""
    path = tmp_path_factory.mktemp("tls") / "broker.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=broker"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", "-"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    with path.open("a") as pem:
        pem.write(made.stdout)
    return path


@pytest.fixture(scope="module")
def options(certificate: Path) -> dict[str, str]:
    """What an operator sets."""
    return {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "puas",
        "sasl_plain_password": "s3cret",
        "ssl_cafile": str(certificate),
        "partitions": "2",
    }


@pytest.fixture(scope="module")
def broker(
    tmp_path_factory: pytest.TempPathFactory, certificate: Path, options: dict[str, str]
) -> Iterator[KafkaBroker]:
    """It knows one user."""
    settings = {
        "listener.security.protocol.map": "CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "listener.name.client.plain.sasl.jaas.config": (
            f'{LOGIN} username="admin" password="admins" user_admin="admins" user_puas="s3cret";'
        ),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificate),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificate),
    }
    client = {name: value for name, value in options.items() if name.startswith(("security", "sasl", "ssl"))}
    secured = KafkaBroker(tmp_path_factory.mktemp("secured-kafka"), settings, client)
    secured.start()
    yield secured
    secured.stop()


def test_the_log_works_over_tls_with_a_password(broker: KafkaBroker, options: dict[str, str]) -> None:
    """Producer, consumer and what asks about the topic alike."""
    log = KafkaLog([broker.address], f"secured-{uuid.uuid4().hex}", options)
    log.append(records("a", "b"), 10.0)
    with reading(log, group="g") as reader:
        assert [entry.value for entry in read(reader, 2)] == [b"a", b"b"]
    assert sum(log.ends().values()) == 2
    log.close()


def told(attempt: Callable[[], object]) -> str:
    """What the operator is told in the end: a broker may hang up before its reason has arrived."""
    deadline = time.monotonic() + 60.0
    while True:
        try:
            attempt()
        except LogMisconfigured as reason:
            return str(reason)
        except LogUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            pytest.fail("a wrong password was taken")


def test_a_wrong_password_is_told_as_what_it_is(broker: KafkaBroker, options: dict[str, str]) -> None:
    """To the operator, instead of trying for ever."""
    log = KafkaLog([broker.address], "secured", options | {"sasl_plain_password": "wrong"})
    assert "Authentication failed" in told(lambda: log.append(records("a"), 10.0))
    told(log.identity)
    with reading(log) as reader:
        told(lambda: reader.poll(1, 1.0))
    log.close()


def test_a_broker_whose_certificate_nobody_vouches_for_gets_nothing(
    broker: KafkaBroker, options: dict[str, str]
) -> None:
    """The password would go to whoever sits in between."""
    trusting_the_system = {name: value for name, value in options.items() if name != "ssl_cafile"}
    log = KafkaLog([broker.address], "secured", trusting_the_system)
    with pytest.raises(LogUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        log.append(records("a"), 10.0)
    log.close()
