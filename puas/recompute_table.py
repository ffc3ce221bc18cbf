"""What `puas recompute` prints for people: per result a table of the conventions, then what to make of it."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from puas.recompute_words import number, say
from satisfaction.index import half_up, nrr
from satisfaction.recompute import Figure, Hint, Recomputed, decimals
from satisfaction.text import Language
from schemas.published_table import PublishedEntry


def show(results: Sequence[tuple[PublishedEntry, Recomputed]], language: Language) -> None:
    """Print the verdicts on stdout."""
    # Entries may hold anything; nothing of it is markup.
    console = Console(markup=False, emoji=False, highlight=False)
    for entry, result in results:
        console.print(_title(entry), style="bold")
        console.print(_published(entry, language))
        console.print(_table(entry, result, language))
        style = "green" if result.reproduced else "bold red"
        for at, sentence in enumerate(_sentences(entry, result, language)):
            console.print(Padding(sentence, (0, 0, 0, 2)), style=style if at == 0 else None)
        console.print()
    reproduced = sum(result.reproduced for _, result in results)
    wrong_bands = sum(result.bands.fits is False for _, result in results)
    counts = {"reproduced": reproduced, "count": len(results), "failed": len(results) - reproduced}
    console.print(say("total", language, **counts, bands=wrong_bands), style="bold")


def _title(entry: PublishedEntry) -> str:
    return ", ".join(part for part in (entry.id, entry.agency, entry.period) if part)


def _published(entry: PublishedEntry, language: Language) -> str:
    figures = [
        say(name, language, value=number(str(value), language))
        for name, value in (("ikm", entry.ikm), ("index", entry.index), ("band", entry.band))
        if value is not None
    ]
    known = [say("elements", language, count=len(entry.elements))]
    known += [] if entry.n is None else [f"n = {entry.n}"]
    return f"{', '.join(known)}; {say('published', language, figures=', '.join(figures))}"


def _table(entry: PublishedEntry, result: Recomputed, language: Language) -> Table:
    table = Table()
    table.add_column(say("head_source", language))
    table.add_column(say("head_weight", language))
    for heading in (say("head_index", language), "IKM", say("head_rounded", language)):
        table.add_column(heading, justify="right")
    table.add_column(say("head_same", language))
    for figure in _worth_showing(result):
        same = figure in result.reproducing
        table.add_row(
            say(figure.source, language),
            _weight(figure.convention, entry, language),
            number(half_up(figure.index, 4), language),
            number(half_up(figure.ikm, 4), language),
            number(_rounded(figure, entry), language),
            say("yes" if same else "no", language),
            style="bold" if same else None,
        )
    return table


def _worth_showing(result: Recomputed) -> list[Figure]:
    """All figures, or those of the answer counts alone where the printed averages give the same."""
    counted = {one.convention: half_up(one.ikm, 4) for one in result.figures if one.source == "histograms"}
    averaged = {one.convention: half_up(one.ikm, 4) for one in result.figures if one.source == "averages"}
    return [one for one in result.figures if one.source == "histograms" or counted != averaged]


def _rounded(figure: Figure, entry: PublishedEntry) -> str:
    claimed, value = (entry.index, figure.index) if entry.ikm is None else (entry.ikm, figure.ikm)
    return "" if claimed is None else str(half_up(value, decimals(claimed)))


def _weight(convention: str, entry: PublishedEntry, language: Language) -> str:
    if convention == "exact":
        return say("exact", language, count=len(entry.elements))
    return number(convention, language)


def _sentences(entry: PublishedEntry, result: Recomputed, language: Language) -> Iterator[str]:
    """The verdict first, then bands, hints and notes."""
    yield from _verdict(entry, result, language)
    bands = result.bands
    if bands.published is not None:
        told = {"published": bands.published, "of_published": bands.of_published, "table": bands.table}
        yield say("band_fits" if bands.fits else "band_fails", language, **told)
        if bands.fits is False and bands.elsewhere:
            yield say("band_elsewhere", language, published=bands.published, tables=", ".join(bands.elsewhere))
    if bands.of_recomputed != bands.of_published:
        yield say("band_recomputed", language, of_recomputed=bands.of_recomputed)
    yield from dict.fromkeys(_hint(hint, entry, language) for hint in result.hints)
    yield from _notes(entry, language)


def _verdict(entry: PublishedEntry, result: Recomputed, language: Language) -> Iterator[str]:
    kind, value = ("index", entry.index) if entry.ikm is None else ("ikm", entry.ikm)
    claimed = say(kind, language, value=number(str(value), language))
    nearest = result.nearest
    by = {"convention": _weight(nearest.convention, entry, language), "source": say(nearest.source, language)}
    if not result.reproduced:
        shown = number(_rounded(nearest, entry), language)
        yield say("not_reproduced", language, claimed=claimed, nearest=shown, miss=_signed(result, language), **by)
        return
    yield say("reproduced", language, claimed=claimed, **by)
    if others := result.reproducing[1:]:
        listed = (f"{_weight(one.convention, entry, language)} ({say(one.source, language)})" for one in others)
        yield say("also", language, others="; ".join(listed))
    if result.index_holds is False:
        yield say("index_fails", language, value=number(str(entry.index), language))


def _signed(result: Recomputed, language: Language) -> str:
    return f"{'+' if result.miss > 0 else ''}{number(result.miss, language)}"


def _hint(hint: Hint, entry: PublishedEntry, language: Language) -> str:
    params = {name: number(value, language) for name, value in hint.params.items()}
    if "convention" in params:
        params["convention"] = _weight(hint.params["convention"], entry, language)
    return say(f"hint_{hint.code}", language, **params)


def _notes(entry: PublishedEntry, language: Language) -> Iterator[str]:
    """Where the table contradicts itself."""
    if entry.histograms is None:
        return
    counted = list(zip(entry.elements, entry.histograms, strict=True))
    if entry.averages is not None:
        differing = [
            element
            for (element, counts), average in zip(counted, entry.averages, strict=True)
            if average is not None and any(counts.values()) and half_up(nrr(counts), decimals(average)) != average
        ]
        if differing:
            yield say("note_averages", language, elements=", ".join(differing))
    if entry.n is not None:
        beyond = [element for element, counts in counted if sum(counts.values()) > entry.n]
        if beyond:
            yield say("note_n", language, n=entry.n, elements=", ".join(beyond))
