"""The catalog that `puas up` starts with: PUAS_CATALOG, or the example where there is none yet."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from puas.catalog import EXAMPLE, Invalid, applied_catalog, apply_to, read, summary
from puas.failures import Failed, Misconfigured

if TYPE_CHECKING:
    from runtime.settings import Settings
    from schemas.catalog import Catalog

RETRY_SECONDS = 3.0


def apply_when_possible(settings: "Settings", say: Callable[[str], None], stop: threading.Event) -> None:
    """Bring the database to the newest schema and apply the catalog that belongs to the start, saying so.

    A database that is away is no reason not to start (the intake keeps feedback without it): a thread goes on trying
    until `stop` is set. Raises Misconfigured when PUAS_CATALOG is wrong.
    """
    if not apply_if_possible(settings, say):
        threading.Thread(target=_go_on_trying, args=(settings, say, stop), daemon=True).start()


def apply_if_possible(settings: "Settings", say: Callable[[str], None]) -> bool:
    """Like `apply_when_possible`, but try once: False, said in a sentence, when the database is away."""
    wanted = _wanted(settings)
    try:
        say(_apply(settings, wanted))
    except Misconfigured:
        raise
    except Failed as error:
        say(f"The catalog is not applied yet: {error.message}")
        return False
    return True


def _wanted(settings: "Settings") -> "Catalog | None":
    if settings.catalog is None:
        return None
    try:
        return read(settings.catalog)
    except Invalid as error:
        raise Misconfigured("PUAS_CATALOG names a file with faults:\n" + "\n".join(error.messages)) from None


def _apply(settings: "Settings", wanted: "Catalog | None") -> str:
    if wanted is None:
        version, applied = applied_catalog(settings)
        if version:
            return f"Catalog: version {version}, {summary(applied)}."
        example = read(EXAMPLE)
        apply_to(settings, example)
        return (
            f"The catalog was empty: applied the example, {summary(example)}. "
            "Make it yours: `puas catalog show > catalog.yaml`, edit, `puas catalog apply catalog.yaml`."
        )
    applied_now = apply_to(settings, wanted)
    done = "applied as" if applied_now.changed else "is already applied as"
    return f"Catalog: {settings.catalog} {done} version {applied_now.version}, {summary(wanted)}."


def _go_on_trying(settings: "Settings", say: Callable[[str], None], stop: threading.Event) -> None:
    wanted = _wanted(settings)
    while not stop.wait(RETRY_SECONDS):
        try:
            say(_apply(settings, wanted))
        except Failed:
            continue
        return
