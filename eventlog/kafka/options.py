"""What an operator may say about Kafka, checked before anything connects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")

_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI")
_WITH_PASSWORD = _MECHANISMS[:3]


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaOptions:
    """Every setting in effect. Times are milliseconds; `security` goes to kafka-python as it is."""

    servers: tuple[str, ...]
    security: Mapping[str, object]
    api_version: tuple[int, ...] = (2, 8)
    create_topic: bool = True
    partitions: int = 12
    replication_factor: int = -1
    linger_ms: int = 5
    request_timeout_ms: int = 5_000
    delivery_timeout_ms: int = 10_000
    max_in_flight_bytes: int = 32 * 1024 * 1024
    session_timeout_ms: int = 6_000
    max_poll_interval_ms: int = 60_000
    metadata_max_age_ms: int = 60_000

    def client(self) -> dict[str, object]:
        """Arguments that kafka-python's producer, consumer and admin client have in common.

        The version is given so that no constructor waits for a broker; it is an upper bound, and an older
        broker lowers it.
        """
        return {
            "bootstrap_servers": list(self.servers),
            "client_id": "puas",
            "api_version": self.api_version,
            "request_timeout_ms": self.request_timeout_ms,
            "reconnect_backoff_max_ms": 1_000,
            "metadata_max_age_ms": self.metadata_max_age_ms,
            **self.security,
        }


def read_options(servers: Sequence[str], options: Mapping[str, str]) -> KafkaOptions:
    """The options as given by name without their prefix PUAS_KAFKA_; raises ValueError naming the variable."""
    if unknown := sorted(set(options) - _SECURITY.keys() - _OWN.keys()):
        known = ", ".join(sorted(name.upper() for name in (*_SECURITY, *_OWN)))
        raise ValueError(f"{_variable(unknown[0])} is no option of Kafka; known after PUAS_KAFKA_ are {known}")
    security = {name: _read(name, read, options[name]) for name, read in _SECURITY.items() if name in options}
    own = {name: _read(name, read, options[name]) for name, read in _OWN.items() if name in options}
    _check_sasl(security)
    result = KafkaOptions(servers=tuple(servers), security=security, **own)  # type: ignore[arg-type]  # read by name
    if result.delivery_timeout_ms < result.linger_ms + result.request_timeout_ms:
        raise ValueError(
            f"{_variable('delivery_timeout_ms')} must be at least PUAS_KAFKA_REQUEST_TIMEOUT_MS and "
            f"PUAS_KAFKA_LINGER_MS together ({result.linger_ms + result.request_timeout_ms}), not "
            f"{result.delivery_timeout_ms}"
        )
    return result


def _check_sasl(security: Mapping[str, object]) -> None:
    if not str(security.get("security_protocol", "")).startswith("SASL_"):
        return
    mechanism = security.get("sasl_mechanism")
    needed = ["sasl_mechanism"]
    if mechanism in _WITH_PASSWORD:
        needed += ["sasl_plain_username", "sasl_plain_password"]
    for name in needed:
        if name not in security:
            raise ValueError(f"{_variable(name)} is needed for {security['security_protocol']}")


def _variable(name: str) -> str:
    return f"PUAS_KAFKA_{name.upper()}"


def _read(name: str, read: Callable[[str], _T], text: str) -> _T:
    try:
        return read(text)
    except ValueError as reason:
        raise ValueError(f"{_variable(name)} must be {reason}, not {text!r}") from None


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise ValueError(f"a whole number from {least} on")
        return int(text)

    return read


def _one_of(*known: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.upper() not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return text.upper()

    return read


def _yes_or_no(text: str) -> bool:
    if text.lower() in ("true", "yes", "1"):
        return True
    if text.lower() in ("false", "no", "0"):
        return False
    raise ValueError("true or false")


def _version(text: str) -> tuple[int, ...]:
    parts = text.split(".")
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("a version such as 2.8")
    return tuple(map(int, parts))


def _file(text: str) -> str:
    if not Path(text).is_file():
        raise ValueError("a file that is there")
    return text


_SECURITY: Mapping[str, Callable[[str], object]] = {
    "security_protocol": _one_of(*_PROTOCOLS),
    "sasl_mechanism": _one_of(*_MECHANISMS),
    "sasl_plain_username": str,
    "sasl_plain_password": str,
    "sasl_kerberos_name": str,
    "sasl_kerberos_service_name": str,
    "sasl_kerberos_domain_name": str,
    "ssl_cafile": _file,
    "ssl_certfile": _file,
    "ssl_keyfile": _file,
    "ssl_password": str,
    "ssl_crlfile": _file,
    "ssl_check_hostname": _yes_or_no,
}
_OWN: Mapping[str, Callable[[str], object]] = {
    "api_version": _version,
    "create_topic": _yes_or_no,
    "partitions": _whole(1),
    "replication_factor": _whole(1),
    "linger_ms": _whole(0),
    "request_timeout_ms": _whole(1000),
    "delivery_timeout_ms": _whole(1000),
    "max_in_flight_bytes": _whole(1024),
    "session_timeout_ms": _whole(1000),
    "max_poll_interval_ms": _whole(1000),
    "metadata_max_age_ms": _whole(100),
}
