"""Delivers feedback over HTTP the way a careful kiosk does: the same event_id until it is answered."""

import http.client
import json
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

ANSWER_SECONDS = 10.0
IDLE_SECONDS = 1.0
"""Servers close idle connections: one that waited longer is made anew instead of failing."""
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0


@dataclass(slots=True)
class Totals:
    """What became of the requests. Outcomes: accepted, spooled, refused, undelivered."""

    outcomes: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    complaints: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, outcome: str, retries: int, complaint: str | None) -> None:
        """Count one request; safe from many threads."""
        with self._lock:
            self.outcomes[outcome] += 1
            self.retried += retries
            if complaint is not None:
                self.complaints[complaint] += 1

    @property
    def requests(self) -> int:
        """Requests that have an outcome; the same feedback sent again on purpose counts again."""
        return self.outcomes.total()

    @property
    def failed(self) -> int:
        """Requests that nobody took."""
        return self.outcomes["refused"] + self.outcomes["undelivered"]


class Courier:
    """One connection to the API, used by one thread."""

    def __init__(self, url: str, totals: Totals, patience: float, stop: threading.Event) -> None:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
        self._path = parts.path.rstrip("/") + "/v1/feedback"
        self._totals = totals
        self._patience = patience
        self._stop = stop
        self._used = 0.0
        self._rng = Random()  # noqa: S311 - spreads retries

    def deliver(self, body: Mapping[str, object]) -> None:
        """Send until answered 2xx or 4xx, or until patience ends; the outcome is counted."""
        content = json.dumps(body, ensure_ascii=False).encode()
        give_up = time.monotonic() + self._patience
        pause = FIRST_PAUSE
        retries = 0
        while True:
            status, wait, document = self._post(content)
            if 200 <= status < 300:
                self._totals.add("spooled" if document.get("stored") == "spool" else "accepted", retries, None)
                return
            if 400 <= status < 500 and status != 429:
                self._totals.add("refused", retries, f"{status} {_complaint(document)}")
                return
            left = give_up - time.monotonic()
            if left <= 0 or self._stop.is_set():
                self._totals.add("undelivered", retries, f"{status or 'no answer'} {_complaint(document)}".strip())
                return
            self._stop.wait(min(left, max(wait, pause * self._rng.uniform(0.5, 1.0))))
            pause = min(pause * 2, LONGEST_PAUSE)
            retries += 1

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _post(self, content: bytes) -> tuple[int, float, Mapping[str, object]]:
        """Status (0: no answer), the seconds the server asks to wait, and its JSON."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
        try:
            self._connection.request("POST", self._path, content, {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            document = _document(answer.read())
            self._used = time.monotonic()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return 0, 0.0, {"detail": str(error) or type(error).__name__}
        else:
            asked = answer.headers.get("Retry-After", "")
            return answer.status, min(float(asked), LONGEST_PAUSE) if asked.isdecimal() else 0.0, document


@contextmanager
def couriers(
    url: str, concurrency: int, patience: float, totals: Totals
) -> Iterator[Callable[[Mapping[str, object]], None]]:
    """Deliver from `concurrency` threads; the function given waits while all are busy.

    Leaving waits until everything is delivered or given up; leaving by an exception gives up at once.
    """
    stop = threading.Event()
    jobs: queue.Queue[Mapping[str, object] | None] = queue.Queue(maxsize=2 * concurrency)

    def work() -> None:
        courier = Courier(url, totals, patience, stop)
        while (body := jobs.get()) is not None:
            courier.deliver(body)
        courier.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    try:
        yield jobs.put
    except BaseException:
        stop.set()
        raise
    finally:
        for _ in threads:
            jobs.put(None)
        for thread in threads:
            thread.join()


def _document(content: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _complaint(document: Mapping[str, object]) -> str:
    """What the server had against it: the first field and message, else the detail."""
    errors = document.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return f"{errors[0].get('field')}: {errors[0].get('message')}"
    return str(document.get("detail") or document.get("title") or "")
