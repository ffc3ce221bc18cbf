"""Questionnaires as versioned data: the packaged ones (YAML files beside this one) and those that offices add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from satisfaction.instruments.documents import instrument_from
from satisfaction.instruments.model import KINDS, Answer, Element, Instrument, Kind, Question
from satisfaction.text import Language, Text

__all__ = [
    "KINDS",
    "Answer",
    "Element",
    "Instrument",
    "Kind",
    "Language",
    "Question",
    "Text",
    "UnknownInstrument",
    "instrument",
    "instrument_from",
    "instruments",
    "with_own",
]


class UnknownInstrument(KeyError):
    """No instrument has this id; reject what named it."""

    def __str__(self) -> str:
        return f"no instrument is called {self.args[0]!r}"


def instrument(instrument_id: str) -> Instrument:
    """The packaged instrument with this id; raises UnknownInstrument."""
    try:
        return instruments()[instrument_id]
    except KeyError:
        raise UnknownInstrument(instrument_id) from None


@cache
def instruments() -> Mapping[str, Instrument]:
    """Every packaged instrument by id; the files are read once, at the first call.

    >>> sorted(instruments())
    ['nps@1', 'skm-2017@1', 'smiley@1', 'spak@1', 'spkp@1']
    """
    folder = resources.files("satisfaction.instruments")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    read = [instrument_from(yaml.safe_load(file.read_text(encoding="utf-8")), {}) for file in files]
    return MappingProxyType({item.id: item for item in read})


def with_own(documents: Iterable[Mapping[str, Any]]) -> Mapping[str, Instrument]:
    """The packaged instruments and an office's own, which may be based on packaged ones and on own ones before them.

    Raises ValueError, with a sentence, for a document that is no instrument or whose id is taken.
    """
    known = dict(instruments())
    for document in documents:
        own = instrument_from(document, known)
        if own.id in known:
            raise ValueError(f"{own.id}: there is already an instrument of this id; a change needs a new version")
        known[own.id] = own
    return MappingProxyType(known)
