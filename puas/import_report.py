"""What `puas import` prints: what was found, row by row what is wrong, and the figures it makes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from puas.import_checking import Checked
from puas.import_rows import Imported, RowFault
from puas.progress import counted
from satisfaction.index import measure
from satisfaction.instruments import Instrument
from satisfaction.tally import Tally
from schemas.catalog import Catalog
from schemas.violation import printable

EXAMPLES = 3


def tell_faults(faults: Sequence[RowFault], limit: int) -> None:
    """What is wrong, in the order of the rows, on stderr."""
    ordered = sorted(faults, key=lambda fault: fault.row)
    for fault in ordered[:limit]:
        column = f", {printable(fault.column)}" if fault.column else ""
        click.echo(f"row {fault.row}{column}: {fault.sentence}", err=True)
    if len(ordered) > limit:
        click.echo(f"… and {counted(len(ordered) - limit, 'more fault')}: --errors shows more", err=True)


def tell_examples(rows: Sequence[Imported], catalog: Catalog) -> None:
    """The first rows as they would be sent, so that a column taken for another is seen."""
    for one in rows[:EXAMPLES]:
        sent = one.feedback
        answers = ", ".join(f"{key} {'-' if value is None else value}" for key, value in sent.answers.items())
        said = [f"{key} {word}" for key, word in sent.respondent.items()]
        said += [f'"{printable(sent.comment)}"'] if sent.comment else []
        click.echo(f"row {one.row} would be sent as {_local(one, catalog):%Y-%m-%d %H:%M %Z}, {sent.service}:")
        click.echo(f"    {answers}")
        if said:
            click.echo(f"    {'; '.join(said)}")


def tell_findings(found: Checked) -> None:
    """How many rows there are of which kind."""
    for note in found.notes:
        click.echo(note)
    click.echo(f"rows   {found.rows:>9,}")
    click.echo(f"new    {len(found.new):>9,}")
    click.echo(f"known  {len(found.known):>9,}   counted before; they are not sent again")
    click.echo(f"bad    {found.bad_rows:>9,}   {counted(len(found.faults), 'fault')}")


def tell_figures(found: Checked, catalog: Catalog) -> None:
    """Per service and over all: how many rows, when, and the index they make; respondents' words below."""
    rows = [*found.new, *found.known]
    if not rows:
        return
    console = Console(markup=False, emoji=False, highlight=False)
    by_service: dict[tuple[str, str], list[Imported]] = defaultdict(list)
    for one in rows:
        by_service[one.feedback.unit, one.feedback.service].append(one)
    table = Table(title="What these rows alone make", title_justify="left")
    table.add_column("Service", overflow="fold")
    for heading in ("n", "from", "to", *_headings(found.instrument)):
        table.add_column(heading, justify="right", no_wrap=True)
    for (unit, service), some in sorted(by_service.items()):
        name = service if len({unit for unit, _ in by_service}) == 1 else f"{unit} {service}"
        table.add_row(name, *_line(found.instrument, some, catalog))
    if len(by_service) > 1:
        table.add_section()
        table.add_row("all", *_line(found.instrument, rows, catalog), style="bold")
    console.print(table)
    for key, words in _respondents(rows):
        console.print(f"{key}: {words}")


def _headings(instrument: Instrument) -> tuple[str, ...]:
    if instrument.kind == "perception":
        return "index", "x 25"
    return ("NPS",) if instrument.kind == "nps" else ("IKM", "band")


def _line(instrument: Instrument, rows: Sequence[Imported], catalog: Catalog) -> tuple[str, ...]:
    made = measure(instrument, Tally.of(one.feedback.answers for one in rows))
    days = sorted(f"{_local(one, catalog):%Y-%m-%d}" for one in rows)
    figures: tuple[object, ...] = (made.ikm, made.band.code if made.band else None)
    if instrument.kind == "nps":
        figures = (made.nps,)
    elif instrument.kind == "perception":
        figures = (made.index, made.ikm)
    return f"{len(rows):,}", days[0], days[-1], *("" if figure is None else str(figure) for figure in figures)


def _local(one: Imported, catalog: Catalog) -> datetime:
    """When it was answered, on the unit's own clocks."""
    unit, occurred = catalog.unit(one.feedback.unit), one.feedback.occurred_at
    return (occurred or one.feedback.received_at).astimezone(unit.zone if unit else UTC)


def _respondents(rows: Iterable[Imported]) -> list[tuple[str, str]]:
    """Per field how often each word stands, so that a slip of the pen is seen."""
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for one in rows:
        for key, word in one.feedback.respondent.items():
            words[key][word] += 1
    return [
        (key, ", ".join(f"{word} {times:,}" for word, times in counts.most_common(12)))
        for key, counts in sorted(words.items())
    ]
