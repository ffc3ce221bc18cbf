"""One producer's life: records go out, acknowledgements come back to the threads that wait for them."""

import logging
import os
import threading
import time
from collections.abc import Sequence
from functools import partial

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from eventlog.interface import LogUnavailable, Record, RecordRefused
from eventlog.kafka.client import PatientClient
from eventlog.kafka.failures import translated
from eventlog.kafka.options import KafkaOptions

_log = logging.getLogger(__name__)
_OVERHEAD = 256
_CLOSE_SECONDS = 1.0
_END_SECONDS = 10.0


class _Producer(KafkaProducer):  # type: ignore[misc]  # kafka-python is untyped
    """kafka-python's producer, ended without the harm its own ending does.

    Its finaliser replaces the library's logger for good, a flush that times out leaves it open and running,
    and in a forked child its exit handler waits for threads that are not there.
    """

    def __init__(self, **configs: object) -> None:
        self._process = os.getpid()
        super().__init__(**configs)

    def flush(self, timeout: float | None = None) -> None:
        """Nothing: the sender, told to close, sends what is left."""

    def close(self, timeout: float | None = None, null_logger: bool = False) -> None:  # noqa: ARG002
        """End the sender's thread; what was not sent within `timeout` seconds is given up."""
        if os.getpid() == self._process:
            super().close(timeout)
            self._sender.join(_END_SECONDS)

    def __del__(self) -> None:
        """Nothing: whoever made it closes it."""


class _Append:
    """One call's records on their way; `failure` is the worst that became of them."""

    __slots__ = ("_answered", "_count", "_lock", "_producer", "done", "failure", "size")

    def __init__(self, producer: "Producer", count: int, size: int) -> None:
        self._producer = producer
        self._count = count
        self._answered = 0
        self._lock = threading.Lock()
        self.size = size
        self.failure: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def stored(self, _: object) -> None:
        self._answer(1)
        self._producer.heard()

    def failed(self, error: Exception) -> None:
        self._answer(1, translated(error))

    def never_sent(self, count: int, failure: Exception) -> None:
        self._answer(count, failure)

    def _answer(self, count: int, failure: Exception | None = None) -> None:
        with self._lock:
            # What may be tried again outweighs what may not: the caller must not drop the whole for a part.
            if failure is not None and (self.failure is None or isinstance(self.failure, RecordRefused)):
                self.failure = failure
            self._answered += count
            complete = self._answered == self._count
        if complete:
            self._producer.settled(self.size)
            self.done.release()


class Producer:
    """Sends to one topic until it is closed, or `stuck` says that another should take its place."""

    def __init__(self, options: KafkaOptions, topic: str) -> None:
        self._topic = topic
        self._max_in_flight = options.max_in_flight_bytes
        self._patience = options.delivery_timeout_ms / 1000
        self._lock = threading.Lock()
        self._in_flight = 0
        self._unanswered_since: float | None = None
        self._lost_topic = False
        # Retries reorder batches that are under way together; one at a time costs no throughput.
        self._producer = _Producer(
            **options.client(),
            acks="all",
            enable_idempotence=False,
            max_in_flight_requests_per_connection=1,
            max_block_ms=0,
            linger_ms=options.linger_ms,
            batch_size=64 * 1024,
            delivery_timeout_ms=options.delivery_timeout_ms,
            metrics_enabled=False,
            kafka_client=partial(PatientClient, options),
        )

    def ready(self) -> bool:
        """Whether it knows the topic's partitions; asking makes it find out."""
        try:
            return bool(self._producer.partitions_for(self._topic))
        except KafkaTimeoutError:
            return False
        except KafkaError as error:
            raise translated(error) from error

    def append(self, records: Sequence[Record], timeout: float) -> None:
        """Like EventLog.append, but never waits for anything other than the acknowledgement."""
        size = sum(len(record.key) + len(record.value) + _OVERHEAD for record in records)
        self._reserve(size)
        append = _Append(self, len(records), size)
        for index, record in enumerate(records):
            try:
                future = self._producer.send(self._topic, record.value, record.key, list(record.headers))
            except (KafkaError, ValueError) as error:
                # Only metadata can make it wait, and only a topic that went away makes it find no partition.
                self._lost_topic |= isinstance(error, KafkaTimeoutError | ValueError)
                append.never_sent(len(records) - index, translated(error))
                break
            future.add_callback(append.stored)
            future.add_errback(append.failed)
        if not append.done.acquire(timeout=max(0.0, timeout)):
            raise LogUnavailable(f"Kafka did not acknowledge within {timeout:.1f} s")
        if append.failure is not None:
            raise append.failure

    @property
    def stuck(self) -> bool:
        """Whether it lost sight of the topic, or has heard nothing for longer than any record may wait."""
        since = self._unanswered_since
        return self._lost_topic or (since is not None and time.monotonic() - since > self._patience)

    def heard(self) -> None:
        """A record was acknowledged."""
        self._unanswered_since = time.monotonic() if self._in_flight else None

    def settled(self, size: int) -> None:
        """Records of `size` bytes are no longer under way."""
        with self._lock:
            self._in_flight -= size

    def close(self) -> None:
        """Stop the thread and close the connections; does not raise."""
        try:
            self._producer.close(_CLOSE_SECONDS)
        except KafkaError as error:
            _log.warning("closing Kafka's producer: %s", error)

    def _reserve(self, size: int) -> None:
        with self._lock:
            if self._in_flight and self._in_flight + size > self._max_in_flight:
                raise LogUnavailable(f"{self._in_flight} bytes wait for Kafka already")
            self._in_flight += size
            if self._unanswered_since is None:
                self._unanswered_since = time.monotonic()
