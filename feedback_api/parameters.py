"""Reading an address's parameters, collecting every fault before any is told."""

from collections.abc import Collection

from werkzeug.datastructures import MultiDict

from schemas.violation import MOST_REPORTED, Violation, field_path


class Parameters:
    """The parameters of one request; `faults` grows while they are read."""

    def __init__(self, given: MultiDict[str, str], known: Collection[str]) -> None:
        self._given = given
        self.faults: list[Violation] = []
        for name in given:
            if name not in known:
                self.faults.append(Violation(field_path([name]), "unknown_parameter"))
            elif len(given.getlist(name)) > 1:
                self.faults.append(Violation(name, "repeated"))

    def text(self, name: str) -> str | None:
        """The parameter as given, None when it is not."""
        return self._given.get(name)

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """The parameter when it is one of `choices`; a fault when it is something else."""
        given = self._given.get(name)
        if given is None or given in choices:
            return given
        self.fault(name, "not_a_choice", choices=list(choices))
        return None

    def choices(self, name: str, choices: Collection[str]) -> tuple[str, ...]:
        """The comma-separated parameter, each part one of `choices` and there once."""
        given = self._given.get(name)
        if given is None:
            return ()
        parts = given.split(",")
        if len(set(parts)) != len(parts) or not set(parts) <= set(choices):
            self.fault(name, "not_a_choice", choices=list(choices))
            return ()
        return tuple(choice for choice in choices if choice in parts)

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        """The parameter as a whole number from `least` to `most`; anything else is a fault."""
        given = self._given.get(name)
        if given is None:
            return default
        if not (given.isascii() and given.isdigit() and len(given) <= len(str(most)) and least <= int(given) <= most):
            self.fault(name, "out_of_range", min=least, max=most)
            return default
        return int(given)

    def parts(self, name: str) -> tuple[str, ...] | None:
        """The comma-separated parameter in its own order, None when it is not given; a part twice is a fault."""
        given = self._given.get(name)
        if given is None:
            return None
        parts = tuple(given.split(","))
        if len(set(parts)) != len(parts):
            self.fault(name, "repeated")
        return parts

    def fault(self, name: str, code: str, **params: object) -> None:
        """Note what is wrong with a parameter."""
        if len(self.faults) < MOST_REPORTED:
            self.faults.append(Violation(name, code, params))
