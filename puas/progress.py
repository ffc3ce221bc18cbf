"""The progress bar of long work, on stderr so that results on stdout stay clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


def counted(number: int, thing: str) -> str:
    """A number with its noun.

    >>> counted(1, "record"), counted(1200, "record")
    ('1 record', '1,200 records')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


@contextmanager
def progress_bar(what: str, thing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for `what`; the function given takes how many things are done and how many there are.

    Nothing is drawn before it is known that there is something to do.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[things]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None, visible=False, things=thing)

        def advance(done: int, total: int) -> None:
            things = thing if total == 1 else f"{thing}s"
            progress.update(task, completed=done, total=total, visible=total > 0, things=things)

        yield advance
