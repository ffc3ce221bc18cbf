"""One item of an answer to GET /v1/indices: a group's figures in a period."""

from decimal import Decimal

from feedback_api.index_groups import Group
from satisfaction.index import ElementMeasure, conventions, measure
from satisfaction.instruments import Instrument, Language, instrument
from satisfaction.periods import Period
from satisfaction.tally import Tally

Document = dict[str, object]


def item(group: Group, period: Period, tally: Tally, excluded: int, weights: str, language: Language) -> Document:
    """The figures of the included responses `tally`, beside how many were left out.

    A weight convention that does not fit the questionnaire gives way to the exact one; the item says which was used.
    """
    asked = instrument(group.instrument)
    found = measure(asked, tally, weights if weights in conventions(len(asked.elements)) else "exact")
    return {
        "unit": group.unit,
        "service": group.service,
        "touchpoint": group.touchpoint,
        "channel": group.channel,
        "instrument": group.instrument,
        "period": {"label": period.label, "from": period.start.isoformat(), "to": period.end.isoformat()},
        "n": found.n,
        "excluded": excluded,
        "index": _number(found.index),
        "ikm": _number(found.ikm),
        "band": None if found.band is None else found.band.code,
        "band_label": None if found.band is None else found.band.name.in_language(language),
        "bands": asked.band_table,
        "weights": found.weights,
        "elements": [_element(asked, element, language) for element in found.elements],
        "suppressed": False,
    }


def _element(asked: Instrument, measured: ElementMeasure, language: Language) -> Document:
    element = next(element for element in asked.elements if element.key == measured.key)
    return {
        "key": element.key,
        "code": element.code,
        "name": element.name.in_language(language),
        "n": measured.n,
        "nrr": _number(measured.nrr),
        "distribution": {str(answer): count for answer, count in sorted(measured.distribution.items())},
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
