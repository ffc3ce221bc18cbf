"""Typst: a template of ours and values in, a PDF out. Nothing is fetched and no font of the machine is used."""

import json
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import Any, Literal

import typst

from reporting.printable import printable
from reporting.words import Words
from satisfaction.instruments import Language

STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA: a screen reader finds title, language, headings and tables, and a character without a glyph is an error."""


def typeset(template: str, inputs: Mapping[str, Any], language: Language, made_at: datetime) -> bytes:
    """The PDF of a template in reporting/templates; each input is read there as JSON from `sys.inputs`."""
    other = Words(language)("print.other")
    texts = {name: json.dumps(_printable(value, other), ensure_ascii=False) for name, value in inputs.items()}
    return typst.compile(
        _source(template),
        ignore_system_fonts=True,
        sys_inputs=texts,
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=round(made_at.timestamp()),
    )


def pictures(template: str, inputs: Mapping[str, Any], language: Language, ppi: float) -> list[bytes]:
    """The same pages as PNG pictures, for documentation and eyes."""
    other = Words(language)("print.other")
    texts = {name: json.dumps(_printable(value, other), ensure_ascii=False) for name, value in inputs.items()}
    pages = typst.compile(_source(template), ignore_system_fonts=True, sys_inputs=texts, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _source(template: str) -> bytes:
    return (resources.files("reporting") / "templates" / template).read_bytes()


def _printable(value: Any, other: str) -> Any:
    if isinstance(value, str):
        return printable(value, other)
    if isinstance(value, Mapping):
        return {key: _printable(part, other) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part, other) for part in value]
    return value
