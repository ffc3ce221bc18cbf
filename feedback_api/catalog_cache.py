"""The catalog in memory: read anew when its version changes, so that no request waits for the database."""

import threading

import structlog
from sqlalchemy import Engine

from feedback_api.problems import Problem
from readmodel.catalog import catalog_version, load_catalog
from readmodel.database import DatabaseAway, migrate, reading
from readmodel.questionnaires import instruments_of
from schemas.catalog import Catalog

REFRESH_S = 0.5
RETRY_AFTER_S = 5


class CatalogCache:
    """Holds the latest catalog read; `refresh` is called again and again by one background thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._migrated = False
        self.catalog: Catalog | None = None
        self.version = 0
        self.away: str | None = None
        """Why the latest try to read the database failed; None when it worked or has not been made."""
        self.looked = threading.Event()
        """Set after the first look, whatever came of it."""

    def required(self) -> Catalog:
        """The catalog; raises the Problem 503 until one has been read. A later outage keeps the last one."""
        if self.catalog is None:
            raise Problem("no_catalog", retry_after=RETRY_AFTER_S)
        return self.catalog

    def refresh(self) -> float:
        """Look once whether there is a newer catalog, and read it. Returns the seconds until the next look."""
        try:
            self._read()
        except DatabaseAway as error:
            if self.away is None:
                structlog.get_logger().warning("database away", reason=str(error), catalog_version=self.version)
            self.away = str(error) or type(error).__name__
        else:
            if self.away is not None:
                structlog.get_logger().info("database back", catalog_version=self.version)
            self.away = None
        self.looked.set()
        return REFRESH_S

    def _read(self) -> None:
        if not self._migrated:
            migrate(self._engine)
            self._migrated = True
        with reading(self._engine) as connection:
            if catalog_version(connection) == self.version:
                return
            version, catalog = load_catalog(connection)
        instruments_of(catalog)  # made here, for no request to wait for
        self.version, self.catalog = version, catalog
        structlog.get_logger().info("catalog read", version=version, units=len(catalog.units))
