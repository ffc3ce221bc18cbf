"""`puas replay`: make the read model again and say whether anything changed."""

from typing import TYPE_CHECKING

import click

from puas.failures import Failed
from puas.wiring import database, event_log, load_settings, prepare_data_dir

if TYPE_CHECKING:
    from consumers.replay import Replayed
    from runtime.settings import Settings


@click.command(
    epilog="""\b
Examples:
  puas replay                 tallies again, from the stored responses
  puas replay --from-log      everything again, from the event log
\b
The API goes on serving, with the old figures until the end; consumers wait meanwhile and go on behind it.
Exit codes: 0 done (identical or not); 1 failed, and nothing was changed; 2 a setting is wrong.
"""
)
@click.option("--from-log", is_flag=True, help="Make responses and dead letters again, too, from the event log.")
@click.option(
    "--allow-loss",
    is_flag=True,
    help="With --from-log: go on although the log no longer holds some responses; they are gone afterwards.",
)
def replay(from_log: bool, allow_loss: bool) -> None:
    """Make the tallies anew and compare.

    Says whether the result is byte-identical to what it replaces. Without options the tallies are made from the
    stored responses. Interrupting it changes nothing.
    """
    if allow_loss and not from_log:
        raise click.UsageError("--allow-loss goes with --from-log.")
    settings = load_settings()
    prepare_data_dir(settings)
    _report(_from_log(settings, allow_loss) if from_log else _from_responses(settings), from_log)


def _from_responses(settings: "Settings") -> "Replayed":
    from consumers.replay import replay as again
    from puas.progress import progress_bar

    with database(settings) as engine, progress_bar("Counting", "response") as advance:
        return again(engine, advance)


def _from_log(settings: "Settings", allow_loss: bool) -> "Replayed":
    from consumers.replay import LogIncomplete
    from consumers.replay import from_log as again
    from puas.progress import progress_bar

    with event_log(settings) as log, database(settings) as engine:
        try:
            with progress_bar("Reading the log", "record") as advance:
                return again(log, engine, advance, allow_loss)
        except LogIncomplete as error:
            raise Failed(f"{error}. Nothing was changed; --allow-loss goes on without them") from None


def _report(done: "Replayed", from_log: bool) -> None:
    """The tables with their fingerprints, then the verdict."""
    from puas.progress import counted

    for table, digest in done.after.items():
        before = done.before.get(table)
        mark = "identical" if before == digest else f"differs: was {(before or 'absent')[:16]}"
        click.echo(f"  {table:<18} sha256 {digest[:16]}  {mark}")
    read = f"{counted(done.records, 'record')} of the log" if from_log else counted(done.records, "response")
    if done.lost:
        click.echo(f"Gone, because the log no longer holds them: {counted(done.lost, 'response')}.")
    if done.identical:
        click.echo(f"Replayed {read}: byte-identical to what it replaced.")
    else:
        click.echo(f"Replayed {read}: NOT identical, {len(done.changed)} tables differ: {', '.join(done.changed)}.")
