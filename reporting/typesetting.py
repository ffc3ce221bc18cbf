"""Typst: a template of ours and values in, a PDF out. Nothing is fetched and no font of the machine is used."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import Any

import typst

from reporting.printable import printable
from reporting.words import Words
from satisfaction.instruments import Language

STANDARD = "ua-1"
"""PDF/UA: a screen reader finds title, language, headings and tables, and a character without a glyph is an error."""
LONGEST_S = 60.0


class TypesettingFailed(RuntimeError):
    """The template and its values could not be set; it is a bug of ours."""


def typeset(template: str, inputs: Mapping[str, Any], language: Language, made_at: datetime) -> bytes:
    """The PDF of a template in reporting/templates; each input is read there as JSON from `sys.inputs`.

    It is made in a process of its own (`reporting.typesetter`). Raises TypesettingFailed.
    """
    order = {
        "template": template,
        "inputs": _texts(inputs, language),
        "standard": STANDARD,
        "timestamp": round(made_at.timestamp()),
    }
    command = [sys.executable, "-m", "reporting.typesetter"]
    try:
        made = subprocess.run(command, input=json.dumps(order).encode(), capture_output=True, timeout=LONGEST_S)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        raise TypesettingFailed(f"{template} was not set within {LONGEST_S:g} s") from None
    if made.returncode != 0:
        raise TypesettingFailed(f"{template}: {made.stderr.decode(errors='replace').strip()}")
    return made.stdout


def pictures(template: str, inputs: Mapping[str, Any], language: Language, ppi: float) -> list[bytes]:
    """The same pages as PNG pictures, for documentation and eyes; made in this process."""
    source = (resources.files("reporting") / "templates" / template).read_bytes()
    texts = _texts(inputs, language)
    pages = typst.compile(source, ignore_system_fonts=True, sys_inputs=texts, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _texts(inputs: Mapping[str, Any], language: Language) -> dict[str, str]:
    other = Words(language)("print.other")
    return {name: json.dumps(_printable(value, other), ensure_ascii=False) for name, value in inputs.items()}


def _printable(value: Any, other: str) -> Any:
    if isinstance(value, str):
        return printable(value, other)
    if isinstance(value, Mapping):
        return {key: _printable(part, other) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part, other) for part in value]
    return value
