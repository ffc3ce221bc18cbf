"""What kafka-python's consumer does to a process that uses it plainly, and that KafkaLog's reader does not.

Each test shows the trap on a real broker too.
"""

import time
import uuid

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.structs import MemberState, OffsetAndMetadata

from eventlog.kafka import KafkaLog
from tests.eventlog.logs import read, reading, records, until
from tests.servers.kafka import KafkaBroker


@pytest.fixture
def topic(kafka_broker: KafkaBroker) -> str:
    """A new topic of three partitions."""
    name = f"traps-{uuid.uuid4().hex}"
    admin = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
    admin.create_topics({name: {"num_partitions": 3, "replication_factor": 1}}, wait_for_metadata=True)
    admin.close()
    return name


def test_a_group_begins_where_start_says_not_where_kafka_remembers(kafka_broker: KafkaBroker, topic: str) -> None:
    """Trap: a position is kept with the results; what the group committed may be before or behind it."""
    log = KafkaLog([kafka_broker.address], topic, {"partitions": "3"})
    log.append(records("a", "b", "c"), 10.0)
    [partition] = [partition for partition, end in log.ends().items() if end]
    with reading(log, group=topic) as reader:
        assert len(read(reader, 3)) == 3
        reader.stored({partition: 3})
    admin = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
    assert until(lambda: committed(admin, topic) == {partition: 3}, lambda: time.sleep(0.05))
    admin.alter_group_offsets(topic, {TopicPartition(topic, partition): OffsetAndMetadata(2, "", -1)})
    assert committed(admin, topic) == {partition: 2}
    admin.close()
    with reading(log, {partition: 1}, group=topic) as reader:
        assert [entry.value for entry in read(reader, 2)] == [b"b", b"c"]
    with reading(log, {}, group=topic) as reader:
        assert [entry.value for entry in read(reader, 3)] == [b"a", b"b", b"c"]
    log.close()


def committed(admin: KafkaAdminClient, group: str) -> dict[int, int]:
    """What Kafka remembers for a group, by partition."""
    return {where.partition: found.offset for where, found in admin.list_group_offsets(group)[group].items()}


def test_the_leader_of_a_group_gets_its_share_of_new_partitions(kafka_broker: KafkaBroker, topic: str) -> None:
    """Trap: when a poll ends between assignment and its delivery, the consumer waits for ever for what nobody sends.

    It happens with any timeout, on a slow network or a busy machine; a short one makes it certain.
    """
    patience = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 2000}
    bare = KafkaConsumer(
        topic,
        bootstrap_servers=kafka_broker.address,
        group_id="bare",
        api_version=(2, 8),
        metadata_max_age_ms=200,
        **patience,
    )
    log = KafkaLog([kafka_broker.address], topic, {"metadata_max_age_ms": "200"})
    with reading(log, group="ours") as reader:
        assert until(lambda: len(bare.assignment()) == 3, lambda: bare.poll(5))
        assert until(lambda: len(reader.assigned()) == 3, lambda: reader.poll(1, 0.005))
        admin = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
        admin.create_partitions({topic: 5})
        admin.close()
        assert until(lambda: len(reader.assigned()) == 5, lambda: reader.poll(1, 0.005))
        assert until(lambda: bare.group_metadata().state is MemberState.REBALANCING, lambda: bare.poll(5))
        deadline = time.monotonic() + 4.0
        while time.monotonic() < deadline:
            bare.poll(5)
        assert bare.group_metadata().state is MemberState.REBALANCING
        assert len(bare.assignment()) == 3
    bare.close(timeout_ms=1000)
    log.close()
