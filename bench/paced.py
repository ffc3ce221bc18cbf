"""Load at a fixed rate, whatever the answers take: an open loop, as visitors are."""

import http.client
import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from bench.feedbacks import submission

_SENDERS = 16


def post(port: int, rate: float, seconds: float, due: Callable[[UUID, float], None]) -> float:
    """Post `rate` feedbacks a second to 127.0.0.1:`port` for `seconds`; returns the rate that was reached.

    `due` is told of each, before it is sent, its event_id and when it was to be sent (time.perf_counter). Raises
    RuntimeError for an answer other than 202.
    """
    count = round(rate * seconds)
    start = time.perf_counter() + 0.1
    with ThreadPoolExecutor(_SENDERS) as pool:
        numbers = (range(first, count, _SENDERS) for first in range(_SENDERS))
        sending = [pool.submit(_send, port, {n: start + n / rate for n in share}, due) for share in numbers]
        for one in sending:
            one.result()
    return count / (time.perf_counter() - start)


def _send(port: int, moments: dict[int, float], due: Callable[[UUID, float], None]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number, moment in moments.items():
        body = submission(random.Random(number))
        content = json.dumps(body)
        time.sleep(max(0.0, moment - time.perf_counter()))
        due(UUID(str(body["event_id"])), moment)
        connection.request("POST", "/v1/feedback", content, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 202:
            raise RuntimeError(f"a feedback was answered {answer.status}: {said.decode()[:500]}")
    connection.close()
