"""A report as PDF: typst lays the blocks out, with its own fonts; the same report gives the same bytes."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from reporting.report_blocks import Document, Tabulation
from reporting.typesetting import pictures, typeset

LINES = 5
"""Rows of a tabulation set as one: fewer cells take a third of the memory, and a rule every five guides the eye."""


def pdf(document: Document, made_at: datetime) -> bytes:
    """The PDF (tagged, PDF/UA-1), dated `made_at`."""
    return typeset("report.typ", {"report": _tree(document)}, document.language, made_at)


def pages(document: Document, ppi: float) -> list[bytes]:
    """The same pages as PNG pictures."""
    return pictures("report.typ", {"report": _tree(document)}, document.language, ppi)


def _tree(document: Document) -> dict[str, Any]:
    blocks = [_tabulation(block) if isinstance(block, Tabulation) else asdict(block) for block in document.blocks]
    return {
        "language": document.language,
        "title": document.title,
        "contents": document.contents,
        "footer": document.footer,
        "cover": asdict(document.cover),
        "blocks": blocks,
    }


def _tabulation(block: Tabulation) -> dict[str, Any]:
    columns = [asdict(column) for column in block.columns]
    return {"kind": block.kind, "columns": columns, "chunks": list(_chunks(block.rows))}


def _chunks(rows: tuple[tuple[str, ...], ...]) -> Iterator[list[str]]:
    """`LINES` rows at a time, each column's texts as the lines of one cell."""
    for at in range(0, len(rows), LINES):
        yield ["\n".join(column) for column in zip(*rows[at : at + LINES], strict=True)]
