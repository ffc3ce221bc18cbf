"""One item of an answer about indices: a group's figures in a period, with how sure and how made they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from feedback_api.indices_query import Rules
from reporting.figures import ClosingRef, Figure, population_of
from satisfaction.index import ElementMeasure, Measure, Share, conventions, measure
from satisfaction.instruments import Instrument, Language
from satisfaction.intervals import Interval
from satisfaction.sampling import adequate, krejcie_morgan
from schemas.catalog import Catalog

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Item:
    """A figure and what was measured of it: `without` and `with_flagged` what misuse rules left out.

    `shown` is the one of the two that was asked for. An item `suppressed` tells nothing but what it is about.
    """

    figure: Figure
    instrument: Instrument
    without: Measure
    with_flagged: Measure
    shown: Measure
    misuse: str
    population: int | None
    suppressed: bool = False

    def document(self, language: Language) -> Document:
        """The item as JSON has it, its words in the reader's language."""
        found, figure = self.shown, self.figure
        about = {
            "unit": figure.unit,
            "service": figure.service,
            "touchpoint": figure.touchpoint,
            "channel": figure.channel,
            "respondent": {name: value or None for name, value in figure.respondent.items()},
            "element": figure.element,
            "instrument": figure.instrument,
            "period": period_document(figure),
        }
        return about | {
            "n": found.n,
            "excluded": figure.excluded.responses,
            "index": number(found.index),
            "ikm": number(found.ikm),
            "band": None if found.band is None else found.band.code,
            "band_label": None if found.band is None else found.band.name.in_language(language),
            "bands": self.instrument.band_table,
            "weights": found.weights,
            "interval": _interval(found.interval),
            "csat": _share(found.csat),
            "nps": number(found.nps),
            "misuse": {
                "mode": self.misuse,
                "without_flagged": _headline(self.without),
                "with_flagged": _headline(self.with_flagged),
            },
            "sample": self._sample(),
            "closing": _closing(figure.closing),
            "elements": [_element(self.instrument, element, language) for element in found.elements],
            "suppressed": self.suppressed,
        }

    @property
    def sample(self) -> tuple[int, bool] | None:
        """The sample needed (Krejcie and Morgan) and whether it is reached; None where the number served is unknown."""
        if self.population is None:
            return None
        return krejcie_morgan(self.population), bool(adequate(self.shown.n, self.population))

    def _sample(self) -> Document | None:
        if self.sample is None:
            return None
        needed, enough = self.sample
        return {"population": self.population, "needed": needed, "adequate": enough}


def item(figure: Figure, instruments: Mapping[str, Instrument], catalog: Catalog, rules: Rules) -> Item:
    """The figure measured under these rules.

    A weight convention that does not fit the questionnaire gives way to its own; the item says which was used.
    """
    instrument = instruments[figure.instrument]
    population = population_of(catalog, figure)
    measured = instrument if figure.element is None else only_element(instrument, figure.element)
    weights = rules.weights if rules.weights in conventions(len(measured.elements)) else None
    without = measure(measured, figure.included, weights, population)
    with_flagged = without
    if figure.excluded.responses:
        with_flagged = measure(measured, figure.included + figure.excluded, weights, population)
    if figure.element is not None:
        without, with_flagged = _as_element(without), _as_element(with_flagged)
    shown = with_flagged if rules.misuse == "include" else without
    return Item(figure, instrument, without, with_flagged, shown, rules.misuse, population)


def only_element(instrument: Instrument, key: str) -> Instrument:
    """The instrument as if it asked about one element only, so that this element is measured like a whole one."""
    elements = tuple(element for element in instrument.elements if element.key == key)
    return replace(instrument, elements=elements, questions=instrument.questions_of(key), weights="exact")


def _as_element(measured: Measure) -> Measure:
    """An element's index is its NRR, of three decimals."""
    nrr = measured.elements[0].nrr
    return replace(measured, index=None if measured.index is None else nrr)


def period_document(figure: Figure) -> Document:
    """The period of a figure, with its bounds on the unit's own clocks."""
    period = figure.period
    return {"label": period.label, "from": period.start.isoformat(), "to": period.end.isoformat()}


def number(value: Decimal | None) -> float | None:
    """A rounded figure as JSON writes it."""
    return None if value is None else float(value)


def _headline(measured: Measure) -> Document:
    return {"n": measured.n, "index": number(measured.index), "ikm": number(measured.ikm), "nps": number(measured.nps)}


def _interval(found: Interval | None) -> Document | None:
    if found is None:
        return None
    limits = {"low": float(found.low), "high": float(found.high)}
    return limits | {"level": float(found.level), "standard_error": float(found.standard_error), "of": found.of}


def _share(found: Share | None) -> Document | None:
    if found is None:
        return None
    return {
        "percent": float(found.percent),
        "count": found.count,
        "n": found.n,
        "interval": _interval(found.interval),
    }


def _closing(found: ClosingRef | None) -> Document | None:
    if found is None:
        return None
    closed = datetime.fromtimestamp(found.closed_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "revision": found.revision,
        "closed_at": closed.replace("+00:00", "Z"),
        "digest": found.digest,
        "late": found.late,
    }


def _element(asked: Instrument, measured: ElementMeasure, language: Language) -> Document:
    element = next(element for element in asked.elements if element.key == measured.key)
    return {
        "key": element.key,
        "code": element.code,
        "name": element.name.in_language(language),
        "n": measured.n,
        "nrr": number(measured.nrr),
        "weighted": number(measured.weighted),
        "band": None if measured.band is None else measured.band.code,
        "distribution": {str(answer): count for answer, count in sorted(measured.distribution.items())},
    }
