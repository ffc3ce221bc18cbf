"""Is a published figure what its own table gives? Recomputed under every convention, compared at its own decimals.

A published table carries averages (NRR) or counts per answer (a histogram), and the IKM or index said to follow from
them. Arithmetic is exact; the result is rounded half-up once, to as many decimals as were printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from satisfaction.bands import band, band_tables
from satisfaction.index import conventions, half_up, nrr, weighted
from satisfaction.tally import Distribution

Source = Literal["histograms", "averages"]
BAND_TABLE, BAND_TABLE_OF_14 = "permenpanrb-14-2017@1", "kep-25-2004@1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published result: one average and/or one histogram per element, and the figures printed with them.

    `ikm` or `index` must be there; both keep their printed decimals. An average of None or an empty histogram is an
    element without answers. `band` is a code such as "B"; `highest` is the best answer of the scale.
    """

    averages: tuple[Decimal | None, ...] | None = None
    histograms: tuple[Distribution, ...] | None = None
    ikm: Decimal | None = None
    index: Decimal | None = None
    band: str | None = None
    highest: int = 4

    @property
    def band_table(self) -> str:
        """The table of its regulation: 14 elements are those of KEP/25/M.PAN/2/2004."""
        return BAND_TABLE_OF_14 if len(self.averages or self.histograms or ()) == 14 else BAND_TABLE


@dataclass(frozen=True, slots=True)
class Figure:
    """What one source gives under one convention, exact."""

    source: Source
    convention: str
    index: Fraction
    ikm: Fraction


