"""Rows into the event log, durable before they are called sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from eventlog import LogUnavailable, Record, RecordRefused
from feedback_api.checking import record
from feedback_api.tracing import traceparent
from puas.import_rows import Imported
from puas.wiring import first_line

AT_ONCE = 500
TIMEOUT_S = 30.0


@dataclass(slots=True)
class Sent:
    """How many rows the log has confirmed so far, kept where an interruption leaves it readable."""

    durable: int = 0


class Appending(Protocol):
    """What sending needs of an event log."""

    def append(self, records: Sequence[Record], timeout: float) -> None:
        """As eventlog.EventLog.append."""
        ...


class Stopped(Exception):
    """The log took no more: what was confirmed stays, the rest may be sent again. One clause for the operator."""


def send(log: Appending, rows: Sequence[Imported], sent: Sent, advance: Callable[[int, int], None]) -> None:
    """Append the rows in batches. Raises Stopped when one is not confirmed, LogMisconfigured."""
    trace = traceparent(None)
    advance(0, len(rows))
    for first in range(0, len(rows), AT_ONCE):
        batch = rows[first : first + AT_ONCE]
        try:
            log.append([record(one.feedback, trace) for one in batch], TIMEOUT_S)
        except LogUnavailable as error:
            raise Stopped(f"the event log can't be reached: {first_line(error)}") from None
        except RecordRefused as error:
            raise Stopped(
                f"the event log refuses a row of {batch[0].row} to {batch[-1].row}: {first_line(error)}"
            ) from None
        sent.durable += len(batch)
        advance(sent.durable, len(rows))
