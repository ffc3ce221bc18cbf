"""Indices as tables and charts: the same items as in JSON, for spreadsheets."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from feedback_api.index_items import Item
from feedback_api.languages import Language, translated
from feedback_api.languages import marked as _
from reporting.tables import Cell, Column, Kind, Row
from reporting.tables_charts import MOST_SERIES, Chart, Series
from satisfaction.bands import band_tables
from satisfaction.instruments import Instrument
from schemas.catalog import Catalog
from schemas.feedback_fields import RESPONDENT

MOST_CHARTS = 6
_FIRST: tuple[tuple[str, str, Kind, int], ...] = (
    ("unit", _("Unit id"), "text", 18),
    ("unit_name", _("Unit"), "text", 30),
    ("service", _("Service id"), "text", 18),
    ("service_name", _("Service"), "text", 30),
    ("touchpoint", _("Touchpoint"), "text", 18),
    ("channel", _("Channel"), "text", 10),
    ("sex", _("Sex"), "text", 12),
    ("age_band", _("Age"), "text", 12),
    ("education", _("Education"), "text", 12),
    ("occupation", _("Occupation"), "text", 12),
    ("disability", _("Disability"), "text", 12),
    ("instrument", _("Questionnaire"), "text", 16),
    ("element", _("Element key"), "text", 16),
    ("element_name", _("Element"), "text", 30),
    ("period", _("Period"), "text", 12),
    ("from", _("From"), "text", 26),
    ("to", _("To"), "text", 26),
    ("n", _("Respondents"), "whole", 12),
    ("excluded", _("Left out"), "whole", 10),
    ("index", _("Index"), "index", 9),
    ("ikm", _("IKM"), "ikm", 9),
    ("band", _("Grade"), "text", 7),
    ("band_label", _("Performance"), "text", 14),
    ("nps", _("NPS"), "ikm", 9),
    ("low", _("Interval from (95 %)"), "ikm", 11),
    ("high", _("Interval to (95 %)"), "ikm", 11),
    ("csat", _("Satisfied (%)"), "ikm", 10),
    ("ikm_without_flagged", _("IKM without what was left out"), "ikm", 14),
    ("ikm_with_flagged", _("IKM with what was left out"), "ikm", 14),
    ("population", _("People served"), "whole", 10),
    ("sample_needed", _("Sample needed"), "whole", 10),
    ("sample_adequate", _("Sample adequate"), "flag", 10),
    ("weights", _("Weights"), "text", 9),
    ("bands", _("Band table"), "text", 22),
    ("revision", _("Revision of the closing"), "whole", 10),
    ("late", _("Arrived after closing"), "whole", 10),
    ("suppressed", _("Held back"), "flag", 10),
)
"""Key, words, kind and width of the columns that every table of indices has."""


def columns(items: Sequence[Item], language: Language) -> list[Column]:
    """The columns for these items: those every table has, then NRRs by element, or the answers to one element."""
    found = [Column(key, translated(words), kind, width) for key, words, kind, width in _FIRST]
    if _by_element(items):
        answered = [
            Column(f"answers_{value}", translated(_("Answered %(answer)s"), answer=value), "whole", 11)
            for value in _answers(items)
        ]
        return found + answered
    names = _elements(items)
    return found + [Column(f"nrr_{key}", f"{code} {name[language]}", "nrr", 14) for key, (code, name) in names.items()]


def rows(items: Sequence[Item], catalog: Catalog, language: Language) -> Iterator[Row]:
    """One row for each item, in the order of `columns`."""
    by_element = _by_element(items)
    answers, elements = _answers(items), list(_elements(items))
    for item in items:
        row = _row(item, catalog, language)
        if by_element:
            counts = item.elements[0].distribution if item.elements else None
            yield [*row, *((counts or {}).get(value) for value in answers)]
        else:
            nrrs = {element.key: element.nrr for element in item.elements}
            yield [*row, *(nrrs.get(key) for key in elements)]


def in_use(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[list[Column], list[Row]]:
    """The same table without the columns that say nothing in any row."""
    kept = [at for at in range(len(columns)) if any(row[at] is not None for row in rows)]
    return [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]


def charts(items: Sequence[Item], catalog: Catalog, language: Language) -> list[Chart]:
    """One chart for each questionnaire: its groups side by side, or over time where there are several periods."""
    found = []
    for instrument in dict.fromkeys(item.instrument.id for item in items):
        of_instrument = [item for item in items if item.instrument.id == instrument]
        if chart := _chart(of_instrument, catalog, language):
            found.append(chart)
    return found[:MOST_CHARTS]


def subject_name(item: Item, catalog: Catalog, language: Language, *, with_unit: bool = False) -> str:
    """What an item is about in words, without its period; the unit where nothing else is said, or `with_unit`."""
    figure = item.figure
    unit, service = catalog.unit(figure.unit), catalog.service(figure.unit, figure.service or "")
    place = catalog.touchpoint(figure.touchpoint or "")
    parts = [] if figure.service is None else [service.name if service else figure.service]
    parts += [] if figure.touchpoint is None else [place[1].name if place else figure.touchpoint]
    parts += [] if figure.channel is None else [figure.channel]
    parts += [value or translated(_("not stated")) for value in figure.respondent.values()]
    parts += [] if figure.element is None else [_element_name(item.instrument, figure.element, language)]
    if with_unit or not parts:
        parts.insert(0, unit.name if unit else figure.unit)
    return " · ".join(parts)


def _row(item: Item, catalog: Catalog, language: Language) -> list[Cell]:
    figure, found = item.figure, item.shown
    unit, service = catalog.unit(figure.unit), catalog.service(figure.unit, figure.service or "")
    interval, closing = found.interval, figure.closing
    sample = item.sample
    return [
        figure.unit,
        None if unit is None else unit.name,
        figure.service,
        None if service is None else service.name,
        figure.touchpoint,
        figure.channel,
        *(_said(figure.respondent.get(name)) for name in RESPONDENT),
        figure.instrument,
        figure.element,
        None if figure.element is None else _element_name(item.instrument, figure.element, language),
        figure.period.label,
        figure.period.start.isoformat(),
        figure.period.end.isoformat(),
        item.n,
        item.excluded,
        found.index,
        found.ikm,
        None if found.band is None else found.band.code,
        None if found.band is None else found.band.name.in_language(language),
        found.nps,
        None if interval is None else interval.low,
        None if interval is None else interval.high,
        None if found.csat is None else found.csat.percent,
        None if item.both is None else item.both[0].ikm,
        None if item.both is None else item.both[1].ikm,
        item.population,
        None if sample is None else sample[0],
        None if sample is None else sample[1],
        found.weights,
        item.instrument.band_table,
        None if closing is None else closing.revision,
        None if closing is None else closing.late,
        item.suppressed,
    ]


def _said(value: str | None) -> str | None:
    return translated(_("not stated")) if value == "" else value


def _by_element(items: Sequence[Item]) -> bool:
    return any(item.figure.element is not None for item in items)


def _answers(items: Sequence[Item]) -> list[int]:
    return sorted({answer.value for item in items for answer in item.instrument.questions[0].answers})


def _elements(items: Sequence[Item]) -> dict[str, tuple[str, dict[Language, str]]]:
    """Key → code and name of every element of the items' questionnaires, in their order."""
    return {
        element.key: (element.code, {"id": element.name.id, "en": element.name.en})
        for item in items
        for element in item.instrument.elements
    }


