"""A process's producer: opened in the background, replaced when it is stuck."""

import logging
import threading
import time

from eventlog.interface import LogMisconfigured, LogUnavailable
from eventlog.kafka import topic as topics
from eventlog.kafka.options import KafkaOptions
from eventlog.kafka.producer import Producer

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 0.5


class Supply:
    """Hands out the one producer; while Kafka is known to be away, says so at once instead of waiting."""

    def __init__(self, options: KafkaOptions, topic: str) -> None:
        self._options = options
        self._topic = topic
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._tried = threading.Event()
        self._failure: LogUnavailable | LogMisconfigured | None = None
        self._opener: threading.Thread | None = None
        self._producer: Producer | None = None
        self._stale: list[Producer] = []

    def producer(self, timeout: float) -> Producer:
        """The producer, ready to send; raises LogUnavailable after at most `timeout` seconds, LogMisconfigured."""
        if self._producer is not None:
            return self._producer
        with self._lock:
            if self._closing.is_set():
                raise LogUnavailable("this log is closed")
            if self._producer is None and self._opener is None:
                self._opener = threading.Thread(target=self._open, name="puas-kafka-opener", daemon=True)
                self._opener.start()
        self._tried.wait(max(0.0, timeout))
        if (producer := self._producer) is not None:
            return producer
        failure = self._failure or LogUnavailable("Kafka is not connected yet")
        raise type(failure)(str(failure))

    def replace(self, stuck: Producer) -> None:
        """Open another producer in place of this one."""
        with self._lock:
            if self._producer is stuck:
                _log.warning("Kafka has not acknowledged for too long: connecting anew")
                self._producer = None
                self._stale.append(stuck)

    def close(self) -> None:
        """Stop every thread."""
        with self._lock:
            self._closing.set()
            opener, producer, self._producer = self._opener, self._producer, None
        if opener is not None:
            opener.join()
        for left in [*self._stale, *([producer] if producer else [])]:
            left.close()
        self._stale.clear()

    def _open(self) -> None:
        try:
            while not self._closing.is_set():
                while self._stale:
                    self._stale.pop().close()
                try:
                    producer = self._connect()
                except (LogUnavailable, LogMisconfigured) as failure:
                    if type(failure) is not type(self._failure):
                        _log.warning("no producer for Kafka: %s", failure)
                    self._failure = failure
                    self._tried.set()
                    self._closing.wait(_RETRY_SECONDS)
                    continue
                self._failure = None
                with self._lock:
                    self._producer = producer
                return
        finally:
            with self._lock:
                self._opener = None
            self._tried.set()

    def _connect(self) -> Producer:
        partitions = len(topics.ensure(self._options, self._topic).partitions)
        if partitions < self._options.partitions:
            _log.info("topic %s has %d partitions: no more consumers than that share it", self._topic, partitions)
        producer = Producer(self._options, self._topic)
        deadline = time.monotonic() + self._options.request_timeout_ms / 1000
        ready = False
        try:
            while not (ready := producer.ready()) and time.monotonic() < deadline and not self._closing.wait(0.01):
                pass
        finally:
            if not ready:
                producer.close()
        if not ready:
            raise LogUnavailable(f"Kafka did not show topic {self._topic!r} to the producer")
        return producer
