"""The catalog that a start brings: PUAS_CATALOG or, under `puas up`, the example where there is none yet."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from puas.catalog import EXAMPLE, Invalid, applied_catalog, apply_to, read, summary
from puas.failures import Failed, Misconfigured
from puas.parent import supervised
from puas.wiring import check_addresses, load_settings, prepare_data_dir, require_secret

if TYPE_CHECKING:
    from runtime.settings import Settings
    from schemas.catalog import Catalog


@click.command(hidden=True)
@click.option("--catalog", type=click.Path(path_type=Path))
@supervised
def prepare(catalog: Path | None) -> None:
    """Check addresses and secret, bring the schema up to date, apply `catalog` or, to an empty database, the example.

    On the embedded default also make the first key, the operator's.

    A process of its own, so that the supervisor never holds what this needs in memory. Ends with 1 when the database
    is away: to be tried again.
    """
    settings = load_settings()
    prepare_data_dir(settings)
    check_addresses(settings)
    require_secret(settings)
    if settings.embedded:
        _make_first_key(settings)
    if catalog is not None:
        click.echo(_apply(settings, catalog, _wanted(catalog)))
        return
    version, applied = applied_catalog(settings)
    if version:
        click.echo(f"Catalog: version {version}, {summary(applied)}.")
        return
    example = read(EXAMPLE)
    apply_to(settings, example, EXAMPLE)
    click.echo(
        f"The catalog was empty: applied the example, {summary(example)}. "
        "Make it yours: `puas catalog show > catalog.yaml`, edit, `puas catalog apply catalog.yaml`."
    )


def apply_if_possible(settings: "Settings", path: Path, say: Callable[[str], None]) -> None:
    """Apply PUAS_CATALOG once, saying so, or saying that the database is away. Raises Misconfigured."""
    wanted = _wanted(path)
    try:
        say(_apply(settings, path, wanted))
    except Misconfigured:
        raise
    except Failed as error:
        say(f"PUAS_CATALOG is not applied: {error.message}")


def _make_first_key(settings: "Settings") -> None:
    from puas.operator_key import make_first_key

    path = make_first_key(settings)
    if path is not None:
        click.echo(f"No key was there yet: made the operator's, which opens everything. It is kept in {path}.")


def _wanted(path: Path) -> "Catalog":
    try:
        return read(path)
    except Invalid as error:
        raise _faulty(error) from None


def _faulty(error: Invalid) -> Misconfigured:
    return Misconfigured("PUAS_CATALOG names a file with faults:\n" + "\n".join(error.messages))


def _apply(settings: "Settings", path: Path, wanted: "Catalog") -> str:
    try:
        applied = apply_to(settings, wanted, path)
    except Invalid as error:
        raise _faulty(error) from None
    done = "applied as" if applied.changed else "is already applied as"
    return f"Catalog: {path} {done} version {applied.version}, {summary(wanted)}."
