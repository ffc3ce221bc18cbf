"""The one figure an instrument is published by: IKM, IPKP or IPAK (an index of 1 to 4), NPS."""

from decimal import Decimal

from reporting.words import ABSENT, Words, family
from satisfaction.bands import Band, band_tables
from satisfaction.index import Measure
from satisfaction.instruments import Instrument


def value(instrument: Instrument, measure: Measure) -> Decimal | None:
    """The figure itself, rounded as it is published; None when nothing was answered."""
    if instrument.kind == "nps":
        return measure.nps
    return measure.index if instrument.kind == "perception" else measure.ikm


def bounds(instrument: Instrument, measure: Measure) -> tuple[Decimal, Decimal] | None:
    """The 95% interval on the scale of `value`; None where there is none (fewer than two responses)."""
    interval = measure.interval
    if interval is None:
        return None
    if instrument.kind != "perception":
        return interval.low, interval.high
    return interval.on_scale(instrument.scale[1], 4)


def places(value: Decimal | None) -> int:
    """How many decimals a rounded figure has."""
    exponent = value.as_tuple().exponent if value is not None else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def shown(words: Words, figure: Decimal | None) -> str:
    """A rounded figure with its own decimals."""
    return words.number(figure, places(figure))


def shown_bounds(words: Words, instrument: Instrument, measure: Measure) -> str:
    """The interval from its lower to its upper end, or a dash."""
    ends = bounds(instrument, measure)
    return words.span(*(shown(words, end) for end in ends)) if ends else ABSENT


def shown_band(words: Words, band: Band | None) -> str:
    """The letter with its word: "B (Baik)"."""
    return ABSENT if band is None else f"{band.code} ({band.name.in_language(words.language)})"


def unbroken(text: str) -> str:
    """`text` as one word, for a narrow column."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def has_bands(instrument: Instrument) -> bool:
    """Whether this instrument's figure is read as a letter of a band table."""
    return instrument.band_table is not None and instrument.kind != "nps"


def band_limits(instrument: Instrument) -> list[tuple[Band, Decimal]]:
    """Each band of the instrument's table with the IKM it begins at, best first; none for an instrument without."""
    if instrument.band_table is None or not has_bands(instrument):
        return []
    return [(band, lowest) for lowest, band in band_tables()[instrument.band_table]]


def name(words: Words, instrument: Instrument) -> str:
    """The figure's short name: IKM, IPKP, IPAK, NPS."""
    return words(f"{family(instrument)}.index")
