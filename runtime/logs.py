"""Logging, set up once per process: events with named values, for people or for machines."""

import logging
import sys
from typing import TextIO

import structlog


def configure(log_format: str, process: str, stream: TextIO = sys.stderr) -> None:
    """Send structlog's events and the libraries' warnings to `stream`.

    `log_format` is "text" (one readable line) or "json" (one object a line); each event carries `process`.
    An event about one feedback carries its `event_id`. Never log an address of a visitor.
    """

    def named(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["process"] = process  # on every thread, which a context variable would not be
        return event

    shared: list[structlog.typing.Processor] = [
        named,
        _printable,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [_console(stream.isatty())]
    )
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # kafka-python tells of every attempt to connect, many a second; our own processes tell of an outage once.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def _console(colors: bool) -> structlog.dev.ConsoleRenderer:
    # A plain traceback: the richer ones print local variables, a visitor's words and address among them.
    return structlog.dev.ConsoleRenderer(
        colors=colors, pad_event_to=0, pad_level=False, exception_formatter=structlog.dev.plain_traceback
    )


def _printable(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Escape what a terminal would obey: a client may put such characters into anything it sends."""
    for name, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[name] = value.encode("unicode_escape").decode("ascii")
    return event
