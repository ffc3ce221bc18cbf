"""Reading the topic, alone or in a group. Connects when first polled."""

import logging
import time
from collections.abc import Callable, Collection, Iterable

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError
from kafka.structs import MemberState

from eventlog.interface import Entry, LogReader, Positions
from eventlog.kafka import topic as topics
from eventlog.kafka.client import BoundedClient, kept
from eventlog.kafka.failures import translated
from eventlog.kafka.options import KafkaOptions

_log = logging.getLogger(__name__)
_SLICE_SECONDS = 0.5
_JOINING_SECONDS = 0.1
_SILENCE_SECONDS = 2.0
_CLOSE_MS = 2_000


class _Assignments(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python is untyped
    """Notes what the group gives and takes; called from kafka-python's thread while poll waits for it."""

    def __init__(self) -> None:
        self.consumer: KafkaConsumer = None
        self.mine: frozenset[int] = frozenset()
        self.to_begin: frozenset[int] = frozenset()

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002
        self.mine = self.to_begin = frozenset()

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        # Held until `start` is asked, on the thread that polls; with a position set, none is fetched from the group.
        for partition in assigned:
            self.consumer.seek(partition, 0)
        self.consumer.pause(*assigned)
        self.mine = self.to_begin = frozenset(partition.partition for partition in assigned)


class KafkaReader(LogReader):
    """See LogReader; for one thread."""

    def __init__(
        self,
        options: KafkaOptions,
        topic: str,
        start: Callable[[Collection[int]], Positions],
        group: str | None,
    ) -> None:
        self._options = options
        self._topic = topic
        self._start = start
        self._group = group
        self._made: list[BoundedClient] = []
        self._consumer: KafkaConsumer = None
        self._assignments = _Assignments()
        self._heard = 0.0

    def poll(self, max_records: int, timeout: float) -> list[Entry]:
        deadline = time.monotonic() + timeout
        try:
            if self._consumer is None:
                self._connect()
            while True:
                if self._assignments.to_begin:
                    self._begin()
                if entries := self._fetch(max_records, deadline - time.monotonic()):
                    self._heard = time.monotonic()
                    return entries
                if time.monotonic() >= deadline:
                    self._check_that_somebody_is_there()
                    return []
        except KafkaError as error:
            raise translated(error) from error

    def seek(self, positions: Positions) -> None:
        for partition, position in positions.items():
            if partition in self._assignments.mine:
                self._consumer.seek(TopicPartition(self._topic, partition), position)

    def assigned(self) -> frozenset[int]:
        return self._assignments.mine

    def stored(self, positions: Positions) -> None:
        mine = self._assignments.mine & positions.keys()
        if self._group is None or not mine:
            return
        offsets = {TopicPartition(self._topic, p): OffsetAndMetadata(positions[p], "", -1) for p in mine}
        try:
            self._consumer.commit_async(offsets)
        except KafkaError as error:
            _log.info("Kafka's own lag tools will not see these positions: %s", error)

    def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._assignments.on_partitions_revoked(())
        try:
            if consumer is not None:
                consumer.close(autocommit=False, timeout_ms=_CLOSE_MS)
        except KafkaError as error:
            _log.info("leaving Kafka's group: %s", error)
        finally:
            while self._made:
                self._made.pop().close()

    def _connect(self) -> None:
        topic = topics.ensure(self._options, self._topic)
        try:
            consumer = KafkaConsumer(
                **self._options.client(),
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="none",
                session_timeout_ms=self._options.session_timeout_ms,
                heartbeat_interval_ms=self._options.session_timeout_ms // 3,
                max_poll_interval_ms=self._options.max_poll_interval_ms,
                metrics_enabled=False,
                kafka_client=kept(BoundedClient, self._options, self._made),
            )
            consumer.bootstrap(timeout_ms=self._options.request_timeout_ms)
            self._assignments.consumer = consumer
            partitions = [TopicPartition(self._topic, partition) for partition in topic.partitions]
            if self._group is None:
                consumer.assign(partitions)
                self._assignments.on_partitions_assigned(partitions)
            else:
                consumer.subscribe([self._topic], listener=self._assignments)
                # Makes it know the partitions: a member that does not, if it is elected to, gives nobody any.
                consumer.beginning_offsets(partitions, timeout_ms=self._options.request_timeout_ms)
        except KafkaError:
            self.close()
            raise
        self._consumer = consumer
        self._heard = time.monotonic()

    def _begin(self) -> None:
        partitions = sorted(self._assignments.to_begin)
        positions = self._start(partitions)
        places = [TopicPartition(self._topic, partition) for partition in partitions]
        firsts = self._consumer.beginning_offsets(places, timeout_ms=self._options.request_timeout_ms)
        for place in places:
            wanted, first = positions.get(place.partition), firsts[place]
            if wanted is not None and wanted < first:
                _log.error("%s[%d]: %d to %d are no longer kept", *place, wanted, first - 1)
            self._consumer.seek(place, first if wanted is None else max(wanted, first))
        self._consumer.resume(*places)
        self._assignments.to_begin = frozenset()

    def _fetch(self, max_records: int, seconds: float) -> list[Entry]:
        wait = _JOINING_SECONDS if self._joining() else max(0.0, min(seconds, _SLICE_SECONDS))
        try:
            found = self._consumer.poll(timeout_ms=int(wait * 1000), max_records=max_records)
        except OffsetOutOfRangeError as error:
            self._go_to_first(error.args[0])
            return []
        except KafkaError:
            self.close()  # whatever broke it, a new consumer joins with the next poll
            raise
        return [
            Entry(
                partition=record.partition,
                position=record.offset,
                timestamp_ms=record.timestamp,
                key=record.key,
                value=record.value,
                headers=tuple((name, value or b"") for name, value in record.headers),
            )
            for records in found.values()
            for record in records
        ]

    def _joining(self) -> bool:
        """Whether the group has yet to give its partitions; sees to it that what a poll left half done goes on.

        As the group's leader that joins anew for changed partitions, kafka-python takes itself for joined as soon as
        it has made the assignment: if the poll ends there, it never fetches its own share nor sends heartbeats again.
        """
        state = None if self._group is None else self._consumer.group_metadata().state
        if state is MemberState.REBALANCING:
            self._consumer._coordinator.request_rejoin()  # there is no public way
        return state is not None and state is not MemberState.STABLE

    def _go_to_first(self, gone: dict[TopicPartition, int]) -> None:
        firsts = self._consumer.beginning_offsets(list(gone), timeout_ms=self._options.request_timeout_ms)
        for place, position in gone.items():
            _log.error("%s[%d]: %d is not there; reading on from %d", *place, position, firsts[place])
            self._consumer.seek(place, firsts[place])

    def _check_that_somebody_is_there(self) -> None:
        """Raise KafkaError when Kafka can't be reached, which an empty poll does not tell."""
        if time.monotonic() - self._heard > _SILENCE_SECONDS:
            places = [TopicPartition(self._topic, partition) for partition in self._assignments.mine or {0}]
            self._consumer.end_offsets(places, timeout_ms=self._options.request_timeout_ms)
            self._heard = time.monotonic()
