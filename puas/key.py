"""`puas key`: who may see what is not public, export responses and close periods."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from puas.failures import Failed
from schemas.violation import printable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from readmodel.keys import Key

SCOPES = ("read", "export", "close")
WIDE = 500


@click.group(
    epilog="""\b
Examples:
  puas key create "Quality team" --scope read --scope export
  puas key create "Makassar" --scope read --unit ult-makassar --expires 2027-12-31
  puas key list
  puas key revoke 3f2a91c04b7d
"""
)
def key() -> None:
    """Make, list and revoke keys.

    A key opens what the catalog does not make public. Programs send it as `Authorization: Bearer KEY`; people
    sign in with it at /sign-in. A revoked key opens nothing from the next request on.
    """


@key.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="What it allows, repeatable: read (every figure), export (responses with comments), close (closing periods).",
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="UNIT",
    help="A unit it covers, with those below; repeatable. Without any it covers every unit.",
)
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day, by this machine's clock, on which it opens anything.",
)
def create(name: str, scopes: tuple[str, ...], units: tuple[str, ...], expires: datetime | None) -> None:
    """Make a key and print it, this once.

    NAME says whose it is, so that it can be revoked when they leave. Only a hash of the key is kept.
    """
    from readmodel.keys import create_key

    if not name.strip():
        raise click.UsageError("NAME is empty: say whose key it is.")
    now_ms = _now_ms()
    expires_ms = None if expires is None else _end_of(expires)
    if expires_ms is not None and expires_ms <= now_ms:
        raise click.UsageError(f"--expires {expires:%Y-%m-%d} has passed.")
    with _database() as connection:
        _require_units(connection, units)
        made, text = create_key(connection, name.strip(), scopes, units or None, now_ms, expires_ms)
    covered = ", ".join(sorted(made.units)) if made.units else "all units"
    click.echo(f"Key {made.key_id} for {printable(made.name)}: {', '.join(_ordered(made))}; {covered}.", err=True)
    click.echo("It is shown only now: keep it like a password.", err=True)
    click.echo(text)


@key.command(name="list")
def list_() -> None:
    """Show every key there has been, without its secret."""
    from rich.console import Console
    from rich.table import Table

    from readmodel.keys import list_keys

    with _database() as connection:
        found = list_keys(connection)
    if not found:
        click.echo('There is no key yet: `puas key create "Quality team" --scope read`')
        return
    table = Table("Id", "Name", "Scopes", "Units", "Created", "Expires", "State")
    now_ms = _now_ms()
    for one in found:
        table.add_row(
            one.key_id,
            printable(one.name),
            ", ".join(_ordered(one)),
            "all" if one.units is None else ", ".join(sorted(one.units)),
            _day(one.created_ms),
            "never" if one.expires_ms is None else _day(one.expires_ms - 1),
            _state(one, now_ms),
        )
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=WIDE)
    console.print(table)


@key.command()
@click.argument("key_id", metavar="ID")
def revoke(key_id: str) -> None:
    """Let the key of this ID (see `puas key list`) open nothing any more, for good."""
    from readmodel.keys import list_keys, revoke_key

    with _database() as connection:
        if revoke_key(connection, key_id, _now_ms()):
            (name,) = (one.name for one in list_keys(connection) if one.key_id == key_id)
            click.echo(f"Revoked: key {key_id} of {printable(name)} opens nothing any more.")
            return
        known = any(one.key_id == key_id for one in list_keys(connection))
    shown = printable(key_id)
    raise Failed(f"key {shown} was revoked before" if known else f"there is no key {shown}: see `puas key list`")


@contextmanager
def _database() -> "Iterator[Connection]":
    from puas.wiring import database, load_settings, prepare_data_dir
    from readmodel.database import writing

    settings = load_settings()
    prepare_data_dir(settings)
    with database(settings) as engine, writing(engine) as connection:
        yield connection


def _require_units(connection: "Connection", units: tuple[str, ...]) -> None:
    from readmodel.catalog import load_catalog

    _version, catalog = load_catalog(connection)
    unknown = [printable(unit) for unit in units if catalog.unit(unit) is None]
    if unknown:
        known = ", ".join(unit.id for unit in catalog.units) or "none: `puas catalog apply FILE` comes first"
        raise Failed(f"the catalog has no unit {', '.join(unknown)}; its units are {known}")


def _ordered(one: "Key") -> list[str]:
    return [scope for scope in SCOPES if scope in one.scopes]


def _state(one: "Key", now_ms: int) -> str:
    if one.revoked_ms is not None:
        return f"revoked {_day(one.revoked_ms)}"
    return "in force" if one.stands(now_ms) else "expired"


def _end_of(day: datetime) -> int:
    """The first moment after this day here."""
    from datetime import timedelta

    return round((day + timedelta(days=1)).astimezone().timestamp() * 1000)


def _day(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000).astimezone():%Y-%m-%d}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
