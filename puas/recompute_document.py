"""What `puas recompute --json` prints."""

from collections.abc import Sequence
from typing import Any

from satisfaction.index import half_up
from satisfaction.recompute import Figure, Recomputed, decimals
from schemas.published_table import PublishedEntry


def document(results: Sequence[tuple[PublishedEntry, Recomputed]]) -> dict[str, Any]:
    """The verdicts as a JSON value; figures are texts, so that none loses a decimal."""
    reproduced = sum(result.reproduced for _, result in results)
    return {
        "entries": [_entry(entry, result) for entry, result in results],
        "reproduced": reproduced,
        "not_reproduced": len(results) - reproduced,
    }


def _entry(entry: PublishedEntry, result: Recomputed) -> dict[str, Any]:
    bands = result.bands
    return {
        "id": entry.id,
        "agency": entry.agency,
        "period": entry.period,
        "n": entry.n,
        "elements": list(entry.elements),
        "published": {"ikm": _text(entry.ikm), "index": _text(entry.index), "band": bands.published},
        "figures": [_figure(figure, entry, result) for figure in result.figures],
        "reproduced": result.reproduced,
        "reproduced_by": [{"convention": one.convention, "from": one.source} for one in result.reproducing],
        "nearest": {
            "convention": result.nearest.convention,
            "from": result.nearest.source,
            "published_minus_recomputed": str(result.miss),
        },
        "index_fits": result.index_holds,
        "band": {
            "table": bands.table,
            "published": bands.published,
            "of_published_ikm": bands.of_published,
            "of_recomputed_ikm": bands.of_recomputed,
            "fits": bands.fits,
            "fits_under": list(bands.elsewhere),
        },
        "hints": [{"code": hint.code, "from": hint.source} | dict(hint.params) for hint in result.hints],
    }


def _figure(figure: Figure, entry: PublishedEntry, result: Recomputed) -> dict[str, Any]:
    claimed, value = (entry.index, figure.index) if entry.ikm is None else (entry.ikm, figure.ikm)
    return {
        "from": figure.source,
        "convention": figure.convention,
        "index": str(half_up(figure.index, 4)),
        "ikm": str(half_up(figure.ikm, 4)),
        "rounded": None if claimed is None else str(half_up(value, decimals(claimed))),
        "reproduces": figure in result.reproducing,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