def _element_name(instrument: Instrument, key: str, language: Language) -> str:
    return next(element.name.in_language(language) for element in instrument.elements if element.key == key)


def _chart(items: Sequence[Item], catalog: Catalog, language: Language) -> Chart | None:
    """The chart of one questionnaire's items, None where nobody answered."""
    instrument = items[0].instrument
    several = len({item.figure.unit for item in items}) > 1
    values: dict[str, dict[str, Decimal | None]] = {}
    for item in items:
        name = subject_name(item, catalog, language, with_unit=several)
        figure = item.shown.nps if instrument.kind == "nps" else item.shown.ikm
        values.setdefault(name, {})[item.figure.period.label] = figure
    values = {name: row for name, row in values.items() if any(value is not None for value in row.values())}
    periods = list(dict.fromkeys(item.figure.period.label for item in items))
    if not values:
        return None
    if len(periods) == 1:
        series = Series(measured_in(instrument), [row[periods[0]] for row in values.values()])
        return side_by_side(instrument, list(values), series, language, periods[0])
    lines = [Series(name, [row.get(label) for label in periods]) for name, row in values.items()]
    chart = side_by_side(instrument, periods, lines[0], language)
    return replace(chart, kind="line", of=translated(_("Period")), series=lines[:MOST_SERIES])


def measured_in(instrument: Instrument) -> str:
    """The name of the questionnaire's headline figure."""
    return "NPS" if instrument.kind == "nps" else "IKM"


def side_by_side(
    instrument: Instrument, names: Sequence[str], figures: Series, language: Language, period: str | None = None
) -> Chart:
    """Bars of one questionnaire's figures, with a line at each band's lower end."""
    measured = measured_in(instrument)
    lowest = Decimal(instrument.scale[0] * 100) / instrument.scale[1]
    parts = (measured, instrument.name.in_language(language), period)
    return Chart(
        title=" · ".join(part for part in parts if part is not None),
        kind="column",
        of=translated(_("Group")),
        categories=names,
        series=[figures],
        limits=_limits(instrument),
        least=Decimal(-100) if instrument.kind == "nps" else lowest,
        most=Decimal(100),
        measure=measured,
    )


def _limits(instrument: Instrument) -> list[tuple[str, Decimal]]:
    """The lower end of each band but the lowest."""
    if instrument.band_table is None:
        return []
    bands = band_tables()[instrument.band_table][:-1]
    return [(translated(_("%(band)s from %(limit)s"), band=band.code, limit=lowest), lowest) for lowest, band in bands]
