"""`python -m bench` measures and prints one table; docs/capacity.md says what it means."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench import freshness, indices, intake, memory, projection
from bench.ground import Ground, on_ground
from bench.plan import Plan
from bench.rows import Section, table
from runtime.settings import from_environment

MEASURES: dict[str, Callable[[Ground, Plan, Callable[[str], None]], Section]] = {
    "intake": intake.measure,
    "projection": projection.measure,
    "freshness": freshness.measure,
    "indices": indices.measure_year,
    "memory": memory.measure,
}
_WIDTH = 180


@click.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="How often each is measured.")
@click.option("--seconds", default=5.0, show_default=True, help="Length of one run.")
@click.option("--warm-up", default=2.0, show_default=True, help="Seconds before each run that don't count.")
@click.option("--only", type=click.Choice([*MEASURES]), multiple=True, help="Measure this alone; may be repeated.")
@click.option("--connections", default=32, show_default=True, help="Connections that the intake is loaded from.")
@click.option("--workers", type=int, show_default="Puas's own", help="Processes of every server.")
@click.option("--threads", type=int, show_default="Puas's own", help="Threads of each process of Puas and the echo.")
@click.option("--records", default=50_000, show_default=True, help="Feedbacks in the log that is projected.")
@click.option("--rate", default=300.0, show_default=True, help="Feedbacks a second when timing the way to the index.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Where data is written.")
def main(only: tuple[str, ...], folder: Path | None, workers: int | None, threads: int | None, **sizes: Any) -> None:
    """Measure Puas on this machine against simpler programs. Only the ratios tell something elsewhere."""
    puas = from_environment({})
    plan = Plan(workers=workers or puas.workers, threads=threads or puas.threads, **sizes)
    console, progress = Console(width=_WIDTH), Console(stderr=True)
    sections: list[Section] = []
    with progress.status("starting") as status:
        for name in only or MEASURES:
            with on_ground(folder) as ground:
                sections.append(MEASURES[name](ground, plan, status.update))
    console.print(table(sections, plan.rounds))


if __name__ == "__main__":
    main()
