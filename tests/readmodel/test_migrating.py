"""Bringing a database to the newest schema."""

from concurrent.futures import ProcessPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from readmodel.database import migrate, open_database, reading
from readmodel.tables import METADATA


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


def _tables_after_migrating(url: str) -> int:
    engine = open_database(url)
    migrate(engine)
    number = len(inspect(engine).get_table_names())
    engine.dispose()
    return number
