"""`puas recompute`: is a published IKM what its own table gives?"""

import json
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import click

from puas.failures import Misconfigured

if TYPE_CHECKING:
    from satisfaction.recompute import Recomputed
    from satisfaction.text import Language
    from schemas.published_table import PublishedEntry

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  puas recompute terbitan.json
  puas recompute --language en published.json
  puas recompute --json terbitan.json > hasil.json
\b
FILE is a JSON object or a list of them, each with "nrr" (averages per element) or "histogram_answers_1_2_3_4"
(counts per element), and with "published_ikm"; "published_index", "published_band", "elements", "n", "id" if
you have them. Write figures as they were printed: "87,20" is not 87.2.
\b
Exit codes: 0 every result is reproduced; 1 at least one is not; 2 FILE, or an entry
of it, can't be read as published results; the others are told all the same.
A wrong band or index beside a reproduced IKM is told, and is no 1.
"""
)
@click.argument("file", type=FILE)
@click.option(
    "--language", type=click.Choice(("id", "en")), default="id", show_default=True, help="What people read it in."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document for machines.")
@click.pass_context
def recompute(context: click.Context, file: Path, language: str, as_json: bool) -> None:
    """Recompute the published figures in FILE.

    Says for each whether its own averages or answer counts give the IKM, under which weight convention, to the
    decimals it was printed with; else by how much the nearest convention misses it.
    """
    results, faults = _results(file)
    if not results:
        raise BadFile(faults)
    if as_json:
        from puas.recompute_document import document

        click.echo(json.dumps(document(results), indent=2, ensure_ascii=False))
    else:
        from puas.recompute_table import show

        show(results, cast("Language", language))
    if faults:
        raise BadFile(faults)
    context.exit(0 if all(result.reproduced for _, result in results) else 1)


class BadFile(Misconfigured):
    """A file that holds no published results: one fault a line, exit code 2."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages

    def show(self, file: IO[Any] | None = None) -> None:
        for message in self.messages:
            click.echo(message, file=file, err=file is None)


def _results(file: Path) -> "tuple[list[tuple[PublishedEntry, Recomputed]], list[str]]":
    """The verdicts of the entries that can be used, and what is wrong with the others."""
    from schemas.published_table import PublishedTableInvalid, read_published
    from schemas.violation import printable

    faults: list[str] = []
    try:
        entries = read_published(file)
    except PublishedTableInvalid as error:
        entries, faults = error.entries, error.messages
    results = []
    for entry in entries:
        result = _result(entry)
        if result is None:
            known = f"must be A, B, C or D, or the words for it, not {entry.band!r}"
            faults.append(f"{printable(str(file))}: entry {entry.id}: published_band {known}")
        else:
            results.append((entry, result))
    return results, faults


def _result(entry: "PublishedEntry") -> "Recomputed | None":
    """The verdict; None when the entry's band is none."""
    from satisfaction.recompute import Published, band_code
    from satisfaction.recompute import recompute as again

    code = None if entry.band is None else band_code(entry.band)
    if entry.band is not None and code is None:
        return None
    return again(
        Published(
            averages=entry.averages,
            histograms=entry.histograms,
            ikm=entry.ikm,
            index=entry.index,
            band=code,
            highest=entry.highest,
        )
    )
