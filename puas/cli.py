"""The `puas` command: its subcommands, nothing else. What a subcommand needs is imported when it runs."""

from importlib.metadata import version

import click

from puas.catalog import catalog
from puas.dead_letters import dead_letters
from puas.doctor import doctor
from puas.importing import import_rows
from puas.key import key
from puas.period import period
from puas.processes import api, consume
from puas.recompute import recompute
from puas.replay import replay
from puas.report import report
from puas.simulate import simulate
from puas.starting_catalog import prepare
from puas.up import up


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="""\b
First steps:
  puas up                   then open the addresses it prints
  puas simulate             in a second terminal: visitors give feedback
  puas doctor               what is configured, reachable, behind
\b
Settings are environment variables (PUAS_DATA_DIR, PUAS_PORT, …); `puas doctor` shows them with their values.
Exit codes: 0 done; 1 the work failed; 2 wrong usage or setting; 3 the consumer's dead-letter brake.
""",
)
@click.version_option(version("puas"), prog_name="puas", message="%(prog)s %(version)s")
def main() -> None:
    """Collect what visitors think of a public service and turn it into satisfaction indices."""


for command in (
    up,
    api,
    consume,
    catalog,
    key,
    period,
    report,
    simulate,
    replay,
    recompute,
    import_rows,
    dead_letters,
    doctor,
    prepare,
):
    main.add_command(command)
