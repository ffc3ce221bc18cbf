"""The topic: made when it is absent, described, measured. Each visit connects, asks and leaves."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError, KafkaTimeoutError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from eventlog.interface import LogMisconfigured, LogUnavailable
from eventlog.kafka.client import BoundedClient, HastyClient, kept
from eventlog.kafka.failures import translated
from eventlog.kafka.options import KafkaOptions

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the cluster knows it; `id` is new when the topic is made anew."""

    name: str
    id: str
    partitions: frozenset[int]


@contextmanager
def _admin(options: KafkaOptions) -> Iterator[KafkaAdminClient]:
    made: list[BoundedClient] = []
    try:
        yield KafkaAdminClient(
            **options.client(),
            bootstrap_timeout_ms=options.request_timeout_ms,
            kafka_client=kept(HastyClient, options, made),
        )
    except KafkaTimeoutError as error:
        raise translated(next((client.last_failure for client in made if client.last_failure), error)) from error
    except KafkaError as error:
        raise translated(error) from error
    finally:
        for client in made:
            client.close()


def ensure(options: KafkaOptions, name: str) -> Topic:
    """The topic, made first if it is absent and may be made; raises LogUnavailable, LogMisconfigured."""
    with _admin(options) as admin:
        return _describe(admin, name) or _create(admin, options, name)


def ends(options: KafkaOptions, name: str) -> dict[int, int]:
    """The position after the last record, per partition; raises LogUnavailable, LogMisconfigured."""
    with _admin(options) as admin:
        topic = _describe(admin, name) or _create(admin, options, name)
        asked = {TopicPartition(name, partition): OffsetSpec.LATEST for partition in topic.partitions}
        found = admin.list_partition_offsets(asked, timeout_ms=options.request_timeout_ms)
    return {where.partition: answer.offset for where, answer in found.items()}


def _describe(admin: KafkaAdminClient, name: str) -> Topic | None:
    [found] = admin.describe_topics([name])
    error = for_code(found["error_code"])
    if error is UnknownTopicOrPartitionError:
        return None
    partitions: Collection[int] = [partition["partition_index"] for partition in found["partitions"]]
    if found["error_code"] != 0 or not partitions:
        raise translated(error(f"topic {name!r}"))
    identity = found.get("topic_id")
    if not identity or not getattr(identity, "int", 1):
        identity = admin.describe_cluster()["cluster_id"]  # a broker before 2.8 has no ids for topics
    return Topic(name, str(identity), frozenset(partitions))


def _create(admin: KafkaAdminClient, options: KafkaOptions, name: str) -> Topic:
    if not options.create_topic:
        raise LogMisconfigured(
            f"Kafka has no topic {name!r} and PUAS_KAFKA_CREATE_TOPIC forbids to make it: "
            f"make it first, with as many partitions as consumers shall share it"
        )
    shape = {"num_partitions": options.partitions, "replication_factor": options.replication_factor}
    try:
        admin.create_topics({name: shape}, timeout_ms=options.request_timeout_ms)
        _log.info("made topic %s with %d partitions", name, options.partitions)
    except TopicAlreadyExistsError:
        _log.debug("topic %s was made by another process meanwhile", name)
    admin.wait_for_topics([name], timeout_ms=options.request_timeout_ms)
    topic = _describe(admin, name)
    if topic is None:
        raise LogUnavailable(f"Kafka's new topic {name!r} is not to be seen yet")
    return topic
