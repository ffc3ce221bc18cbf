"""Which groups figures are shown for, and in which order: the catalog's, then what was only observed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from schemas.catalog import Service, Unit
from schemas.feedback_fields import RESPONDENT

Grouping = Literal[
    "service", "touchpoint", "channel", "element", "sex", "age_band", "education", "occupation", "disability"
]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
NOT_STATED = ""
"""The value of a respondent field that was left open."""


class Asked(Protocol):
    """What of a question decides its groups."""

    @property
    def service(self) -> str | None: ...
    @property
    def touchpoint(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def instrument(self) -> str | None: ...
    @property
    def respondent(self) -> Mapping[str, str]: ...
    @property
    def group_by(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure is about; a dimension that is neither asked for nor grouped by is None, or not in `respondent`."""

    unit: str
    instrument: str
    service: str | None
    touchpoint: str | None
    channel: str | None
    respondent: tuple[tuple[str, str], ...] = ()


def observed_subject(asked: Asked, values: Mapping[str, str]) -> Subject:
    """The subject of counts that the read model grouped by these values."""
    said = {name: values.get(name, asked.respondent.get(name)) for name in RESPONDENT}
    return Subject(
        values["unit"],
        values["instrument"],
        values.get("service", asked.service),
        values.get("touchpoint", asked.touchpoint),
        values.get("channel", asked.channel),
        tuple((name, value) for name, value in said.items() if value is not None),
    )


def expected_subjects(asked: Asked, unit: Unit) -> Iterator[Subject]:
    """What the catalog leads one to expect in a unit, though nobody has answered yet.

    What is retired, every channel and whatever respondents say of themselves is shown once it was observed.
    """
    if unit.retired or "channel" in asked.group_by or not set(RESPONDENT).isdisjoint(asked.group_by):
        return
    said = tuple((name, asked.respondent[name]) for name in RESPONDENT if name in asked.respondent)
    for service in unit.services:
        if service.retired or asked.service not in (None, service.id):
            continue
        for touchpoint in _touchpoints(asked, unit, service):
            for instrument in service.instruments:
                if asked.instrument in (None, instrument):
                    shown = service.id if "service" in asked.group_by else asked.service
                    yield Subject(unit.id, instrument, shown, touchpoint, asked.channel, said)


def ordered(subjects: Iterable[Subject], units: Sequence[Unit], instruments: Iterable[str]) -> list[Subject]:
    """The subjects, each once, in the catalog's order; unknown ones last, by name."""
    rank = _ranks(units)
    last = len(rank)
    of_instrument = {instrument: at for at, instrument in enumerate(instruments)}

    def key(subject: Subject) -> tuple[object, ...]:
        return (
            rank.get(("unit", subject.unit), last),
            rank.get((subject.unit, subject.service), last),
            rank.get((subject.unit, "at", subject.touchpoint), last),
            subject.service or "",
            subject.touchpoint or "",
            subject.channel or "",
            [_said_rank(name, value) for name, value in subject.respondent],
            of_instrument.get(subject.instrument, len(of_instrument)),
            subject.instrument,
        )

    return sorted(set(subjects), key=key)


def _said_rank(name: str, value: str) -> tuple[int, str]:
    offered = RESPONDENT[name]
    if value == NOT_STATED:
        return len(offered) + 1, value
    return (offered.index(value) if value in offered else len(offered)), value


def _touchpoints(asked: Asked, unit: Unit, service: Service) -> set[str | None]:
    """The touchpoints to show a service under; {None} when the question is not about touchpoints."""
    if asked.touchpoint is None and "touchpoint" not in asked.group_by:
        return {None}
    return {
        touchpoint.id
        for touchpoint in unit.touchpoints
        if not touchpoint.retired and service.id in touchpoint.services and asked.touchpoint in (None, touchpoint.id)
    }


def _ranks(units: Iterable[Unit]) -> dict[tuple[str | None, ...], int]:
    ranks: dict[tuple[str | None, ...], int] = {}
    for unit in units:
        ranks["unit", unit.id] = len(ranks)
        for service in unit.services:
            ranks[unit.id, service.id] = len(ranks)
        for touchpoint in unit.touchpoints:
            ranks[unit.id, "at", touchpoint.id] = len(ranks)
    return ranks
