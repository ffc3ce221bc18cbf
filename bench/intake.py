"""Intake: how many feedbacks a second are acknowledged, next to an echo under the same server."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.family import cpu_seconds
from bench.fastapi_aiokafka import SERVERS, TOPIC
from bench.ground import Ground
from bench.pairs import start
from bench.plan import Plan
from bench.programs import Program, status
from bench.rows import Row, Section
from bench.wrk import Load, load
from eventlog.opening import open_log
from feedback_api.worker import Worker
from tests.servers.ports import free_port


@dataclass(frozen=True, slots=True)
class Contender:
    """A server, process `pid`, that takes feedback on `port`; what it acknowledged must be found in `event_log`."""

    name: str
    pid: int
    port: int
    event_log: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One contender's load in one round, and the processor time that the server took per request."""

    load: Load
    cpu_us: float


def measure(ground: Ground, plan: Plan, say: Callable[[str], None]) -> Section:
    """Requests a second in a closed loop. Raises when a request is refused or an acknowledged one is not in the log."""
    enter = (_start_echo, _start_puas_kafka, _start_puas_sqlite, _start_fastapi)
    contenders = [each(ground, plan) for each in enter]
    runs: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for number in range(plan.rounds):
        for contender in contenders:
            say(f"intake, round {number + 1}: {contender.name}")
            runs[contender.name].append(_measured(contender, plan))
    echo = runs[contenders[0].name]
    return Section(
        f"Intake, {plan.connections} connections, {plan.workers} processes",
        "the echo",
        [_row(name, found, echo) for name, found in runs.items()],
    )


def _row(name: str, found: Sequence[Run], echo: Sequence[Run]) -> Row:
    return Row(
        what=name,
        unit="/s",
        values=[run.load.per_second for run in found],
        ratios=[run.load.per_second / yardstick.load.per_second for run, yardstick in zip(found, echo, strict=True)],
        cpu_us=[run.cpu_us for run in found],
        p50_ms=[run.load.p50_ms for run in found],
        p99_ms=[run.load.p99_ms for run in found],
    )


def _measured(contender: Contender, plan: Plan) -> Run:
    load(contender.port, plan.connections, plan.warm_up)
    before, used = _appended(contender), cpu_seconds(contender.pid)
    found = load(contender.port, plan.connections, plan.seconds)
    used = cpu_seconds(contender.pid) - used
    kept = _appended(contender) - before
    if contender.event_log and kept < found.requests:
        raise RuntimeError(f"{contender.name} acknowledged {found.requests} feedbacks and kept {kept}")
    return Run(found, used * 1e6 / found.requests)


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
    program = _start(["gunicorn", *sizes, *options, "bench.echo:create_app()"], port, ground, {})
    return Contender("Flask echo", program.pid, port, None)


def _start_puas_kafka(ground: Ground, plan: Plan) -> Contender:
    return _start_puas("Puas on Kafka, acks=all", ground.event_log("Kafka"), ground, plan)


def _start_puas_sqlite(ground: Ground, plan: Plan) -> Contender:
    return _start_puas("Puas on the embedded log", ground.event_log("SQLite"), ground, plan)


def _start_puas(name: str, event_log: str, ground: Ground, plan: Plan) -> Contender:
    running = start(ground, plan, event_log, ground.database("SQLite"), "api")
    return Contender(name, running.program.pid, running.port, event_log)


def _start_fastapi(ground: Ground, plan: Plan) -> Contender:
    port, topic = free_port(), ground.topic()
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(plan.workers)]
    arguments = ["uvicorn", "bench.fastapi_aiokafka:create_app", "--factory", "--no-access-log", *where]
    program = _start(arguments, port, ground, {SERVERS: ground.broker.address, TOPIC: topic})
    return Contender("FastAPI + aiokafka, acks=all", program.pid, port, f"kafka://{ground.broker.address}/{topic}")


def _start(arguments: list[str], port: int, ground: Ground, variables: dict[str, str]) -> Program:
    program = Program(arguments, ground.folder("program"), variables)
    ground.stack.callback(program.stop)
    program.wait_until(lambda: status(port, "/") != 0)
    return program
