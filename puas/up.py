"""`puas up`: everything in one command."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import click

from puas.failures import BRAKED
from puas.wiring import load_settings, masked

if TYPE_CHECKING:
    from runtime.settings import Settings

BRAKE_MESSAGE = (
    "it stopped itself because too many records in a row can't be counted. Feedback is still collected; counting "
    "goes on when the cause is put right and `puas up` is started again."
)
COLOURS = {"api": "cyan", "consumer": "magenta", "catalog": "blue", "puas": "green"}
WIDE = 500
WIDTH = max(len(name) for name in COLOURS)


@click.command(
    epilog="""\b
Examples:
  puas up
  PUAS_PORT=9000 PUAS_DATA_DIR=/srv/puas puas up
  PUAS_CATALOG=catalog.yaml puas up
\b
Exit codes: 0 stopped by Ctrl-C or SIGTERM; 2 a setting is wrong or a port is in use.
"""
)
def up() -> None:
    """Start everything: intake, pages, consumer, metrics. Ctrl-C stops it.

    Runs `puas api` and `puas consume` and keeps them running: one that dies is started again and the reason is
    shown. Without any setting, data is kept in ./var and, when there is no catalog yet, the example catalog is
    applied.
    """
    from puas.child import Program
    from puas.ports import require_free
    from puas.supervisor import Supervisor

    settings = load_settings()
    _warn_of_unknown_variables()
    require_free(settings.host, settings.port, "PUAS_PORT")
    require_free(settings.host, settings.metrics_port, "PUAS_METRICS_PORT")
    programs = [Program("api", ("api",)), Program("consumer", ("consume",), {BRAKED: BRAKE_MESSAGE})]
    stop = threading.Event()
    # Ctrl-C and SIGTERM are the same wish, also before the supervisor listens for them.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        prepare = ("prepare",) if settings.catalog is None else ("prepare", "--catalog", str(settings.catalog))
        if not _prepared(prepare):
            programs.append(Program("catalog", prepare, {0: ""}))
        _announce_when_ready(settings, stop)
        Supervisor(programs, _say, _pass_on).run()
    stop.set()
    _say("Stopped.")


def _prepared(arguments: tuple[str, ...]) -> bool:
    """Whether the database is ready to work with. One that is away is no reason not to start: the intake does without.

    Ends the program when a setting is wrong.
    """
    command = [sys.executable, "-m", "puas", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)  # noqa: S603 - ourselves
    if done.returncode not in (0, 1):
        click.echo(done.stderr, err=True, nl=False)
        sys.exit(done.returncode)
    for line in (done.stdout or done.stderr).splitlines():
        _say(line.replace("puas: ", "Going on without the database for now: ", 1))
    return done.returncode == 0


def _warn_of_unknown_variables() -> None:
    from runtime.settings import unknown_variables

    for name in unknown_variables(os.environ):
        _say(f"Warning: {name} is set, but nothing reads a variable of that name.")


def _announce_when_ready(settings: "Settings", stop: threading.Event) -> None:
    from puas.readiness import base_url, wait_until_ready

    api = base_url(settings.host, settings.port)
    consumer = base_url(settings.host, settings.metrics_port)
    addresses = {"api": f"{api}/readyz", "consumer": f"{consumer}/readyz"}
    arguments = (addresses, _say, lambda: _announce(settings, api, consumer), stop)
    threading.Thread(target=wait_until_ready, args=arguments, daemon=True).start()


def _announce(settings: "Settings", api: str, consumer: str) -> None:
    """Print the addresses; they answer by now."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.table import Table

    from puas.operator_key import FILE

    console = Console(highlight=False)
    key = _operator_key(settings, api)
    kept = f"{api}/sign-in (the key is in {settings.data_dir / FILE})" if key and not console.is_terminal else ""
    rows = [("Board", f"{api}/"), ("Sign in", kept), ("Kiosk", _kiosk(api)), ("API", f"{api}/v1/feedback")]
    rows += [("Metrics", f"{api}/metrics"), ("", f"{consumer}/metrics")]
    rows += [("Log", masked(settings.event_log)), ("Database", masked(settings.database))]
    table = Table.grid(padding=(0, 3))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in rows:
        if value:
            table.add_row(name, value)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    console.print(Panel(table, title="Puas is running", subtitle="Ctrl-C stops it", expand=False))
    if key and console.is_terminal:
        # Longer than most terminals are wide: on a line of its own it can still be clicked and copied. Other outputs
        # may be kept where others read them, so they are not told the key.
        console.print(f"Sign in as its operator:\n{api}/sign-in#{key}", soft_wrap=True)


def _operator_key(settings: "Settings", api: str) -> str | None:
    """The operator's key, if its file is there and it still opens anything."""
    from puas.operator_key import operator_key
    from puas.readiness import answers

    key = operator_key(settings)
    return key if key is not None and answers(f"{api}/board/figures", key) else None


def _kiosk(api: str) -> str:
    """The address of a kiosk page, the first there is; empty when the catalog has none."""
    from puas.readiness import NoAnswer, answers, get_json

    try:
        document: Any = get_json(f"{api}/v1/catalog")
    except NoAnswer:
        return ""
    found = [touchpoint for unit in document["units"] for touchpoint in unit["touchpoints"]]
    kiosks = (each["id"] for each in found if each["channel"] == "kiosk" and not each.get("retired"))
    return next((url for kiosk in kiosks if answers(url := f"{api}/k/{kiosk}")), "")


def _say(sentence: str) -> None:
    _pass_on("puas", sentence)


def _pass_on(name: str, line: str) -> None:
    """A line under its program's name, on stderr; nobody reading any more is no reason to stop."""
    try:
        click.echo(f"{click.style(f'{name:<{WIDTH}} │', fg=COLOURS.get(name))} {line}", err=True)
    except OSError:
        return
