"""What `puas doctor` finds in the event log and the database, and how far one is behind the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from puas.catalog import summary
from puas.checks import Check
from puas.wiring import first_line, masked, opened_database, opened_log

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from readmodel.queries import AsOf
    from runtime.settings import Settings

FAR_BEHIND = 10_000
SQLITE = "sqlite:///"
NO_TOPIC = "Kafka has no topic"


class Unusable(Exception):
    """The line that says why the log or the database can't be looked at."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.text)
        self.check = check


@dataclass(frozen=True, slots=True)
class LogState:
    """The log's identity and, per partition, the position after its last record."""

    identity: str
    ends: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """The checks of the database itself, and how far it has counted which log."""

    checks: tuple[Check, ...]
    counted: "AsOf"


def log_state(settings: "Settings") -> LogState:
    """Ask the event log. Raises Unusable."""
    from eventlog import LogMisconfigured, LogUnavailable

    name = "event log"
    _require_made(settings.event_log, name)
    kafka = settings.event_log.startswith("kafka:")
    log = opened_log(settings, {"create_topic": "false"} if kafka else {})
    try:
        return LogState(log.identity(), log.ends())
    except LogUnavailable as error:
        raise Unusable(
            Check("fail", name, f"{masked(settings.event_log)} can't be reached: {first_line(error)}")
        ) from None
    except LogMisconfigured as error:
        if NO_TOPIC in str(error) and settings.kafka.get("create_topic") is None:
            text = f"{settings.event_log}: no such topic yet: any process that starts makes it"
            raise Unusable(Check("warn", name, text)) from None
        raise Unusable(Check("fail", name, f"{masked(settings.event_log)}: {first_line(error)}")) from None
    finally:
        log.close()


def log_check(settings: "Settings", state: LogState) -> Check:
    """Where the log is and how much it has taken."""
    partitions = len(state.ends)
    text = f"{settings.event_log}, {partitions} partition{'s' if partitions != 1 else ''}"
    return Check("ok", "event log", f"{text}, {sum(state.ends.values()):,} records so far")


def database_state(settings: "Settings") -> DatabaseState:
    """Ask the database, without bringing its schema up to date. Raises Unusable."""
    from sqlalchemy.exc import DBAPIError

    from readmodel.database import DatabaseAway, reading
    from readmodel.queries import AsOf, as_of

    _require_made(settings.database, "database")
    where = masked(settings.database)
    engine = opened_database(settings)
    try:
        with reading(engine) as connection:
            server = f"{engine.dialect.name} {'.'.join(map(str, engine.dialect.server_version_info or ()))}"
            applied, newest = _revisions(connection)
            if applied != newest:
                what = (
                    f"schema {applied or 'not made yet'}, newest {newest}: any process that starts brings it up to date"
                )
                return DatabaseState((Check("warn", "database", f"{where} ({server}), {what}"),), AsOf(None, None, {}))
            found = Check("ok", "database", f"{where} ({server}), schema {applied} is the newest")
            counted = as_of(connection)
            return DatabaseState((found, *_contents(connection, counted)), counted)
    except DatabaseAway as error:
        raise Unusable(Check("fail", "database", f"{where} can't be reached: {first_line(error)}")) from None
    except DBAPIError as error:
        raise Unusable(Check("fail", "database", f"{where} can't be used: {first_line(error)}")) from None
    finally:
        engine.dispose()


def lag_check(log: LogState, counted: "AsOf") -> Check:
    """How many records the counts are behind the log."""
    positions = counted.positions if counted.log_id == log.identity else {}
    behind = {partition: max(0, end - positions.get(partition, 0)) for partition, end in sorted(log.ends.items())}
    total = sum(behind.values())
    if total == 0:
        return Check("ok", "lag", "none: every record of the log is counted")
    most = ", ".join(f"{partition}: {count:,}" for partition, count in behind.items() if count)
    text = f"{total:,} records are not counted yet (by partition {most})"
    return Check("warn" if total > FAR_BEHIND or not positions else "ok", "lag", text)


def _contents(connection: "Connection", counted: "AsOf") -> Iterator[Check]:
    from readmodel.catalog import load_catalog
    from readmodel.queries import dead_letters_by_reason, list_dead_letters

    version, catalog = load_catalog(connection)
    if version:
        yield Check("ok", "catalog", f"version {version}, {summary(catalog)}")
    else:
        yield Check("fail", "catalog", "none is applied, so no feedback can be taken: `puas catalog apply FILE`")
    yield _keys(connection)
    dead = dead_letters_by_reason(connection)
    text = ", ".join(f"{reason} {count:,}" for reason, count in sorted(dead.items())) or "none"
    if counted.log_id and list_dead_letters(connection, counted.log_id, limit=1, pending_only=True):
        yield Check("warn", "dead letters", f"{text}: see `puas dead-letters list`")
    else:
        yield Check("ok", "dead letters", f"{text}, all tried again" if dead else text)


def _keys(connection: "Connection") -> Check:
    """How many keys open something now."""
    import time

    from readmodel.keys import list_keys

    now_ms = time.time_ns() // 1_000_000
    standing = sum(key.stands(now_ms) for key in list_keys(connection))
    if standing:
        return Check("ok", "keys", f"{standing:,} in force")
    return Check("warn", "keys", 'none: only what is public can be seen: `puas key create "Quality team" --scope read`')


def _revisions(connection: "Connection") -> tuple[str, str]:
    """The schema the database has and the newest one there is."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    import readmodel

    scripts = ScriptDirectory(str(Path(readmodel.__file__).parent / "migrations"))
    applied = MigrationContext.configure(connection).get_current_heads()
    return ", ".join(applied), ", ".join(scripts.get_heads())


def _require_made(url: str, name: str) -> None:
    """Asking an SQLite file that is not there would make it."""
    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists():
        raise Unusable(Check("warn", name, f"{url} does not exist yet: `puas up` makes it"))
