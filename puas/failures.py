"""How a command ends when it can't do its work: one clear line and an exit code that means something."""

from typing import IO, Any

import click


class Failed(click.ClickException):
    """The work failed (database away, invalid file, records refused): exit code 1."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message, prefixed with the program's name, to stderr."""
        click.echo(f"puas: {self.format_message()}", file=file, err=file is None)


class Misconfigured(Failed):
    """A setting or the machine's state (a port in use) forbids the start: exit code 2, like wrong usage."""

    exit_code = 2


BRAKED = 3
"""Exit code of a consumer that stopped itself because too many records in a row were dead letters."""
