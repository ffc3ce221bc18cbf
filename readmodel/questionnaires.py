"""Every questionnaire that a catalog's feedback may answer: those packaged, and those its offices made themselves."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from satisfaction.instruments import Instrument, instruments
from schemas.catalog import Catalog

_NONE_OWN = "[]"


def instruments_of(catalog: Catalog) -> Mapping[str, Instrument]:
    """By id, the packaged ones first; read once for each set of own ones, so that every feedback may ask.

    Raises ValueError for an own one that is none; a catalog that was applied has no such.
    """
    text = catalog.instruments_text
    return instruments() if text == _NONE_OWN else _with_own(text)


@lru_cache(maxsize=16)
def _with_own(text: str) -> Mapping[str, Instrument]:
    from satisfaction.instruments import with_own

    return with_own(map(_document, json.loads(text)))


def _document(kept: dict[str, Any]) -> dict[str, Any]:
    """The questionnaire as the packaged files write one: JSON knows no whole numbers as keys."""
    questions = [
        question | {"answers": {int(value): words for value, words in question["answers"].items()}}
        for question in kept.get("questions", ())
    ]
    return kept | {"questions": questions}
