"""`puas period`: close a period, look at what was closed, check it, and note where it was put up."""

import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from puas.failures import Failed
from schemas.violation import printable

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from readmodel.closings import Closing

WEIGHTS = ("exact", "0.1111", "0.111", "0.11", "0.071")


@click.group(
    epilog="""\b
Examples:
  puas period close ult-bbpmp-jatim 2026-Q3 --note "Approved by the head of office"
  puas period list
  puas period show ult-bbpmp-jatim 2026-Q3
  puas period check
  puas period close ult-bbpmp-jatim 2026-Q3 --revise
  puas period post ult-bbpmp-jatim 2026-Q3 "Papan informasi lobi" --on 2026-10-05
"""
)
def period() -> None:
    """Close periods, so that published figures stay.

    A period is a unit's year (2026), half-year (2026-S2), quarter (2026-Q3) or month (2026-09) that has ended.
    Closing freezes its counts, its figures and the rules that made them. What arrives later is told beside them and
    changes them only by a revision, which has a number.
    """


@period.command()
@click.argument("unit")
@click.argument("label", metavar="PERIOD")
@click.option("--note", help="Why, or who approved it; kept with the closing.")
@click.option(
    "--weights", type=click.Choice(WEIGHTS), help="Weight convention of the figures; else the questionnaires'."
)
@click.option("--revise", is_flag=True, help="Replace a closing by a new revision; the old one is kept.")
def close(unit: str, label: str, note: str | None, weights: str | None, revise: bool) -> None:
    """Freeze PERIOD of UNIT as it is counted now."""
    from readmodel.closings import AlreadyClosed, NothingToRevise, NotOver, WouldRevise, close_period
    from satisfaction.index import BadWeights
    from satisfaction.periods import BadPeriod

    with _database() as engine:
        try:
            made = close_period(
                engine, unit, label, by=_me(), now=datetime.now(UTC), note=note, weights=weights, revise=revise
            )
        except BadPeriod:
            raise click.UsageError(f"{label!r} is no period to close: 2026, 2026-S2, 2026-Q3 or 2026-09.") from None
        except AlreadyClosed as error:
            raise Failed(f"{error}; --revise makes a new revision") from None
        except WouldRevise as error:
            raise Failed(f"closed already, {error}; --revise makes new revisions of them too") from None
        except (LookupError, NotOver, NothingToRevise, BadWeights) as error:
            raise Failed(str(error.args[0])) from None
    for closing in made:
        click.echo(f"Closed {closing.period} of {unit}: revision {closing.revision}.")
        click.echo(_figures(closing))


@period.command(name="list")
@click.argument("unit", required=False)
def listed(unit: str | None) -> None:
    """List every closing, of UNIT or of all."""
    from rich.console import Console
    from rich.table import Table

    from readmodel.closings import closings
    from readmodel.database import reading

    with _database() as engine, reading(engine) as conn:
        found = closings(conn, unit)
    if not found:
        click.echo("Nothing is closed yet.", err=True)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("unit", "period", "revision", "closed", "by", "IKM", "digest", "note"):
        table.add_column(heading, justify="right" if heading in ("revision", "IKM") else "left", overflow="fold")
    for each in found:
        shown = [each.unit, each.period, str(each.revision), _day(each), each.closed_by, _ikm(each), each.digest[:12]]
        table.add_row(*(printable(text) for text in [*shown, each.note or ""]))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@period.command()
@click.argument("unit")
@click.argument("label", metavar="PERIOD")
@click.option("--revision", type=click.IntRange(min=1), help="An earlier one; else the one in force.")
@click.option("--json", "as_json", is_flag=True, help="All of it, for machines.")
def show(unit: str, label: str, revision: int | None, as_json: bool) -> None:
    """Print a closing: its figures and the rules that made them."""
    with _database() as engine:
        found = _found(engine, unit, label, revision)
    if as_json:
        click.echo(json.dumps(_document(found), indent=2, ensure_ascii=False))
        return
    click.echo(f"{found.period} of {found.unit}, revision {found.revision}")
    click.echo(f"closed {_day(found)} by {printable(found.closed_by)}" + _note(found))
    click.echo(f"rules: misuse {found.rules['misuse']}, catalog version {found.rules['catalog']}")
    click.echo(f"log positions: {', '.join(f'{each}: {at}' for each, at in sorted(found.positions.items())) or 'none'}")
    click.echo(f"digest of the responses: {found.digest}")
    click.echo(_figures(found))


@period.command()
@click.argument("unit", required=False)
def check(unit: str | None) -> None:
    """Make closed figures again from the responses.

    Every closing in force, of UNIT or of all, is made again and compared. Ends with exit code 1 when one of them can't
    be made again.
    """
    from readmodel.closing_check import verify
    from readmodel.closings import closings
    from readmodel.database import reading

    broken = 0
    with _database() as engine, reading(engine) as conn:
        in_force = {(each.unit, each.period): each for each in closings(conn, unit)}
        for closing in in_force.values():
            found = verify(conn, closing)
            broken += not found.holds
            told = (
                "can be made again" if found.holds else "CAN'T BE MADE AGAIN: " + _why(found.responses, found.figures)
            )
            late = f"; {found.late} arrived since" if found.late else ""
            click.echo(f"{closing.unit} {closing.period} revision {closing.revision}: {told}{late}")
    if not in_force:
        click.echo("Nothing is closed yet.", err=True)
    if broken:
        raise Failed(f"{broken} of {len(in_force)} closings can't be made again")


