"""What a command opens before it works, with an unusable setting told in one line."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from puas.failures import Failed, Misconfigured

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from eventlog import EventLog
    from runtime.settings import Settings

NO_OPTIONS: Mapping[str, str] = {}
_PASSWORD = re.compile(r"(://[^/@:]*:)[^@]*(@)")


def masked(text: str) -> str:
    """`text` with the password of every URL in it replaced.

    >>> masked("postgresql+psycopg://puas:s3cret@db/puas")
    'postgresql+psycopg://puas:***@db/puas'
    """
    return _PASSWORD.sub(r"\1***\2", text)


def load_settings(process: str = "puas") -> "Settings":
    """The environment's settings, with logs set up as they say, on stderr.

    Raises Misconfigured naming the first bad variable.
    """
    from runtime.logs import configure
    from runtime.settings import BadSetting, from_environment

    try:
        settings = from_environment(os.environ)
    except BadSetting as error:
        raise Misconfigured(masked(str(error))) from None
    configure(settings.log_format, process)
    return settings


def require_secret(settings: "Settings") -> None:
    """Raise Misconfigured unless there is a secret to sign with, or one can be made in the data folder."""
    from runtime.secret import secret_key
    from runtime.settings import BadSetting

    try:
        secret_key(settings)
    except BadSetting as error:
        raise Misconfigured(str(error)) from None


def prepare_data_dir(settings: "Settings") -> None:
    """Make the data folder. Raises Misconfigured when it can't be written to."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"PUAS_DATA_DIR={settings.data_dir} can't be made: {error.strerror}") from None
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        raise Misconfigured(f"PUAS_DATA_DIR={settings.data_dir} can't be written to")


def check_addresses(settings: "Settings") -> None:
    """Raise Misconfigured unless log and database have addresses that can be ones; nothing is contacted."""
    opened_log(settings).close()
    opened_database(settings).dispose()


@contextmanager
def database(settings: "Settings") -> Iterator["Engine"]:
    """The read model, brought to the newest schema. A database that is away or broken raises Failed."""
    from sqlalchemy.exc import DBAPIError

    from readmodel.database import DatabaseAway, migrate

    engine = opened_database(settings)
    try:
        migrate(engine)
        yield engine
    except DatabaseAway as error:
        raise Failed(f"the database {masked(settings.database)} can't be reached: {first_line(error)}") from None
    except DBAPIError as error:
        raise Failed(f"the database {masked(settings.database)} can't be used: {first_line(error)}") from None
    finally:
        engine.dispose()


@contextmanager
def event_log(settings: "Settings") -> Iterator["EventLog"]:
    """The event log. One that is away raises Failed, one that can't be used as configured Misconfigured."""
    from eventlog import LogMisconfigured, LogUnavailable

    log = opened_log(settings)
    try:
        yield log
    except LogUnavailable as error:
        raise Failed(f"the event log {masked(settings.event_log)} can't be reached: {first_line(error)}") from None
    except LogMisconfigured as error:
        raise Misconfigured(f"the event log {masked(settings.event_log)} can't be used: {first_line(error)}") from None
    finally:
        log.close()


def opened_database(settings: "Settings") -> "Engine":
    """An engine for the read model as it is; nothing is contacted. Raises Misconfigured."""
    from readmodel.database import open_database

    try:
        return open_database(settings.database)
    except ValueError as error:
        raise Misconfigured(f"PUAS_DATABASE: {masked(str(error))}") from None


def opened_log(settings: "Settings", options: "Mapping[str, str]" = NO_OPTIONS) -> "EventLog":
    """The event log, `options` going before the settings' own; nothing is contacted. Raises Misconfigured."""
    from eventlog import open_log

    try:
        return open_log(settings.event_log, {**settings.kafka, **options})
    except ValueError as error:
        raise Misconfigured(f"PUAS_EVENT_LOG: {masked(str(error))}") from None


def first_line(error: BaseException) -> str:
    """The first line of what `error` says, with passwords masked; its class name when it says nothing."""
    lines = str(error).strip().splitlines()
    return masked(lines[0]) if lines else type(error).__name__
