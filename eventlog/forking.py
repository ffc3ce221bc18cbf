"""Methods called around os.fork, for as long as their object lives."""

import os
import weakref
from collections.abc import Callable


def around_fork(
    *,
    before: Callable[[], None] | None = None,
    in_parent: Callable[[], None] | None = None,
    in_child: Callable[[], None],
) -> None:
    """Like os.register_at_fork, which can't be undone, but these bound methods keep no object alive."""
    os.register_at_fork(
        before=_weakly(before),
        after_in_parent=_weakly(in_parent),
        after_in_child=_weakly(in_child),
    )


def _weakly(method: Callable[[], None] | None) -> Callable[[], None]:
    reference = None if method is None else weakref.WeakMethod(method)

    def call() -> None:
        if reference is not None and (alive := reference()) is not None:
            alive()

    return call
