"""A process that reads a log in a group and prints what it has been assigned, until it is killed: URL GROUP."""

import sys

from eventlog import open_log


def main(url: str, group: str) -> None:
    """A line whenever the assignment changes: the partitions, separated by blanks."""
    reader = open_log(url).reader(lambda _: {}, group)
    told: frozenset[int] = frozenset()
    while True:
        reader.poll(100, 0.2)
        if (assigned := reader.assigned()) != told:
            told = assigned
            sys.stdout.write(" ".join(map(str, sorted(told))) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
