"""An office to test with: the real app over an embedded log, spool and database in a folder of its own."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventlog import Entry
from feedback_api.app import create_app
from feedback_api.context import Context, open_context
from readmodel.catalog import apply_catalog
from readmodel.database import migrate, open_database, writing
from runtime.settings import Settings, from_environment
from schemas.catalog import Catalog, Service, Touchpoint, Unit

BOTH = ("skm-2017@1", "smiley@1")
MAKASSAR = Unit(
    "ult-makassar",
    "ULT Makassar",
    None,
    "Asia/Makassar",
    (
        Service("legalisasi", "Legalisasi", BOTH),
        Service("konsultasi", "Konsultasi", BOTH),
        Service("lama", "Layanan lama", BOTH, retired=True),
    ),
    (
        Touchpoint("kiosk-1", "Kiosk", "kiosk", "open", ("legalisasi", "konsultasi", "lama")),
        Touchpoint("qr-1", "Poster", "qr", "open", ("legalisasi",)),
        Touchpoint("kiosk-lama", "Kiosk lama", "kiosk", "open", ("legalisasi",), retired=True),
    ),
)
JAYAPURA = Unit(
    "ult-jayapura",
    "ULT Jayapura",
    "ult-makassar",
    "Asia/Jayapura",
    (Service("legalisasi", "Legalisasi", ("smiley@1",)),),
    (Touchpoint("kiosk-2", "Kiosk", "kiosk", "open", ("legalisasi",)),),
)
TUTUP = Unit(
    "tutup",
    "ULT yang sudah tutup",
    None,
    "Asia/Jakarta",
    (Service("legalisasi", "Legalisasi", BOTH, retired=True),),
    (Touchpoint("kiosk-3", "Kiosk", "kiosk", "open", ("legalisasi",), retired=True),),
    retired=True,
)
CATALOG = Catalog((MAKASSAR, JAYAPURA, TUTUP))


def submission(**changes: Any) -> dict[str, Any]:
    """A one-tap submission with a new event_id, then `changes`."""
    return {
        "event_id": str(uuid4()),
        "unit": "ult-makassar",
        "service": "legalisasi",
        "touchpoint": "kiosk-1",
        "channel": "kiosk",
        "instrument": "smiley@1",
        "answers": {"kepuasan": 4},
    } | changes


def settings_in(directory: Path, **variables: str) -> Settings:
    """Settings for an embedded office in `directory`, where the log is given up on after a second."""
    return from_environment({"PUAS_DATA_DIR": str(directory), "PUAS_APPEND_TIMEOUT": "1"} | variables)


def put_catalog(settings: Settings, catalog: Catalog = CATALOG) -> None:
    """Make the database and apply the catalog, as `puas catalog apply` does."""
    engine = open_database(settings.database)
    migrate(engine)
    with writing(engine) as connection:
        apply_catalog(connection, catalog, 0)
    engine.dispose()


class Office:
    """The app of one worker without its threads: a test takes their steps itself."""

    def __init__(self, settings: Settings, now: datetime | None = None) -> None:
        context = open_context(settings)
        self.context: Context = context if now is None else replace(context, clock=lambda: now)
        self.settings = settings
        self.client: FlaskClient = create_app(self.context).test_client()

    def post(self, payload: object, **headers: str) -> TestResponse:
        """POST /v1/feedback."""
        return self.client.post("/v1/feedback", json=payload, headers=headers)

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET any path."""
        return self.client.get(path, headers=headers)

    def logged(self) -> list[Entry]:
        """Everything in the event log."""
        reader = self.context.log.reader(lambda _partitions: {}, None)
        entries: list[Entry] = []
        while batch := reader.poll(1000, 0.0):
            entries.extend(batch)
        reader.close()
        return entries

    def counted(self, channel: str, outcome: str) -> float:
        """puas_feedback_received_total as /metrics shows it."""
        name = f'puas_feedback_received_total{{channel="{channel}",outcome="{outcome}"}} '
        lines = self.get("/metrics").text.splitlines()
        return next(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    def close(self) -> None:
        """Close what was opened."""
        self.context.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a SQLite file's write lock, as a stuck writer would."""
    holder = sqlite3.connect(path, isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        holder.close()
