"""Every questionnaire that a catalog's feedback may answer: those packaged, and those its offices made themselves."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from satisfaction.instruments import Instrument, instrument_from, instruments, with_own
from schemas.catalog import Catalog
from schemas.catalog_questionnaires import Questionnaires

_NONE_OWN = "[]"


def instruments_of(catalog: Catalog) -> Mapping[str, Instrument]:
    """By id, the packaged ones first; made once for each set of own ones, so that every feedback may ask.

    Raises ValueError for an own one that is none; a catalog that was applied has no such.
    """
    text = catalog.instruments_text
    return instruments() if text == _NONE_OWN else _with_own(text)


@lru_cache(maxsize=16)
def _with_own(text: str) -> Mapping[str, Instrument]:
    return with_own(map(_document, json.loads(text)))


def questionnaires() -> Questionnaires:
    """What a catalog file may build on, and what it must not say: for `schemas.catalog_file.read_catalog`."""
    return Questionnaires(instruments(), _fault)


def _fault(made: Mapping[str, Any]) -> str | None:
    try:
        instrument_from(_document(made), instruments())
    except ValueError as error:
        return str(error)
    return None


def _document(made: Mapping[str, Any]) -> dict[str, Any]:
    """A catalog's questionnaire as the packaged files write one."""
    names = {"bands": "band_table"}
    return {names.get(name, name): value for name, value in made.items()}
