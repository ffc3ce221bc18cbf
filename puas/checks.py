"""What `puas doctor` looks at on this host: each check gives one line, none changes anything."""

import os
import platform
import shutil
import sqlite3
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from puas.catalog import Invalid, read, summary
from puas.readiness import base_url, not_ready

if TYPE_CHECKING:
    from runtime.settings import Settings

LITTLE_SPACE = 1 << 30
NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `fail` means that feedback is not collected or not counted, `warn` that somebody should look."""

    status: Literal["ok", "warn", "fail"]
    name: str
    text: str


def versions() -> Check:
    """What runs here."""
    parts = (f"puas {version('puas')}", f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}")
    return Check("ok", "versions", ", ".join(parts))


def data_folder(settings: "Settings") -> Check:
    """Whether the data folder can be used and has space."""
    folder = settings.data_dir
    if not folder.exists():
        return Check("warn", "data folder", f"{folder} does not exist yet: `puas up` makes it")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Check("fail", "data folder", f"{folder} can't be written to")
    free = shutil.disk_usage(folder).free
    text = f"{folder}, {free / (1 << 30):,.1f} GiB free"
    return Check("warn" if free < LITTLE_SPACE else "ok", "data folder", text)


def secret(settings: "Settings") -> Check:
    """Whether the API has a secret to sign with, and whether others of this host can read it."""
    from runtime.secret import FILE

    path = settings.data_dir / FILE
    if settings.secret_key is not None:
        return Check("ok", "secret", "given by PUAS_SECRET_KEY")
    if not settings.embedded:
        text = "PUAS_SECRET_KEY is not set: `puas api` and `puas up` don't start without it, `puas consume` does"
        return Check("warn", "secret", text)
    if not path.exists():
        return Check("ok", "secret", f"{path} is made at the first start")
    if path.stat().st_mode & 0o077:
        return Check("warn", "secret", f"{path} can be read by others: `chmod 600 {path}`")
    return Check("ok", "secret", f"kept in {path}")


def catalog_file(settings: "Settings") -> list[Check]:
    """Whether PUAS_CATALOG, when set, names a file that can be applied."""
    if settings.catalog is None:
        return []
    try:
        found = read(settings.catalog)
    except Invalid as error:
        return [Check("fail", "catalog file", message) for message in error.messages]
    return [Check("ok", "catalog file", f"{settings.catalog}: {summary(found)}")]


def spool(settings: "Settings") -> Check:
    """What waits on this host for the event log."""
    from eventlog import LogMisconfigured, LogUnavailable
    from eventlog.spool import Spool

    if not settings.spool.exists():
        return Check("ok", "spool", "empty: the event log has taken everything")
    kept = Spool(settings.spool, settings.spool_max_bytes, settings.spool_max_age_s)
    try:
        depth, refused = kept.depth(), kept.refused()
    except (LogUnavailable, LogMisconfigured) as error:
        return Check("fail", "spool", f"{settings.spool} can't be used: {error}")
    finally:
        kept.close()
    if refused:
        return Check("warn", "spool", f"{refused:,} records were refused by the event log for good: {settings.spool}")
    if depth.records == 0:
        return Check("ok", "spool", "empty: the event log has taken everything")
    share = depth.bytes / settings.spool_max_bytes
    text = (
        f"{depth.records:,} records wait for the event log, the oldest {depth.oldest_seconds:,.0f} s, {share:.0%} full"
    )
    full = share >= 1 or depth.oldest_seconds >= settings.spool_max_age_s
    return Check("fail" if full else "warn", "spool", text)


def api(settings: "Settings") -> Check:
    """Whether the API on this host takes feedback."""
    return _process("API", base_url(settings.host, settings.port), "takes feedback")


def consumer(settings: "Settings") -> Check:
    """Whether the consumer on this host counts feedback."""
    return _process("consumer", base_url(settings.host, settings.metrics_port), "counts feedback")


def _process(name: str, url: str, works: str) -> Check:
    reason = not_ready(f"{url}/readyz")
    if reason is None:
        return Check("ok", name, f"{url} {works}")
    if reason.startswith(NO_ANSWER):
        return Check("warn", name, f"{url}: {reason} (is it running on this host?)")
    return Check("fail", name, f"{url} {reason}")
