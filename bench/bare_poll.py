"""The yardstick of the projection: kafka-python's poll and json.loads, and nothing done with what they give.

`python -m bench.bare_poll SERVERS TOPIC COUNT` prints the records per second, counted from its first batch on.
"""

import json
import sys
import time

from kafka import KafkaConsumer, TopicPartition

BATCH = 500
WAIT_MS = 20
"""Short, because while a fetch of exhausted partitions waits at the broker, the others wait, too."""


def rate(servers: str, topic: str, count: int) -> float:
    """Records per second of reading the `count` records of a topic from its start."""
    options = {"auto_offset_reset": "earliest", "max_poll_records": BATCH, "fetch_max_wait_ms": WAIT_MS}
    consumer = KafkaConsumer(bootstrap_servers=servers, **options)
    partitions = consumer.partitions_for_topic(topic) or ()
    consumer.assign([TopicPartition(topic, number) for number in partitions])
    first = seen = 0
    started = 0.0
    while seen < count:
        for batch in consumer.poll(timeout_ms=1000).values():
            for record in batch:
                json.loads(record.value)
                seen += 1
        if seen and not first:
            first, started = seen, time.perf_counter()
    ended = time.perf_counter()
    consumer.close()
    return (count - first) / (ended - started)


if __name__ == "__main__":
    print(rate(sys.argv[1], sys.argv[2], int(sys.argv[3])))
