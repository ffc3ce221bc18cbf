"""Visitors' devices: each keeps a response under one event_id and sends it until it is acknowledged."""

import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")
SERVICES = ("legalisasi", "konsultasi", "pengaduan", "informasi", "dapodik")
_GIVE_UP_AFTER = 120.0


def feedback(chance: random.Random) -> dict[str, object]:
    """One visitor's response: a tap on a face, or the nine questions with some not applicable."""
    kiosk = chance.random() < 0.6
    answers: dict[str, int | None] = {"kepuasan" if kiosk else "biaya": chance.randint(1, 4)}
    if not kiosk:
        answers.update({element: chance.choice((None, 1, 2, 3, 4)) for element in ELEMENTS[4:]})
    return {
        "event_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "unit": "ult-uji",
        "service": chance.choice(SERVICES),
        "touchpoint": "kiosk-uji" if kiosk else "qr-uji",
        "channel": "kiosk" if kiosk else "qr",
        "instrument": "smiley@1" if kiosk else "skm-2017@1",
        "answers": answers,
        "duration_ms": chance.randint(900, 60000),
    }


@dataclass
class Crowd:
    """Sends responses from several devices at once and remembers what was acknowledged.

    `refused` holds the answers that say a response is wrong: there must be none. `slowest` is the longest
    time in seconds that an acknowledgement took, counted from the attempt that got it.
    """

    address: tuple[str, int]
    devices: int = 16
    acknowledged: set[str] = field(default_factory=set)
    spooled: int = 0
    refused: list[str] = field(default_factory=list)
    slowest: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, count: int, seed: int, repeated: float = 0.0) -> None:
        """Send `count` responses; a share `repeated` of them once or twice more, as after a lost answer."""
        chance = random.Random(seed)
        submissions: list[dict[str, object]] = []
        for _ in range(count):
            one = feedback(chance)
            submissions += [one] * (1 + (chance.random() < repeated) * chance.randint(1, 2))
        chance.shuffle(submissions)
        self._spread(lambda device: iter(submissions[device :: self.devices]))

    def keep_sending(self, seed: int) -> None:
        """Send until `stop` is set, some ten responses a second from each device."""

        def visitors(device: int) -> Iterable[dict[str, object]]:
            chance = random.Random(seed * 1000 + device)
            while not self.stop.wait(chance.expovariate(10)):
                yield feedback(chance)

        self._spread(visitors)

    def _spread(self, visitors: Callable[[int], Iterable[dict[str, object]]]) -> None:
        with ThreadPoolExecutor(self.devices) as pool:
            for done in [pool.submit(self._device, visitors(number)) for number in range(self.devices)]:
                done.result()

    def _device(self, submissions: Iterable[dict[str, object]]) -> None:
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        for submission in submissions:
            self._deliver(connection, submission)
        connection.close()

    def _deliver(self, connection: http.client.HTTPConnection, submission: dict[str, object]) -> None:
        body = json.dumps(submission)
        deadline = time.monotonic() + _GIVE_UP_AFTER
        while time.monotonic() < deadline:
            began = time.monotonic()
            try:
                connection.request("POST", "/v1/feedback", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                time.sleep(0.1)
                continue
            if answer.status == 202:
                with self._lock:
                    self.acknowledged.add(str(submission["event_id"]))
                    self.spooled += json.loads(said)["stored"] == "spool"
                    self.slowest = max(self.slowest, time.monotonic() - began)
                return
            if answer.status < 500:
                self.refused.append(f"{answer.status} {said.decode()}")
                return
            time.sleep(0.2)
        raise AssertionError(f"nobody acknowledged {submission['event_id']} within {_GIVE_UP_AFTER:.0f} s")
