"""From an event log's URL to the log: the only place that knows which logs there are."""

import re
from collections.abc import Mapping
from pathlib import Path

from eventlog.interface import EventLog
from eventlog.sqlite import SqliteLog

_NO_OPTIONS: Mapping[str, str] = {}
_SERVER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_TOPIC = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")


def open_log(url: str, options: Mapping[str, str] = _NO_OPTIONS) -> EventLog:
    """The log at `sqlite:///relative/or//absolute/path` or `kafka://host:port[,host:port]/topic`.

    `options` are Kafka's (`security_protocol`, `ssl_cafile`, …). Touches neither disk nor network.
    Raises ValueError saying what is wrong.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite":
        return _open_sqlite(url, rest, options)
    if separator and scheme == "kafka":
        return _open_kafka(url, rest, options)
    raise ValueError(f"{url!r} is no event log: expected sqlite:///path or kafka://host:port/topic")


def _open_sqlite(url: str, rest: str, options: Mapping[str, str]) -> EventLog:
    path = rest.removeprefix("/")
    if path == rest or not path or path.endswith("/") or "?" in path or path == ":memory:":
        raise ValueError(f"{url!r} names no file: expected sqlite:///relative/path.db or sqlite:////absolute/path.db")
    if options:
        raise ValueError(f"an SQLite event log takes no options, but these were given: {', '.join(sorted(options))}")
    return SqliteLog(Path(path))


def _open_kafka(url: str, rest: str, options: Mapping[str, str]) -> EventLog:
    addresses, _, topic = rest.partition("/")
    servers = addresses.split(",")
    if bad := [server for server in servers if not _SERVER.fullmatch(server)]:
        raise ValueError(f"{url!r}: {bad[0]!r} is no host:port; expected kafka://host:port[,host:port]/topic")
    if not _TOPIC.fullmatch(topic):
        raise ValueError(f"{url!r}: {topic!r} is no topic name (letters, digits, '.', '_' and '-', at most 249)")
    from eventlog.kafka import KafkaLog  # who keeps the embedded log does without kafka-python

    return KafkaLog(servers, topic, options)
