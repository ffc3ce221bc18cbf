"""`puas import`: paper surveys and those of earlier systems, through the event log like everything else."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from puas.catalog import Invalid
from puas.failures import Failed

if TYPE_CHECKING:
    from puas.import_checking import Checked
    from runtime.settings import Settings
    from schemas.catalog import Catalog
    from schemas.import_mapping import ImportMapping

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXAMPLE = Path(__file__).with_name("import_mapping.example.yaml")


def _print_example(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(EXAMPLE.read_text(encoding="utf-8"), nl=False)
        context.exit()


@click.command(
    name="import",
    epilog="""\b
Examples:
  puas import --example > mapping.yaml                          a mapping to begin from
  puas import jawaban.xlsx --mapping mapping.yaml --dry-run     look, count, send nothing
  puas import jawaban.xlsx --mapping mapping.yaml
  puas import loket-2.csv --mapping mapping.yaml --touchpoint survei-loket-2
\b
The same file again, or the file with rows added, changes nothing that was counted before.
Exit codes: 0 done; 1 a row or the mapping is bad, rows were skipped, or the event log is away; 2 wrong usage.
""",
)
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, required=True, help="Which column holds what (YAML); --example prints one.")
@click.option("--dry-run", is_flag=True, help="Check every row and show the figures; send nothing.")
@click.option("--skip-bad", is_flag=True, help="Import the good rows although others are bad; ends with exit code 1.")
@click.option("--unit", help="The unit of every row, whatever the mapping says.")
@click.option("--service", help="The service of every row.")
@click.option("--touchpoint", help="The touchpoint of every row; it is one of channel import.")
@click.option(
    "--errors", type=click.IntRange(min=1), default=20, show_default=True, help="Show at most so many faults."
)
@click.option(
    "--example", is_flag=True, is_eager=True, expose_value=False, callback=_print_example, help="Print a mapping file."
)
def import_rows(
    file: Path,
    mapping: Path,
    dry_run: bool,
    skip_bad: bool,
    unit: str | None,
    service: str | None,
    touchpoint: str | None,
    errors: int,
) -> None:
    """Import the survey in FILE (.csv or .xlsx).

    Every row is checked against the catalog and the questionnaire before the first is sent; one bad row and none
    is sent, unless --skip-bad. Rows count on the day they were answered, under channel import.
    """
    from puas.wiring import load_settings, prepare_data_dir

    settings = load_settings()
    wanted = _mapping(mapping).overridden(unit=unit, service=service, touchpoint=touchpoint)
    prepare_data_dir(settings)
    found, catalog = _checked(settings, file, wanted)
    _tell(found, catalog, errors, dry_run)
    bad = found.bad_rows
    if dry_run:
        click.echo("Nothing was sent: this was a dry run.")
        if bad:
            raise Failed(f"{bad} of {found.rows} rows are bad")
        return
    if bad and not skip_bad:
        raise Failed(f"nothing was sent, because {bad} of {found.rows} rows are bad (--skip-bad imports the others)")
    _send(settings, found)
    if bad:
        raise Failed(f"{bad} of {found.rows} rows were skipped")


def _mapping(path: Path) -> "ImportMapping":
    from schemas.import_mapping_file import MappingInvalid, read_mapping

    try:
        return read_mapping(path)
    except MappingInvalid as error:
        raise Invalid(error.messages) from None


def _checked(settings: "Settings", file: Path, mapping: "ImportMapping") -> "tuple[Checked, Catalog]":
    from puas.import_checking import NotToBeRead, checked
    from puas.progress import progress_bar
    from puas.wiring import database
    from readmodel.catalog import load_catalog
    from readmodel.database import reading

    with database(settings) as engine:
        with reading(engine) as connection:
            version, catalog = load_catalog(connection)
        if version == 0:
            raise Failed("no catalog has been applied yet: `puas catalog apply FILE`")
        try:
            with ExitStack() as stack:
                bars: list[Callable[[int, int], None]] = []

                def advance(done: int, total: int) -> None:
                    # Opened at the first call: of a short table a bar would leave an empty line and nothing else.
                    if not bars:
                        bars.append(stack.enter_context(progress_bar("Checking", "row")))
                    bars[0](done, total)

                return checked(file, mapping, catalog, engine, datetime.now(UTC), advance), catalog
        except NotToBeRead as error:
            raise Invalid(error.messages) from None


def _tell(found: "Checked", catalog: "Catalog", errors: int, dry_run: bool) -> None:
    from puas.import_report import tell_examples, tell_faults, tell_figures, tell_findings

    tell_faults(found.faults, errors)
    tell_findings(found)
    if dry_run:
        tell_examples(found.new, catalog)
    tell_figures(found, catalog)


def _send(settings: "Settings", found: "Checked") -> None:
    from puas.import_sending import Sent, Stopped, send
    from puas.progress import counted, progress_bar
    from puas.wiring import event_log

    if not found.new:
        click.echo("Nothing to send: there is no row that has not been counted.")
        return
    sent = Sent()
    again = "run the same command again, no row counts twice"
    try:
        with event_log(settings) as log, progress_bar("Importing", "row") as advance:
            send(log, found.new, sent, advance)
    except Stopped as error:
        kept = f"at least {sent.durable:,} of {counted(len(found.new), 'row')} are in the event log"
        raise Failed(f"{error}; {kept}: {again}") from None
    except KeyboardInterrupt:
        click.echo(
            f"at least {sent.durable:,} of {counted(len(found.new), 'row')} are in the event log: {again}", err=True
        )
        raise
    click.echo(f"Sent {counted(sent.durable, 'row')}, now in the event log; a running consumer counts them in seconds.")