@period.command()
@click.argument("unit")
@click.argument("label", metavar="PERIOD")
@click.argument("place")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day it was put up; else today.")
def post(unit: str, label: str, place: str, day: datetime | None) -> None:
    """Note that a closed period's result was put up at PLACE, on paper, for visitors to read."""
    from readmodel.catalog import load_catalog
    from readmodel.database import reading, writing
    from readmodel.postings import Posting, days_to_post, postings
    from readmodel.postings import post as keep

    if not place.strip():
        raise click.UsageError('PLACE is empty: say where, such as "Papan informasi lobi".')
    with _database() as engine:
        _found(engine, unit, label, None)
        with reading(engine) as conn:
            office = load_catalog(conn)[1].unit(unit)
        if office is None:
            raise Failed(f"the catalog has no unit {printable(unit)}")
        first, today = days_to_post(office, label, datetime.now(UTC))
        on = today if day is None else day.date()
        if not first <= on <= today:
            raise Failed(f"the result of {label} can't have been put up on {on}: give a day from {first} to {today}")
        made = Posting(unit=unit, period=label, place=place.strip(), posted_on=on.isoformat(), posted_by=_me())
        with writing(engine) as conn:
            keep(conn, made)
        with reading(engine) as conn:
            found = postings(conn, unit, label)
    for each in found:
        click.echo(
            f"{each.unit} {each.period}: {printable(each.place)}, {each.posted_on} ({printable(each.posted_by)})"
        )


@contextmanager
def _database() -> "Iterator[Engine]":
    from puas.wiring import database, load_settings, prepare_data_dir

    settings = load_settings()
    prepare_data_dir(settings)
    with database(settings) as engine:
        yield engine


def _found(engine: "Engine", unit: str, label: str, revision: int | None) -> "Closing":
    from readmodel.closings import closings
    from readmodel.database import reading

    with reading(engine) as conn:
        found = [each for each in closings(conn, unit, label) if revision in (None, each.revision)]
    if not found:
        which = "" if revision is None else f" revision {revision} of"
        raise Failed(f"there is no{which} closing of {label} of {printable(unit)}; `puas period list` lists them")
    return found[-1]


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "puas"


def _day(closing: "Closing") -> str:
    return datetime.fromtimestamp(closing.closed_ms / 1000, UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def _note(closing: "Closing") -> str:
    return f": {printable(closing.note)}" if closing.note else ""


def _why(responses: bool, figures: bool) -> str:
    reasons = {"its responses are not those it counted": responses, "its counts give other figures": figures}
    return " and ".join(reason for reason, holds in reasons.items() if not holds)


def _ikm(closing: "Closing") -> str:
    """The unit's IKM, by the regulation's questionnaire; else by the first that has one."""
    from reporting.report_reading import DEFAULT_INSTRUMENT

    made = closing.rules["instruments"]
    ordered = sorted(made, key=lambda instrument: instrument != DEFAULT_INSTRUMENT)
    whole = [made[instrument]["figures"][0]["ikm"] for instrument in ordered]
    return next((ikm for ikm in whole if ikm is not None), "-")


def _figures(closing: "Closing") -> str:
    lines = []
    for instrument, made in closing.rules["instruments"].items():
        lines.append(f"{instrument} (weights {made['weights']})")
        for each in made["figures"]:
            figure = _figure(each, banded=made["bands"] is not None)
            # The interval is one of IKM or NPS; beside an index it would be on another scale.
            told = each["interval"] if made["bands"] is not None or each["nps"] is not None else None
            interval = f" [{told[0]}, {told[1]}]" if told else ""
            left_out = f", {each['excluded']} left out" if each["excluded"] else ""
            name = each["service"] or "whole unit"
            lines.append(f"  {name:<32} {figure}{interval}  n = {each['n']}{left_out}")
    return "\n".join(lines) or "No response was counted in it."


def _figure(figure: Mapping[str, Any], banded: bool) -> str:
    """What the questionnaire is published as: an IKM with its letter, an index, a net promoter score."""
    if figure["nps"] is not None:
        return f"NPS {figure['nps']}"
    if not banded and figure["index"] is not None:
        return f"index {figure['index']}"
    return f"IKM {figure['ikm']} {figure['band']}" if figure["ikm"] is not None else "no answers"


def _document(closing: "Closing") -> dict[str, object]:
    return {
        "unit": closing.unit,
        "period": closing.period,
        "revision": closing.revision,
        "closed_at": _day(closing),
        "closed_by": closing.closed_by,
        "note": closing.note,
        "log_id": closing.log_id,
        "positions": {str(each): at for each, at in sorted(closing.positions.items())},
        "digest": closing.digest,
        "rules": closing.rules,
    }
