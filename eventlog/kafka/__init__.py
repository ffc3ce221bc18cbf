"""The log in Apache Kafka: a topic, its partitions keyed as Kafka's own producers do."""

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence

from eventlog.interface import EventLog, LogReader, LogUnavailable, Positions, Record
from eventlog.kafka import topic as topics
from eventlog.kafka.options import read_options
from eventlog.kafka.reader import KafkaReader
from eventlog.kafka.supply import Supply

_NO_OPTIONS: Mapping[str, str] = {}


class KafkaLog(EventLog):
    """The topic `topic` of the cluster that `servers` (host:port each) belong to.

    It is made on first use if absent, unless the option `create_topic` forbids; a topic that is there is used
    as it is. Raises ValueError for an unknown or bad option, naming its variable.
    """

    def __init__(self, servers: Sequence[str], topic: str, options: Mapping[str, str] = _NO_OPTIONS) -> None:
        self._options = read_options(servers, options)
        self._topic = topic
        self._closed = False
        # By process: threads and locks don't survive a fork, and a child must not end what its parent uses.
        self._supplies: dict[int, Supply] = {}

    def identity(self) -> str:
        return f"kafka:{self._topic}:{topics.ensure(self._options, self._topic).id}"

    def append(self, records: Sequence[Record], timeout: float) -> None:
        if not records:
            return
        if self._closed:
            raise LogUnavailable("this log is closed")
        deadline = time.monotonic() + timeout
        supply = self._supplies.get(os.getpid()) or self._supplies.setdefault(
            os.getpid(), Supply(self._options, self._topic)
        )
        producer = supply.producer(timeout)
        try:
            producer.append(records, deadline - time.monotonic())
        except LogUnavailable:
            if producer.stuck:
                supply.replace(producer)
            raise

    def reader(self, start: Callable[[Collection[int]], Positions], group: str | None) -> LogReader:
        return KafkaReader(self._options, self._topic, start, group)

    def ends(self) -> Positions:
        return topics.ends(self._options, self._topic)

    def close(self) -> None:
        self._closed = True
        if supply := self._supplies.get(os.getpid()):
            supply.close()
