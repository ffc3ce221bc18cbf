"""wrk, which keeps a fixed number of connections busy: closed-loop load, for throughput."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).with_name("feedback.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk got."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float


class Failed(Exception):
    """Some requests were not answered 2xx, so that the rate means nothing."""


def load(port: int, connections: int, seconds: float) -> Load:
    """Post feedbacks to 127.0.0.1:`port` for about `seconds`, rounded to whole ones. Raises Failed."""
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("the bench needs wrk: install Debian's wrk package")
    options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "--latency"]
    run = subprocess.run(
        [program, *options, "-s", str(_SCRIPT), f"http://127.0.0.1:{port}/v1/feedback"],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    found = json.loads(run.stdout.splitlines()[-1])
    if found["refused"] or found["broken"] or not found["requests"]:
        raise Failed(
            f"of {found['requests']} requests {found['refused']} were refused and {found['broken']} got no answer"
        )
    per_second = found["requests"] * 1e6 / found["microseconds"]
    return Load(found["requests"], per_second, found["p50"] / 1000, found["p99"] / 1000)
