"""Which responses a question is about: unit, service, touchpoint, channel, questionnaire, and who answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feedback_api.parameters import Parameters
from readmodel.questionnaires import instruments_of
from schemas.catalog import Catalog, Unit
from schemas.feedback import CHANNELS
from schemas.feedback_fields import RESPONDENT
from schemas.fields import is_slug

NOT_STATED = "not-stated"
"""Given for a respondent field, it means those who left it open."""
NAMES = ("unit", "service", "touchpoint", "channel", "instrument", *RESPONDENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Checked filters; `units` are those the question is about, in the catalog's order, `unit` what was given."""

    units: tuple[Unit, ...]
    unit: str | None
    service: str | None
    touchpoint: str | None
    channel: str | None
    instrument: str | None
    respondent: Mapping[str, str]
    """Field → value, "" for those who did not say."""

    def document(self) -> dict[str, object]:
        """The filters as they were understood."""
        names = ("unit", "service", "touchpoint", "channel", "instrument")
        given: dict[str, object] = {name: getattr(self, name) for name in names}
        return given | {name: value or NOT_STATED for name, value in self.respondent.items()}


def read_filters(parameters: Parameters, catalog: Catalog) -> Filters:
    """The filters in an address's parameters; what can't be is noted as a fault there."""
    instrument = parameters.text("instrument")
    if instrument is not None and instrument not in instruments_of(catalog):
        parameters.fault("instrument", "unknown_instrument")
    return Filters(
        units=_units(parameters, catalog),
        unit=parameters.text("unit"),
        service=parameters.text("service"),
        touchpoint=parameters.text("touchpoint"),
        channel=parameters.choice("channel", CHANNELS),
        instrument=instrument,
        respondent=_respondent(parameters),
    )


def _units(parameters: Parameters, catalog: Catalog) -> tuple[Unit, ...]:
    """The units that have what is asked for; what exists nowhere is a fault."""
    named, service, touchpoint = parameters.parts("unit"), parameters.text("service"), parameters.text("touchpoint")
    units: Sequence[Unit] = catalog.units
    if named is not None:
        if any(catalog.unit(unit_id) is None for unit_id in named):
            parameters.fault("unit", "unknown_unit")
            return ()
        units = [unit for unit in units if unit.id in named]
    if service is not None:
        units = [known for known in units if catalog.service(known.id, service) is not None]
        if not units:
            parameters.fault("service", "unknown_service")
    if touchpoint is not None and catalog.touchpoint(touchpoint) is None:
        parameters.fault("touchpoint", "unknown_touchpoint")
    return tuple(units)


def _respondent(parameters: Parameters) -> dict[str, str]:
    said: dict[str, str] = {}
    for name in RESPONDENT:
        value = parameters.text(name)
        if value is None:
            continue
        if not is_slug(value):
            parameters.fault(name, "not_a_slug")
        said[name] = "" if value == NOT_STATED else value
    return said
