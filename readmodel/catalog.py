"""The catalogs applied so far; the newest is in force."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from readmodel.locks import Lock, hold
from readmodel.tables import catalog_versions
from schemas.catalog import EMPTY, Catalog, from_document, to_document
from schemas.catalog_changes import changes as changes_between
from schemas.catalog_file import changed_instruments, changed_sentence, merge


class InstrumentsChanged(Exception):
    """A questionnaire is applied under the same id with other content: apply nothing, tell who made the file."""

    def __init__(self, ids: Iterable[str]) -> None:
        super().__init__("; ".join(map(changed_sentence, ids)))


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a catalog did. `changes` are English lines for the operator, empty when nothing changed."""

    version: int
    changed: bool
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogVersion:
    """One catalog of the past; `applied_ms` is Unix milliseconds."""

    version: int
    applied_ms: int
    changes: tuple[str, ...]


def catalog_version(conn: Connection) -> int:
    """The number of the catalog in force, counting from 1; 0 when there is none yet."""
    newest: int | None = conn.execute(select(func.max(catalog_versions.c.version))).scalar_one()
    return newest or 0


def load_catalog(conn: Connection, version: int | None = None) -> tuple[int, Catalog]:
    """The catalog in force (or an earlier version) and its number; (0, EMPTY) when there is none.

    Raises LookupError for a version that never was.
    """
    query = select(catalog_versions.c.version, catalog_versions.c.document)
    if version is None:
        query = query.order_by(catalog_versions.c.version.desc()).limit(1)
    else:
        query = query.where(catalog_versions.c.version == version)
    row = conn.execute(query).one_or_none()
    if row is not None:
        return row.version, from_document(row.document)
    if version is None:
        return 0, EMPTY
    raise LookupError(f"there is no catalog version {version}")


def apply_catalog(conn: Connection, catalog: Catalog, now_ms: int) -> Applied:
    """Put this catalog in force; what it no longer lists is kept, retired. In a `writing` transaction.

    Applying what is in force already changes nothing and makes no version, so every process may do it at its start.
    Raises InstrumentsChanged.
    """
    hold(conn, Lock.CATALOG)
    version, previous = load_catalog(conn)
    changed = changed_instruments(previous, catalog)
    if changed:
        raise InstrumentsChanged(changed.values())
    merged = merge(previous, catalog)
    document = to_document(merged)
    if document == to_document(previous):
        return Applied(version, changed=False, changes=())
    changes = tuple(changes_between(previous, merged))
    values = {"version": version + 1, "applied_ms": now_ms, "document": document, "changes": list(changes)}
    conn.execute(insert(catalog_versions).values(values))
    return Applied(version + 1, changed=True, changes=changes)


def history(conn: Connection) -> list[CatalogVersion]:
    """Every version, oldest first."""
    columns = catalog_versions.c
    rows = conn.execute(select(columns.version, columns.applied_ms, columns.changes).order_by(columns.version))
    return [CatalogVersion(row.version, row.applied_ms, tuple(row.changes)) for row in rows]
