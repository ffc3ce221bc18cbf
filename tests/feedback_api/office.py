"""An office to test with: the real app over an embedded log, spool and database in a folder of its own."""

import sqlite3
from collections.abc import Collection, Iterator
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
from readmodel.keys import SCOPES, any_key, create_key
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
    plain = {"PUAS_DATA_DIR": str(directory), "PUAS_APPEND_TIMEOUT": "1", "PUAS_SECRET_KEY": "s" * 32}
    return from_environment(plain | variables)


def put_catalog(settings: Settings, catalog: Catalog = CATALOG) -> None:
    """Make the database and apply the catalog, as `puas catalog apply` does; and a key that opens everything."""
    engine = open_database(settings.database)
    migrate(engine)
    with writing(engine) as connection:
        apply_catalog(connection, catalog, 0)
        if not any_key(connection):
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            _key, text = create_key(connection, "Operator", SCOPES, None, 0)
            _key_file(settings).write_text(text)
    engine.dispose()


def _key_file(settings: Settings) -> Path:
    return settings.data_dir / "test.key"


class Anonymous:
    """Asks an office without a key."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> TestResponse:
        """GET any path."""
        return self.client.get(path, headers=headers)


class Office:
    """The app of one worker without its threads: a test takes their steps itself."""

    def __init__(self, settings: Settings, now: datetime | None = None) -> None:
        context = open_context(settings)
        self.context: Context = context if now is None else replace(context, clock=lambda: now)
        self.settings = settings
        app = create_app(self.context)
        self.client: FlaskClient = app.test_client()
        self.anonymous = Anonymous(app.test_client())

    @property
    def key(self) -> str:
        """The text of a key with every right; made with the catalog."""
        return _key_file(self.settings).read_text()

    def new_key(self, *scopes: str, units: Collection[str] | None = None, expires_ms: int | None = None) -> str:
        """The text of one more key."""
        with writing(self.context.engine) as connection:
            return create_key(connection, "Tim mutu", scopes, units, 0, expires_ms)[1]

    def post(self, payload: object, **headers: str) -> TestResponse:
        """POST /v1/feedback."""
        return self.client.post("/v1/feedback", json=payload, headers=headers)

    def get(self, path: str, *, key: str | None = None, **headers: str) -> TestResponse:
        """GET any path with `key`; without one, with the key that opens everything, once there is a catalog."""
        if key is None and _key_file(self.settings).exists():
            key = self.key
        bearer = {} if key is None else {"Authorization": f"Bearer {key}"}
        return self.client.get(path, headers=bearer | headers)

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
