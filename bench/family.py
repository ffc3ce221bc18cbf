"""A process, everything it started, and what all of them have used."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all its descendants that still run."""
    found = [pid]
    for parent in found:
        try:
            threads = [*Path(f"/proc/{parent}/task").iterdir()]
        except FileNotFoundError:
            continue
        for thread in threads:
            found += [int(word) for word in _read(thread / "children").split()]
    return found


def cpu_seconds(pid: int) -> float:
    """The processor time that a process and its descendants have used since they began."""
    texts = (_read(Path(f"/proc/{each}/stat")) for each in family(pid))
    fields = (text.rpartition(")")[2].split() for text in texts if text)
    return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS


def _read(path: Path) -> str:
    """The text of a file of /proc; empty when what it tells about has ended."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
