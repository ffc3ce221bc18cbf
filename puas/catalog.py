"""`puas catalog`: check, apply and show the file that says which units, services and touchpoints there are."""

import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from puas.failures import Failed
from schemas.violation import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from readmodel.catalog import Applied
    from runtime.settings import Settings
    from schemas.catalog import Catalog

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXAMPLE = Path(__file__).with_name("catalog.example.yaml")


@click.group(
    epilog="""\b
Examples:
  puas catalog show > catalog.yaml      begin from what is applied
  puas catalog check catalog.yaml
  puas catalog apply catalog.yaml
  puas catalog show --history
"""
)
def catalog() -> None:
    """Check, apply and show what there is to rate.

    The catalog says which units, services and touchpoints there are. Running processes see an applied change
    within seconds. What a new file leaves out is retired: it takes no new feedback, its past stays.
    """


@catalog.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Say what is wrong with FILE, line by line, without applying it.

    Needs no database; questionnaires of your own are compared with those applied if it can be reached. Ends with
    exit code 1 when something is wrong.
    """
    wanted, told = read(file), ""
    if wanted.instruments:
        in_force = _reachable_catalog()
        told = " No applied catalog can be read, so its questionnaires are not compared with those applied."
        if in_force is not None:
            wanted, told = read(file, in_force), " Its questionnaires go with those applied."
    click.echo(f"{printable(str(file))}: {summary(wanted)}. Nothing is wrong with it.{told}")


@catalog.command()
@click.argument("file", type=FILE)
def apply(file: Path) -> None:
    """Make FILE the catalog; the same file again changes nothing."""
    from puas.wiring import load_settings, prepare_data_dir

    settings = load_settings()
    wanted = read(file)
    prepare_data_dir(settings)
    applied = apply_to(settings, wanted, file)
    _tell(applied.changes)
    shown = printable(str(file))
    if applied.changed:
        click.echo(f"Applied {shown} as version {applied.version}: {summary(wanted)}.")
    else:
        click.echo(f"Nothing to change: version {applied.version} already says what {shown} says.")


@catalog.command()
@click.argument("file", type=FILE, required=False)
@click.option("--history", is_flag=True, help="List the versions that were applied, newest first.")
def show(file: Path | None, history: bool) -> None:
    """Print the applied catalog, or how FILE is read.

    As YAML that can be applied; with FILE, defaults are filled in.
    """
    if history and file is not None:
        raise click.UsageError("--history lists what was applied: leave FILE out.")
    if file is not None:
        click.echo(as_yaml(read(file)), nl=False)
        return
    from puas.wiring import load_settings, prepare_data_dir

    settings = load_settings()
    prepare_data_dir(settings)
    if history:
        _show_history(settings)
        return
    version, applied = applied_catalog(settings)
    if version == 0:
        raise Failed("no catalog has been applied yet: `puas catalog apply FILE`")
    click.echo(f"# version {version}: {summary(applied)}")
    click.echo(as_yaml(applied), nl=False)


class Invalid(Failed):
    """A catalog file that describes no catalog: one `file:line: message` a line, for people and editors."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages

    def show(self, file: IO[Any] | None = None) -> None:
        for message in self.messages:
            click.echo(message, file=file, err=file is None)


def read(file: Path, in_force: "Catalog | None" = None) -> "Catalog":
    """The catalog in `file`, which must not change a questionnaire that `in_force` has. Raises Invalid."""
    from readmodel.questionnaires import questionnaires
    from schemas.catalog import EMPTY
    from schemas.catalog_file import CatalogFileInvalid, read_catalog

    try:
        return read_catalog(file, questionnaires(), in_force or EMPTY)
    except CatalogFileInvalid as error:
        raise Invalid(error.messages) from None


def applied_catalog(settings: "Settings") -> "tuple[int, Catalog]":
    """The version number (0: none yet) and the catalog that the database holds."""
    from puas.wiring import database
    from readmodel.catalog import load_catalog
    from readmodel.database import reading

    with database(settings) as engine, reading(engine) as connection:
        return load_catalog(connection)


def apply_to(settings: "Settings", wanted: "Catalog", file: Path) -> "Applied":
    """Apply the catalog read from `file` now. Raises Invalid when it changes a questionnaire that is applied."""
    from puas.wiring import database
    from readmodel.catalog import InstrumentsChanged, apply_catalog, load_catalog
    from readmodel.database import reading, writing

    with database(settings) as engine:
        try:
            with writing(engine) as connection:
                return apply_catalog(connection, wanted, time.time_ns() // 1_000_000)
        except InstrumentsChanged as error:
            with reading(engine) as connection:
                _, in_force = load_catalog(connection)
            read(file, in_force)
            raise Invalid([f"{printable(str(file))}: {error}"]) from None


def _reachable_catalog() -> "Catalog | None":
    """The catalog in force; None where no database is set, there or ready. Makes and changes nothing."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from puas.wiring import load_settings, opened_database
    from readmodel.catalog import load_catalog
    from readmodel.database import DatabaseAway, reading

    try:
        settings = load_settings()
        url = make_url(settings.database)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            return None
        engine = opened_database(settings)
    except (Failed, ArgumentError):
        return None
    try:
        with reading(engine) as connection:
            return load_catalog(connection)[1]
    except (DatabaseAway, DBAPIError):
        return None
    finally:
        engine.dispose()


def summary(shown: "Catalog") -> str:
    """How much is in a catalog, retired things aside."""
    units = [unit for unit in shown.units if not unit.retired]
    services = sum(not service.retired for unit in units for service in unit.services)
    touchpoints = sum(not touchpoint.retired for unit in units for touchpoint in unit.touchpoints)
    own = f", {_count(len(shown.instruments), 'own questionnaire')}" if shown.instruments else ""
    return f"{_count(len(units), 'unit')}, {_count(services, 'service')}, {_count(touchpoints, 'touchpoint')}{own}"


def as_yaml(shown: "Catalog") -> str:
    """The catalog as a file that `puas catalog apply` takes."""
    import yaml

    from schemas.catalog import to_document

    class Indented(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            super().increase_indent(flow, False)

    document = to_document(shown)
    return yaml.dump(document, Dumper=Indented, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)


def _tell(changes: "Iterable[str]") -> None:
    """One line each; a terminal that lacks a character shows "?", for by now the change is made."""
    encoding = sys.stdout.encoding
    for change in changes:
        click.echo("  " + change.encode(encoding, "replace").decode(encoding))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _show_history(settings: "Settings") -> None:
    """The versions, newest first, each with its time (of this machine's zone) and what it changed."""
    from datetime import datetime

    from puas.wiring import database
    from readmodel.catalog import history
    from readmodel.database import reading

    with database(settings) as engine, reading(engine) as connection:
        versions = history(connection)
    for version in reversed(versions):
        applied = datetime.fromtimestamp(version.applied_ms / 1000).astimezone()
        click.echo(f"version {version.version}, {applied:%Y-%m-%d %H:%M:%S %z}")
        _tell(version.changes)
    if not versions:
        raise Failed("no catalog has been applied yet: `puas catalog apply FILE`")
