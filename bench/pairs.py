"""Puas, API and one consumer, on each pair of event log and database."""

from dataclasses import dataclass

from bench.ground import Ground
from bench.plan import Plan
from bench.programs import Program, status
from tests.servers.ports import free_port
from tests.system.installation import CATALOG

PAIRS = (("SQLite", "SQLite"), ("Kafka", "PostgreSQL"))


@dataclass(frozen=True, slots=True)
class Running:
    """`puas up`: where it answers, and the database it counts into."""

    program: Program
    port: int
    metrics_port: int
    database: str


def start(ground: Ground, plan: Plan, log_kind: str, database_kind: str) -> Running:
    """`puas up` on a new log and a new database, ready; it ends with the ground, if not before."""
    port, metrics_port, database = free_port(), free_port(), ground.database(database_kind)
    variables = {
        "PUAS_DATA_DIR": str(ground.folder("data")),
        "PUAS_PORT": str(port),
        "PUAS_METRICS_PORT": str(metrics_port),
        "PUAS_CATALOG": str(CATALOG),
        "PUAS_EVENT_LOG": ground.event_log(log_kind),
        "PUAS_DATABASE": database,
        **plan.sizes,
    }
    program = Program(["puas", "up"], ground.folder("up"), variables)
    ground.stack.callback(program.stop)
    program.wait_until(lambda: status(port, "/readyz") == 200 and status(metrics_port, "/readyz") == 200)
    return Running(program, port, metrics_port, database)
