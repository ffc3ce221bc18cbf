"""`puas dead-letters`: look at the records that could not be counted, and try them again."""

import base64
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import click

from consumers.reasons import Reason
from puas.failures import Failed
from puas.wiring import database, event_log, load_settings, prepare_data_dir

if TYPE_CHECKING:
    from readmodel.dead_letters import DeadRecord

SHOWN_BYTES = 200
REASONS = click.Choice(get_args(Reason))
ID = re.compile(r"(\d+):(\d+)")


@click.group(
    name="dead-letters",
    epilog="""\b
Examples:
  puas dead-letters list
  puas dead-letters list --json --all > dead.json
  puas dead-letters retry 0:17 3:204
  puas dead-letters retry --all --reason unknown_catalog_entry
""",
)
def dead_letters() -> None:
    """List and retry what could not be counted.

    Records of the event log that no process could use are kept byte for byte, with the reason. One is named by
    its place in the log: PARTITION:POSITION.
    """


@dead_letters.command(name="list")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Show at most so many.")
@click.option("--reason", type=REASONS, help="Only those with this reason.")
@click.option("--all", "everything", is_flag=True, help="Also those that have been tried again.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, bytes in base64.")
def show(limit: int, reason: str | None, everything: bool, as_json: bool) -> None:
    """List them, newest first."""
    from consumers.dead_letters import listed

    settings = load_settings()
    prepare_data_dir(settings)
    with event_log(settings) as log, database(settings) as engine:
        found = listed(log, engine, limit=limit + 1, reason=reason, pending_only=not everything)
    shown = found[:limit]
    if as_json:
        click.echo(json.dumps([_document(record) for record in shown], indent=2, ensure_ascii=False))
        return
    for record in shown:
        click.echo(_lines(record))
    if len(found) > limit:
        click.echo(f"There are more than {limit}: --limit shows them.", err=True)
    if not found:
        click.echo("No dead letters." if everything else "No dead letters wait to be tried again.", err=True)


@dead_letters.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All that have not been tried again.")
@click.option("--reason", type=REASONS, help="With --all: only those with this reason.")
def retry(ids: Sequence[str], everything: bool, reason: str | None) -> None:
    """Append them to the event log again.

    Do it when what was wrong has been put right. An event_id counts once, however often it is tried. What still
    can't be counted becomes a new dead letter. Ends with exit code 1 if a record could not be tried.
    """
    from consumers.dead_letters import retry as again
    from puas.progress import counted, progress_bar

    if bool(ids) == everything or (reason is not None and not everything):
        raise click.UsageError("Name the records by ID, or give --all (with --reason, if you like).")
    places = None if everything else [_place(text) for text in ids]
    settings = load_settings()
    prepare_data_dir(settings)
    with event_log(settings) as log, database(settings) as engine, progress_bar("Appending", "record") as advance:
        done = again(log, engine, places, reason, advance)
    if done.appended:
        click.echo(
            f"Appended {counted(done.appended, 'record')} again; a running consumer counts what it can within seconds."
        )
    elif not done.skipped:
        click.echo("No dead letters wait to be tried again.")
    for place, why in done.skipped.items():
        click.echo(f"  {place[0]}:{place[1]} not tried: {why}", err=True)
    if done.skipped:
        raise Failed(f"{counted(len(done.skipped), 'record')} {'was' if len(done.skipped) == 1 else 'were'} not tried")


def _place(text: str) -> tuple[int, int]:
    match = ID.fullmatch(text)
    if match is None:
        raise click.UsageError(f"{text!r} is no ID: expected PARTITION:POSITION, such as 0:17.")
    return int(match[1]), int(match[2])


def _lines(record: "DeadRecord") -> str:
    """A record in a few lines for people; what it holds may be anything, so it is quoted."""
    value = record.value or b""
    begins = f", begins {value[:SHOWN_BYTES]!r}" if len(value) > SHOWN_BYTES else f": {value!r}"
    retried = f", tried again {_time(record.retried_ms)}" if record.retried_ms is not None else ""
    return (
        f"{record.partition}:{record.position}  {record.reason}: {record.detail}\n"
        f"    appended {_time(record.timestamp_ms)}, set aside {_time(record.dead_ms)}{retried}\n"
        f"    key {record.key!r}, {len(value):,} bytes{begins}"
    )


def _document(record: "DeadRecord") -> dict[str, object]:
    return {
        "id": f"{record.partition}:{record.position}",
        "reason": record.reason,
        "detail": record.detail,
        "appended_at": _time(record.timestamp_ms),
        "dead_at": _time(record.dead_ms),
        "retried_at": None if record.retried_ms is None else _time(record.retried_ms),
        "key": _base64(record.key),
        "value": _base64(record.value),
        "headers": [[name, _base64(value)] for name, value in record.headers],
    }


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
