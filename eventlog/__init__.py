"""Append-only log of bytes behind one small port."""

from eventlog.interface import (
    Entry,
    EventLog,
    LogMisconfigured,
    LogReader,
    LogUnavailable,
    Positions,
    Record,
    RecordRefused,
)
from eventlog.opening import open_log
from eventlog.spool import Spool, SpoolDepth, SpoolFull

__all__ = [
    "Entry",
    "EventLog",
    "LogMisconfigured",
    "LogReader",
    "LogUnavailable",
    "Positions",
    "Record",
    "RecordRefused",
    "Spool",
    "SpoolDepth",
    "SpoolFull",
    "open_log",
]
