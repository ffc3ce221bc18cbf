"""`puas doctor`: what is configured, reachable, behind."""

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

import click

from puas.wiring import load_settings, masked

if TYPE_CHECKING:
    from puas.checks import Check
    from runtime.settings import Settings

PATIENCE = 12.0
COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|JAAS")

Found = TypeVar("Found")


@click.command(
    epilog="""\b
Each line begins with ok, warn (somebody should look) or fail (feedback is not collected or not counted).
Exit codes: 0 nothing failed; 1 something failed; 2 a setting is wrong.
"""
)
def doctor() -> None:
    """Show the settings, and check everything they name.

    Looks at the data folder, event log, database, schema, catalog, lag, spool, dead letters and the two
    processes. Changes nothing, needs nothing to run, takes seconds at most. Passwords are not shown.
    """
    settings = load_settings()
    _show_settings()
    click.echo(click.style("\nChecks", bold=True))
    failed = False
    for check in _checks(settings):
        failed |= check.status == "fail"
        click.echo(f"  {click.style(f'{check.status:<4}', fg=COLOURS[check.status])}  {check.name:<13} {check.text}")
    sys.exit(1 if failed else 0)


def _show_settings() -> None:
    from runtime.settings import KAFKA_PREFIX, Environment, unknown_variables

    click.echo(click.style("Settings", bold=True))
    kafka = sorted(name for name in os.environ if name.startswith(KAFKA_PREFIX))
    declared = {str(field.data_key): field.load_default for field in Environment().fields.values()}
    for name in (*declared, *kafka):
        given = os.environ.get(name, "").strip()
        shown = "***" if given and SECRET.search(name) else masked(given)
        default = declared.get(name)
        if not given:
            shown = click.style("not set" if default is None else f"{default} (default)", dim=True)
        click.echo(f"  {name:<22} {shown}")
    for name in unknown_variables(os.environ):
        click.echo(f"  {name:<22} {click.style('nothing reads a variable of this name', fg='yellow')}")


def _checks(settings: "Settings") -> "Iterator[Check]":
    """Everything that takes time is asked at once, so that the slowest decides how long it takes."""
    from puas import backend_checks, checks

    asked_log = _ask(lambda: backend_checks.log_state(settings))
    asked_database = _ask(lambda: backend_checks.database_state(settings))
    asked_processes = [_ask(lambda: checks.api(settings)), _ask(lambda: checks.consumer(settings))]
    yield checks.versions()
    yield checks.data_folder(settings)
    yield checks.secret(settings)
    yield from checks.catalog_file(settings)
    log = _answered("event log", asked_log)
    yield backend_checks.log_check(settings, log) if isinstance(log, backend_checks.LogState) else log
    database = _answered("database", asked_database)
    if isinstance(database, backend_checks.DatabaseState):
        yield from database.checks
        if isinstance(log, backend_checks.LogState):
            yield backend_checks.lag_check(log, database.counted)
    else:
        yield database
    yield checks.spool(settings)
    for asked in asked_processes:
        yield asked.result(PATIENCE)


def _answered(name: str, answer: "Future[Found]") -> "Found | Check":
    """What was found or, instead, the line that says why nothing was."""
    from puas.backend_checks import Unusable
    from puas.checks import Check

    try:
        return answer.result(PATIENCE)
    except Unusable as unusable:
        return unusable.check
    except TimeoutError:
        return Check("fail", name, f"no answer within {PATIENCE:g} s")


def _ask(question: Callable[[], Found]) -> "Future[Found]":
    """The answer to come, from a thread that the end of the program does not wait for."""
    answer: Future[Found] = Future()

    def run() -> None:
        try:
            answer.set_result(question())
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer
