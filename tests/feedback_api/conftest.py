"""Offices for the tests of the API."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from runtime import logs
from tests.feedback_api.office import Office, put_catalog, settings_in


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office that has read its catalog."""
    settings = settings_in(tmp_path)
    put_catalog(settings)
    opened = Office(settings)
    opened.context.catalog.refresh()
    yield opened
    opened.close()


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What the process logs, as JSON lines."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("json", "api", stream)
    yield stream
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
