"""A process that appends to a log and prints each value once it is acknowledged: URL PREFIX [COUNT]."""

import itertools
import sys

from eventlog import Record, open_log


def main(url: str, prefix: str, count: int | None) -> None:
    """Append `prefix-0`, `prefix-1`, … one by one; for ever without a count."""
    log = open_log(url)
    for number in itertools.count() if count is None else range(count):
        value = f"{prefix}-{number}"
        log.append([Record(prefix.encode(), value.encode())], 30.0)
        sys.stdout.write(f"{value}\n")
        sys.stdout.flush()
    log.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
