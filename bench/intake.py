"""Intake: how many feedbacks a second are acknowledged, next to an echo under the same server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.fastapi_aiokafka import SERVERS, TOPIC
from bench.ground import Ground
from bench.plan import Plan
from bench.programs import Program, status
from bench.rows import Row, Section
from bench.wrk import Load, load
from eventlog.opening import open_log
from feedback_api.worker import Worker
from tests.servers.ports import free_port
from tests.system.installation import Installation


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that takes feedback on `port`; `event_log` is where what it acknowledged must be found."""

    name: str
    port: int
    event_log: str | None


def measure(ground: Ground, plan: Plan, say: Callable[[str], None]) -> Section:
    """Requests a second in a closed loop. Raises when a request is refused or an acknowledged one is not in the log."""
    starts = (_start_echo, _start_puas_kafka, _start_puas_sqlite, _start_fastapi)
    contenders = [start(ground, plan) for start in starts]
    loads: dict[str, list[Load]] = {contender.name: [] for contender in contenders}
    for number in range(plan.rounds):
        for contender in contenders:
            say(f"intake, round {number + 1}: {contender.name}")
            loads[contender.name].append(_measured(contender, plan))
    echo = loads[contenders[0].name]
    return Section(
        f"Intake, {plan.connections} connections, {plan.workers} processes",
        "the echo",
        [_row(name, found, echo) for name, found in loads.items()],
    )


def _row(name: str, found: Sequence[Load], echo: Sequence[Load]) -> Row:
    return Row(
        what=name,
        unit="/s",
        values=[one.per_second for one in found],
        ratios=[one.per_second / yardstick.per_second for one, yardstick in zip(found, echo, strict=True)],
        p50_ms=[one.p50_ms for one in found],
        p99_ms=[one.p99_ms for one in found],
    )


def _measured(contender: Contender, plan: Plan) -> Load:
    load(contender.port, plan.connections, plan.warm_up)
    before = _appended(contender)
    found = load(contender.port, plan.connections, plan.seconds)
    kept = _appended(contender) - before
    if contender.event_log and kept < found.requests:
        raise RuntimeError(f"{contender.name} acknowledged {found.requests} feedbacks and kept {kept}")
    return found


def _appended(contender: Contender) -> int:
    if contender.event_log is None:
        return 0
    log = open_log(contender.event_log)
    try:
        return sum(log.ends().values())
    finally:
        log.close()


def _start_echo(ground: Ground, plan: Plan) -> Contender:
    port = free_port()
    worker = f"{Worker.__module__}.{Worker.__qualname__}"
    sizes = ["--workers", str(plan.workers), "--threads", str(plan.threads)]
    options = ["-k", worker, "--keep-alive", "20", "--no-control-socket", "-b", f"127.0.0.1:{port}"]
    _start(["gunicorn", *sizes, *options, "bench.echo:create_app()"], port, ground, {})
    return Contender("Flask echo", port, None)


def _start_puas_kafka(ground: Ground, plan: Plan) -> Contender:
    return _start_puas("Puas on Kafka, acks=all", ground.event_log("Kafka"), ground, plan)


def _start_puas_sqlite(ground: Ground, plan: Plan) -> Contender:
    return _start_puas("Puas on the embedded log", ground.event_log("SQLite"), ground, plan)


def _start_puas(name: str, event_log: str, ground: Ground, plan: Plan) -> Contender:
    installation = Installation(ground.folder("puas"), event_log, ground.database("SQLite"), **plan.sizes)
    ground.stack.callback(installation.close)
    installation.start_api()
    return Contender(name, installation.port, event_log)


def _start_fastapi(ground: Ground, plan: Plan) -> Contender:
    port, topic = free_port(), ground.topic()
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(plan.workers)]
    arguments = ["uvicorn", "bench.fastapi_aiokafka:create_app", "--factory", "--no-access-log", *where]
    _start(arguments, port, ground, {SERVERS: ground.broker.address, TOPIC: topic})
    return Contender("FastAPI + aiokafka, acks=all", port, f"kafka://{ground.broker.address}/{topic}")


def _start(arguments: list[str], port: int, ground: Ground, variables: dict[str, str]) -> None:
    program = Program(arguments, ground.folder("program"), variables)
    ground.stack.callback(program.stop)
    program.wait_until(lambda: status(port, "/") != 0)