@dataclass(frozen=True, slots=True)
class Hint:
    """How a figure that no convention reproduces may have come about; never a reason to call it reproduced.

    Codes: `weight` (params weight, sum), `cut_off` (convention), `rounded_averages` (places), `rounded_weighted`
    (convention, places), `rounded_index` (convention, places), `printed_index` (convention: the index stands where the
    IKM should), `within_rounding` (convention).
    """

    code: str
    source: Source
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BandCheck:
    """The published band beside those of the published and of the recomputed IKM, by `table`.

    `elsewhere` are the other tables under which the published band would be that of the published IKM.
    """

    table: str
    published: str | None
    of_published: str
    of_recomputed: str
    elsewhere: tuple[str, ...]

    @property
    def fits(self) -> bool | None:
        """Whether the published band is that of the published IKM; None when no band was published."""
        return None if self.published is None else self.published == self.of_published


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The verdict on one result.

    `reproducing` are the figures that give the published IKM (the index, where no IKM was published) to its own
    decimals, from histograms first, exact first. `miss` is the published figure minus the nearest one, rounded to the
    published decimals. `index_holds` says whether a reproducing figure also gives a published index (None: not asked).
    """

    figures: tuple[Figure, ...]
    reproducing: tuple[Figure, ...]
    nearest: Figure
    miss: Decimal
    index_holds: bool | None
    bands: BandCheck
    hints: tuple[Hint, ...]

    @property
    def reproduced(self) -> bool:
        return bool(self.reproducing)


def recompute(published: Published) -> Recomputed:
    """The verdict on a published result. ValueError when there is nothing to compute from or to compare with.

    BP Batam printed 89.24; its averages give 89.25 with exact weights and 89.24 with nine times 0.1111:

    >>> averages = tuple(Decimal(text) for text in "3.58 3.62 3.52 3.80 3.61 3.59 3.66 3.39 3.36".split())
    >>> batam = recompute(Published(averages=averages, ikm=Decimal("89.24"), band="A"))
    >>> batam.reproduced, [figure.convention for figure in batam.reproducing], batam.bands.fits
    (True, ['0.1111'], True)
    >>> [str(half_up(figure.ikm, 2)) for figure in batam.figures]
    ['89.25', '89.24', '89.16', '88.36']
    """
    figures = tuple(_figures(published))
    if not figures or (published.ikm is None and published.index is None):
        raise ValueError("a published result needs averages or histograms, and an IKM or an index")
    claimed = _claimed(published)
    places = decimals(claimed)
    reproducing = tuple(figure for figure in figures if half_up(_asked(figure, published), places) == claimed)
    nearest = min(figures, key=lambda figure: abs(_asked(figure, published) - Fraction(claimed)))
    # Of figures equally near, `min` keeps the first, as `reproducing` does.
    best = reproducing[0] if reproducing else nearest
    return Recomputed(
        figures=figures,
        reproducing=reproducing,
        nearest=best,
        miss=claimed - half_up(_asked(best, published), places),
        index_holds=_index_holds(published, reproducing),
        bands=_bands(published, reproducing[0] if reproducing else figures[0]),
        hints=() if reproducing else tuple(_hints(published)),
    )


def band_code(text: str) -> str | None:
    """The code of a band as offices print it, by letter or by word; None when it is neither.

    >>> [band_code(text) for text in ("b", "Sangat Baik", "B (Baik)", "Mutu pelayanan: A", "Memuaskan")]
    ['B', 'A', 'B', 'A', None]
    """
    known = {band for table in band_tables().values() for _, band in table}
    letters = {band.code for band in known} & {word for word in re.findall(r"\w+", text.upper()) if len(word) == 1}
    if len(letters) == 1:
        return letters.pop()
    words = " ".join(text.casefold().split())
    return next((band.code for band in known if words in (band.name.id.casefold(), band.name.en.casefold())), None)


def decimals(printed: Decimal) -> int:
    """How many decimals a figure was printed with.

    >>> decimals(Decimal("87.20")), decimals(Decimal("100"))
    (2, 0)
    """
    exponent = printed.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _claimed(published: Published) -> Decimal:
    claimed = published.index if published.ikm is None else published.ikm
    assert claimed is not None  # noqa: S101 - `recompute` has looked
    return claimed


def _asked(figure: Figure, published: Published) -> Fraction:
    """The figure of the kind that was published."""
    return figure.index if published.ikm is None else figure.ikm


def _sources(published: Published) -> Iterator[tuple[Source, list[Fraction | None]]]:
    if published.histograms is not None:
        yield "histograms", [nrr(counts) if any(counts.values()) else None for counts in published.histograms]
    if published.averages is not None:
        yield "averages", [None if average is None else Fraction(average) for average in published.averages]


def _figures(published: Published) -> Iterator[Figure]:
    for source, averages in _sources(published):
        for convention in conventions(len(averages)):
            index = weighted(averages, convention)
            if index is not None:
                yield Figure(source, convention, index, index * 100 / published.highest)


def _index_holds(published: Published, reproducing: tuple[Figure, ...]) -> bool | None:
    if published.ikm is None or published.index is None or not reproducing:
        return None
    places = decimals(published.index)
    return any(half_up(figure.index, places) == published.index for figure in reproducing)


def _bands(published: Published, recomputed: Figure) -> BandCheck:
    table = published.band_table
    printed = published.ikm
    if printed is None:
        printed = half_up(Fraction(_claimed(published)) * 100 / published.highest, 2)
    elsewhere = [other for other in band_tables() if other != table and band(other, printed).code == published.band]
    of_recomputed = band(table, half_up(recomputed.ikm, 2)).code
    return BandCheck(table, published.band, band(table, printed).code, of_recomputed, tuple(sorted(elsewhere)))


def _hints(published: Published) -> Iterator[Hint]:
    claimed = _claimed(published)
    factor = Fraction(1) if published.ikm is None else Fraction(100, published.highest)
    same = (figure for figure in _figures(published) if half_up(figure.index, decimals(claimed)) == claimed)
    printed = next(same, None)
    if published.ikm is not None and printed is not None:
        yield Hint("printed_index", printed.source, {"convention": printed.convention})
        return
    for source, averages in _sources(published):
        answered = [average for average in averages if average is not None]
        yield from _other_weights(claimed, factor, source, answered)
        yield from _other_roundings(claimed, factor, source, answered, len(averages))
    if published.averages is not None:
        yield from _within_rounding(claimed, factor, published.averages)


def _other_weights(claimed: Decimal, factor: Fraction, source: Source, averages: list[Fraction]) -> Iterator[Hint]:
    """A weight of few decimals that gives the figure though it is none of the conventions, such as 0.10 for nine."""
    total, places, number = sum(averages, Fraction(0)), decimals(claimed), len(averages)
    if total == 0:
        return
    implied = Fraction(claimed) / factor / total
    candidates = {half_up(Fraction(1, number), digits) for digits in (2, 3, 4)}
    # A finer weight fits any figure by chance; so coarse a one does not.
    candidates |= {half_up(implied, digits) for digits in (2, 3) if total * factor * 10 ** (places - digits) >= 50}
    for weight in sorted(candidates):
        near = Fraction(4, 5) <= Fraction(weight) * number <= Fraction(6, 5)
        if near and half_up(total * Fraction(weight) * factor, places) == claimed:
            yield Hint("weight", source, {"weight": str(weight), "sum": str(weight * number)})
            return


def _other_roundings(
    claimed: Decimal, factor: Fraction, source: Source, averages: list[Fraction], elements: int
) -> Iterator[Hint]:
    """Digits cut off, or rounded once too often on the way."""
    places = decimals(claimed)
    for convention in conventions(elements):
        index = weighted(list(averages), convention) if len(averages) == elements else None
        if index is None:
            continue
        value = index * factor
        if Fraction((value.numerator * 10**places) // value.denominator, 10**places) == Fraction(claimed):
            yield Hint("cut_off", source, {"convention": convention})
        for digits in (2, 3):
            if factor != 1 and _gives(half_up(index, digits), factor, claimed):
                yield Hint("rounded_index", source, {"convention": convention, "places": str(digits)})
        for digits in (2, 3):
            parts = [weighted([average] * elements, convention) or Fraction(0) for average in averages]
            rounded = sum((Fraction(half_up(part / elements, digits)) for part in parts), Fraction(0))
            if _gives(rounded, factor, claimed):
                yield Hint("rounded_weighted", source, {"convention": convention, "places": str(digits)})
        for digits in (2, 3):
            printed = [Fraction(half_up(average, digits)) for average in averages]
            if source == "histograms" and _gives(weighted(list(printed), convention), factor, claimed):
                yield Hint("rounded_averages", source, {"convention": convention, "places": str(digits)})


def _gives(index: Fraction | Decimal | None, factor: Fraction, claimed: Decimal) -> bool:
    return index is not None and half_up(Fraction(index) * factor, decimals(claimed)) == claimed


def _within_rounding(claimed: Decimal, factor: Fraction, averages: tuple[Decimal | None, ...]) -> Iterator[Hint]:
    """Averages printed to few decimals leave room: the office may have computed from finer ones."""
    half = Fraction(1, 2 * 10 ** max(decimals(average) for average in averages if average is not None))
    for convention in conventions(len(averages)):
        index = weighted([None if average is None else Fraction(average) for average in averages], convention)
        total = weighted([Fraction(1)] * len(averages), convention)
        if index is None or total is None:
            continue
        room = total * half * factor + Fraction(1, 2 * 10 ** decimals(claimed))
        if abs(index * factor - Fraction(claimed)) <= room:
            yield Hint("within_rounding", "averages", {"convention": convention})
            return
