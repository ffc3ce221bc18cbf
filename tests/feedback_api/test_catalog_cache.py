"""The catalog in memory follows the database, and outlives it."""

from dataclasses import replace
from pathlib import Path

from feedback_api.catalog_cache import CatalogCache
from readmodel.database import open_database
from schemas.catalog import Catalog
from tests.feedback_api.office import CATALOG, JAYAPURA, Office, put_catalog, settings_in, submission
from tests.servers.ports import free_port


def test_a_new_version_is_read_and_an_unchanged_one_is_not(office: Office) -> None:
    cache = office.context.catalog
    first = cache.catalog
    cache.refresh()
    assert cache.catalog is first
    put_catalog(office.settings, Catalog((replace(JAYAPURA, name="ULT Papua"),)))
    cache.refresh()
    assert cache.catalog is not first
    assert cache.version == 2
    assert cache.required().unit("ult-jayapura") == replace(JAYAPURA, name="ULT Papua")


def test_what_the_new_catalog_retires_is_refused_from_then_on(office: Office) -> None:
    assert office.post(submission()).status_code == 202
    put_catalog(office.settings, Catalog((JAYAPURA,)))
    office.context.catalog.refresh()
    assert (office.post(submission()).json or {})["errors"][0]["code"] == "retired_unit"


def test_a_database_that_goes_away_leaves_the_last_catalog(office: Office) -> None:
    database = office.settings.data_dir / "puas.db"
    database.rename(database.with_name("moved.db"))
    database.mkdir()
    office.context.engine.dispose()
    office.context.catalog.refresh()
    assert office.context.catalog.away is not None
    assert office.post(submission()).status_code == 202
    assert office.get("/v1/catalog").status_code == 200
    ready = office.get("/readyz")
    assert (ready.status_code, (ready.json or {})["checks"]["catalog"]["ok"]) == (200, True)
    answer = office.get("/v1/indices")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (answer.json or {})["type"] == "/problems/database_away"


def test_a_database_away_at_the_start_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "puas.db").mkdir()
    settings = settings_in(tmp_path)
    office = Office(settings)
    cache = office.context.catalog
    assert cache.refresh() <= 1.0
    assert (cache.catalog, cache.away is None) == (None, False)
    assert office.post(submission()).status_code == 503
    (tmp_path / "puas.db").rmdir()
    put_catalog(settings)
    cache.refresh()
    assert cache.catalog == CATALOG
    assert cache.away is None
    office.close()


def test_a_new_database_gets_its_tables_from_the_first_look(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/new.db")
    cache = CatalogCache(engine)
    cache.refresh()
    assert (cache.catalog, cache.version, cache.away) == (None, 0, None)
    engine.dispose()


def test_a_server_that_refuses_connections_is_away() -> None:
    engine = open_database(f"postgresql+psycopg://puas@127.0.0.1:{free_port()}/puas")
    cache = CatalogCache(engine)
    cache.refresh()
    assert cache.away
    engine.dispose()
