"""One item of an answer about indices: a group's figures in a period, with how sure and how made they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

from feedback_api.indices_query import Rules
from reporting.figures import ClosingRef, Figure, population_of
from satisfaction.bands import Band
from satisfaction.index import Measure, Share, conventions, measure
from satisfaction.instruments import Instrument, Language
from satisfaction.intervals import Interval
from satisfaction.sampling import adequate, krejcie_morgan
from schemas.catalog import Catalog

Document = dict[str, object]


class ElementFigures(Protocol):
    """What is told of one element; None is held back, or what nobody answered."""

    @property
    def key(self) -> str: ...
    @property
    def n(self) -> int | None: ...
    @property
    def nrr(self) -> Decimal | None: ...
    @property
    def weighted(self) -> Decimal | None: ...
    @property
    def band(self) -> Band | None: ...
    @property
    def distribution(self) -> Mapping[int, int] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A figure and what was measured of it; what is held back from the caller is None.

    `both` is the measure without and with the responses that misuse rules left out; `shown` the one asked for.
    `population` is how many were served, where that is known.
    """

    figure: Figure
    instrument: Instrument
    n: int | None
    excluded: int | None
    shown: Measure
    elements: Sequence[ElementFigures]
    misuse: str
    both: tuple[Measure, Measure] | None = None
    population: int | None = None
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
            "n": self.n,
            "excluded": self.excluded,
            "index": number(found.index),
            "ikm": number(found.ikm),
            "band": None if found.band is None else found.band.code,
            "band_label": None if found.band is None else found.band.name.in_language(language),
            "bands": self.instrument.band_table,
            "weights": found.weights,
            "interval": interval_document(found.interval),
            "csat": _share(found.csat),
            "nps": number(found.nps),
            "misuse": self._misuse(),
            "sample": self._sample(),
            "closing": closing_reference(figure.closing),
            "elements": [_element(self.instrument, element, language) for element in self.elements],
            "suppressed": self.suppressed,
        }

    def _misuse(self) -> Document:
        without, with_flagged = (None, None) if self.both is None else map(_headline, self.both)
        return {"mode": self.misuse, "without_flagged": without, "with_flagged": with_flagged}

    @property
    def sample(self) -> tuple[int, bool] | None:
        """The sample needed (Krejcie and Morgan) and whether it is reached; None where the number served is unknown."""
        if self.population is None or self.n is None:
            return None
        return krejcie_morgan(self.population), bool(adequate(self.n, self.population))

    def _sample(self) -> Document | None:
        if self.sample is None:
            return None
        needed, enough = self.sample
        return {"population": self.population, "needed": needed, "adequate": enough}


def item(figure: Figure, instruments: Mapping[str, Instrument], catalog: Catalog, rules: Rules) -> Item:
    """The figure measured under these rules; one that was closed with a weight convention keeps it.

    A weight convention that does not fit the questionnaire gives way to its own; the item says which was used.
    """
    instrument = instruments[figure.instrument]
    population = population_of(catalog, figure)
    measured = instrument if figure.element is None else only_element(instrument, figure.element)
    asked = rules.weights or (figure.closing and figure.closing.weights)
    weights = asked if asked in conventions(len(measured.elements)) else None
    without = measure(measured, figure.included, weights, population)
    with_flagged = without
    if figure.excluded.responses:
        with_flagged = measure(measured, figure.included + figure.excluded, weights, population)
    if figure.element is not None:
        without, with_flagged = _as_element(without), _as_element(with_flagged)
    shown = with_flagged if rules.misuse == "include" else without
    return Item(
        figure=figure,
        instrument=instrument,
        n=shown.n,
        excluded=figure.excluded.responses,
        shown=shown,
        elements=shown.elements,
        misuse=rules.misuse,
        both=(without, with_flagged),
        population=population,
    )


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


def interval_document(found: Interval | None) -> Document | None:
    """The limits of a figure, their level and what they are of; None where there are none."""
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
        "interval": interval_document(found.interval),
    }


def closing_reference(found: ClosingRef | None) -> Document | None:
    """The closing that froze a figure; None where none did."""
    if found is None:
        return None
    closed = datetime.fromtimestamp(found.closed_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "revision": found.revision,
        "closed_at": closed.replace("+00:00", "Z"),
        "digest": found.digest,
        "late": found.late,
    }


def _element(asked: Instrument, measured: ElementFigures, language: Language) -> Document:
    element = next(element for element in asked.elements if element.key == measured.key)
    counts = measured.distribution
    return {
        "key": element.key,
        "code": element.code,
        "name": element.name.in_language(language),
        "n": measured.n,
        "nrr": number(measured.nrr),
        "weighted": number(measured.weighted),
        "band": None if measured.band is None else measured.band.code,
        "distribution": None if counts is None else {str(answer): count for answer, count in sorted(counts.items())},
    }
