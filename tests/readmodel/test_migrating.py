"""Bringing a database to the newest schema."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, inspect, select

from readmodel.catalog import apply_catalog
from readmodel.database import migrate, open_database, reading, writing
from readmodel.migrating import steps
from readmodel.projection import StoredResponse, fingerprint
from readmodel.tables import METADATA, TALLY_TABLES, responses
from satisfaction.periods import hour_start
from schemas.catalog import Catalog, Unit
from tests.readmodel.samples import project, response


def test_the_migrations_make_the_tables_that_the_code_declares(database: Engine) -> None:
    with reading(database) as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_keys_have_the_order_that_the_code_declares(database: Engine) -> None:
    for table in METADATA.tables.values():
        migrated = inspect(database).get_pk_constraint(table.name)["constrained_columns"]
        assert migrated == table.primary_key.columns.keys()


def test_migrating_again_changes_nothing(database: Engine) -> None:
    migrate(database)
    assert set(inspect(database).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_four_processes_that_start_at_once_make_one_schema(empty_url: str) -> None:
    with ProcessPoolExecutor(max_workers=4) as processes:
        assert list(processes.map(_tables_after_migrating, [empty_url] * 4)) == [len(METADATA.tables) + 1] * 4


_ZONES = {"unit-0": "Asia/Kathmandu", "unit-1": "Asia/Jayapura"}


def _placed(number: int) -> StoredResponse:
    """A response of the turn of a year, placed where its unit is."""
    occurred = datetime(2025, 12, 30, tzinfo=UTC).timestamp() * 1000 + number * 421_000
    zone = ZoneInfo(_ZONES[f"unit-{number % 2}"])
    hour = hour_start(datetime.fromtimestamp(occurred / 1000, UTC), zone)
    return response(
        number, occurred_ms=round(occurred), hour_ms=round(hour.timestamp() * 1000), day=int(f"{hour:%Y%m%d}")
    )


def test_a_database_of_the_first_schema_keeps_its_responses_and_is_counted_anew(
    connect: Callable[[float], Engine],
) -> None:
    """With the dates that its units' zones give; as if everything had been projected today."""
    rows = [_placed(number) for number in range(700)]
    catalog = Catalog(tuple(Unit(unit, unit, None, zone, (), ()) for unit, zone in _ZONES.items()))
    old, known = connect(30.0), [column for column in responses.columns if column.name != "day"]
    with writing(old) as conn:
        config = steps()
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        apply_catalog(conn, catalog, 1)
        conn.execute(insert(responses), [{column.name: getattr(row, column.name) for column in known} for row in rows])
    migrate(old)
    with writing(old) as conn:
        days = {(row.event_id, row.day) for row in conn.execute(select(responses.c.event_id, responses.c.day))}
        carried = fingerprint(conn)
        for table in (responses, *TALLY_TABLES):
            conn.execute(table.delete())
    assert days == {(row.event_id, row.day) for row in rows}
    project(old, rows)
    with reading(old) as conn:
        assert {name: digest for name, digest in fingerprint(conn).items() if name != "positions"} == {
            name: digest for name, digest in carried.items() if name != "positions"
        }


def _tables_after_migrating(url: str) -> int:
    engine = open_database(url)
    migrate(engine)
    number = len(inspect(engine).get_table_names())
    engine.dispose()
    return number
