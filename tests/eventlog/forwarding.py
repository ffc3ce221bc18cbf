"""A process that forwards a spool into a log: SPOOL URL [die]. A line before each batch; 0 or the count at the end.

With `die` it is killed after the log has taken the first batch and before the spool knows.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from eventlog import EventLog, Record, Spool, open_log
from eventlog.sqlite import SqliteLog


class DeadlyLog(SqliteLog):
    """Keeps the records and kills its process."""

    def append(self, records: Sequence[Record], timeout: float) -> None:
        """Does not return."""
        super().append(records, timeout)
        os.kill(os.getpid(), signal.SIGKILL)


def say(line: object) -> None:
    """Print it now."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def forward(spool: Spool, log: EventLog) -> None:
    """Forward everything, telling about each batch."""

    def should_stop() -> bool:
        say("batch")
        return False

    say(spool.forward(log, should_stop, 60.0))


if __name__ == "__main__":
    path, url, *die = sys.argv[1:]
    target = DeadlyLog(Path(url.removeprefix("sqlite:///"))) if die else open_log(url)
    forward(Spool(Path(path), 1_000_000_000, 3600.0), target)
