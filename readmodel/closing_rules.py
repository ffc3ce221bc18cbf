"""Under which rules a closed period's figures were made, and the figures as they were printed."""

from collections.abc import Mapping
from typing import Any

from readmodel.questionnaires import instruments_of
from satisfaction.index import Measure, conventions, measure
from satisfaction.instruments import Instrument
from satisfaction.misuse import RULES_VERSION
from satisfaction.tally import Tally
from satisfaction.weights import WEIGHTS, BadWeights
from schemas.catalog import Catalog, Unit

Counted = Mapping[tuple[str, str], tuple[Tally, Tally]]
"""Per (service, instrument), the counts of included responses and of those that misuse rules left out."""


def rules_of(
    catalog: Catalog, version: int, office: Unit, label: str, counted: Counted, weights: str | None
) -> dict[str, Any]:
    """A JSON value: `catalog` version, `misuse` rules, `weights` asked for, and for each of `instruments` its figures.

    Each instrument has its weights and bands. The figures of the whole unit have the service null. Numbers are text, as
    printed. Raises BadWeights for a convention that fits none of the questionnaires.
    """
    known = instruments_of(catalog)
    used = sorted({instrument for _service, instrument in counted})
    if weights is not None and (
        weights not in WEIGHTS or (used and not any(_fits(known[each], weights) for each in used))
    ):
        raise BadWeights(f"{weights!r} fits none of the questionnaires {', '.join(used)}")
    return {
        "catalog": version,
        "misuse": RULES_VERSION,
        "weights": weights,
        "instruments": {each: _instrument(known[each], office, label, counted, weights) for each in used},
    }


def _fits(instrument: Instrument, weights: str) -> bool:
    return weights in conventions(len(instrument.elements))


def _instrument(
    instrument: Instrument, office: Unit, label: str, counted: Counted, weights: str | None
) -> dict[str, Any]:
    convention = weights if weights is not None and _fits(instrument, weights) else None
    of_services = {service: tallies for (service, used), tallies in counted.items() if used == instrument.id}
    whole = tuple(Tally.merged(tallies[at] for tallies in of_services.values()) for at in (0, 1))
    rows: list[tuple[str | None, Tally, Tally]] = [(None, whole[0], whole[1])]
    rows += [(service, *tallies) for service, tallies in of_services.items()]
    served = {None: office.served.get(label)} | {each.id: each.served.get(label) for each in office.services}
    measured = [
        (service, measure(instrument, included, convention, served.get(service)), excluded.responses)
        for service, included, excluded in rows
    ]
    return {
        "weights": measured[0][1].weights,
        "bands": instrument.band_table,
        "figures": [_figure(service, found, excluded) for service, found, excluded in measured],
    }


def _figure(service: str | None, found: Measure, excluded: int) -> dict[str, Any]:
    interval = None if found.interval is None else [str(found.interval.low), str(found.interval.high)]
    return {
        "service": service,
        "n": found.n,
        "excluded": excluded,
        "index": _text(found.index),
        "ikm": _text(found.ikm),
        "band": None if found.band is None else found.band.code,
        "nps": _text(found.nps),
        "interval": interval,
    }


def _text(number: object) -> str | None:
    return None if number is None else str(number)
