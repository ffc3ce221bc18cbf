"""`puas api` and `puas consume`: the two processes that `puas up` runs together."""

import sys
from typing import TYPE_CHECKING

import click

from puas.failures import BRAKED
from puas.parent import supervised
from puas.ports import require_free
from puas.wiring import check_addresses, load_settings, prepare_data_dir, require_secret

if TYPE_CHECKING:
    from runtime.settings import Settings


@click.command(
    epilog="""\b
Examples:
  puas api
  PUAS_HOST=0.0.0.0 PUAS_PORT=80 puas api
  PUAS_EVENT_LOG=kafka://broker:9092/feedback PUAS_DATABASE=postgresql+psycopg://puas@db/puas puas api
\b
Exit codes: 0 stopped as asked; 2 a setting is wrong or the port is in use.
"""
)
@supervised
def api() -> None:
    """Run the HTTP process: intake, indices, pages.

    Feedback is answered 202 once it is durable in the event log or, while the log is away, in this host's
    spool. SIGTERM and Ctrl-C finish what is in flight.
    """
    settings = _begin("api")
    require_secret(settings)
    require_free(settings.host, settings.port, "PUAS_PORT")
    if settings.catalog is not None:
        from puas.starting_catalog import apply_if_possible

        apply_if_possible(settings, settings.catalog, _say)
    from feedback_api.server import serve

    serve(settings)


@click.command(
    epilog=f"""\b
Examples:
  puas consume
  puas consume --brake 0        never stop, however many records can't be counted
\b
Exit codes: 0 stopped as asked; 1 failed; 2 a setting is wrong or the port is in use; {BRAKED} the brake.
"""
)
@click.option(
    "--brake",
    type=click.IntRange(min=0),
    metavar="N",
    default=50,
    show_default=True,
    help="Stop with exit code 3 after N records in a row that can't be counted; 0 never stops.",
)
@supervised
def consume(brake: int) -> None:
    """Run the consumer: count feedback, serve metrics.

    Projects the event log into the read model. Any number of consumers may run; they share the log's partitions.
    SIGTERM and Ctrl-C finish the batch in hand.
    """
    settings = _begin("consumer")
    require_free(settings.host, settings.metrics_port, "PUAS_METRICS_PORT")
    from consumers.process import consume as run

    sys.exit(run(settings, brake))


def _begin(process: str) -> "Settings":
    """What both do first: settings, logs, data folder, addresses."""
    settings = load_settings(process)
    prepare_data_dir(settings)
    check_addresses(settings)
    return settings


def _say(sentence: str) -> None:
    import structlog

    structlog.get_logger().info(sentence)
