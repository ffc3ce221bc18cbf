"""The first key: who starts Puas on one host is its operator, and needs one to see anything."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.settings import Settings

FILE = "operator.key"
NAME = "Operator"


def make_first_key(settings: "Settings") -> Path | None:
    """Make a key that opens everything where no key was ever made; the file of this user's that keeps it, else None.

    Only for the embedded default, whose data folder belongs to the one host. Raises Failed when the database is away.
    """
    from puas.failures import Misconfigured
    from puas.wiring import database
    from readmodel.database import writing
    from readmodel.keys import SCOPES, any_key, create_key
    from runtime.secret import keep_secret

    path = settings.data_dir / FILE
    with database(settings) as engine, writing(engine) as connection:
        if any_key(connection):
            return None
        _key, text = create_key(connection, NAME, SCOPES, None, time.time_ns() // 1_000_000)
        try:
            keep_secret(path, text, replace=True)  # before the key is committed: no key without its text
        except OSError as error:
            raise Misconfigured(f"{path} can't be written: {error.strerror}") from None
    return path


def operator_key(settings: "Settings") -> str | None:
    """The text of the operator's key, while its file is there."""
    try:
        return (settings.data_dir / FILE).read_text().strip() or None
    except OSError:
        return None
