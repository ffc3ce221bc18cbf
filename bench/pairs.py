"""Puas on each pair of event log and database, started as an operator does."""

from dataclasses import dataclass

from bench.ground import Ground
from bench.plan import Plan
from bench.programs import Program, status
from tests.servers.ports import free_port
from tests.system.installation import CATALOG

PAIRS = (("SQLite", "SQLite"), ("Kafka", "PostgreSQL"))


@dataclass(frozen=True, slots=True)
class Running:
    """Where a running Puas answers, and the database it counts into."""

    program: Program
    port: int
    metrics_port: int
    database: str


def start(ground: Ground, plan: Plan, event_log: str, database: str, command: str = "up") -> Running:
    """`puas up`, or `puas api` alone, ready; it ends with the ground, if not before."""
    port, metrics_port = free_port(), free_port()
    variables = {
        "PUAS_PORT": str(port),
        "PUAS_METRICS_PORT": str(metrics_port),
        "PUAS_DATA_DIR": str(ground.folder("data")),
        "PUAS_CATALOG": str(CATALOG),
        "PUAS_EVENT_LOG": event_log,
        "PUAS_DATABASE": database,
        "PUAS_SECRET_KEY": "a-secret-of-the-benchmark-and-of-nobody-else",
        **plan.sizes,
    }
    program = Program(["puas", command], ground.folder(command), variables)
    ground.stack.callback(program.stop)
    answering = [port] if command == "api" else [port, metrics_port]
    program.wait_until(lambda: all(status(each, "/readyz") == 200 for each in answering))
    return Running(program, port, metrics_port, database)
