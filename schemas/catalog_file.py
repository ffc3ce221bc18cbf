"""The catalog file an operator writes: YAML or JSON in, a catalog or a list of "file:line: what is wrong" out."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from schemas.catalog import EMPTY, Catalog, Service, Touchpoint, Unit, from_document
from schemas.catalog_questionnaires import Questionnaires, own_ids, questionnaire_faults
from schemas.catalog_references import Fault, reference_faults
from schemas.marked_yaml import Marked, NotYaml, read_marked
from schemas.violation import MOST_REPORTED, Invalid, Violation, printable

_MOST_BYTES = 8 << 20
_SENTENCES = {
    "required": "is missing",
    "null": "has no value",
    "unknown_field": "is not a field of the catalog",
    "not_an_object": 'must be a block of "key: value" lines',
    "not_a_list": "must be a list",
    "not_a_string": "must be text (write it in quotes if it looks like a number, a date, yes or no)",
    "not_a_boolean": "must be true or false",
    "bad_characters": "contains a control character (line break, escape, change of direction) or broken Unicode",
    "blank": "must not be blank",
    "too_long": "is longer than {max} characters",
    "too_few": "needs at least {min} entry",
    "not_a_choice": "must be {choices}",
    "not_a_slug": "must be at most 63 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit",
    "not_an_instrument": "must be the id and version of an instrument, such as skm-2017@1",
    "not_an_integer": "must be a whole number, written with digits only",
    "out_of_range": "must be from {min} to {max}",
    "not_a_period_label": "must be a year, semester, quarter or month: 2026, 2026-S2, 2026-Q4 or 2026-11",
    "not_an_answer": "must be a whole number from 0 to {max}",
    "not_a_weight": "must be a weight above 0 and up to 1: a decimal (0.2) or a fraction (1/9)",
    "not_weights": "must be a weight convention (exact, 0.1111, 0.111, 0.11) or a weight for each element",
    "not_a_timezone": "is not a time zone; WIB is Asia/Jakarta (or Asia/Pontianak), WITA is Asia/Makassar, "
    "WIT is Asia/Jayapura",
}


_CHANGED = 'instrument "{id}" is applied with other content: give the change a new version, as in {next}'


class CatalogFileInvalid(Exception):
    """The file describes no catalog; each of `messages` is one "file:line: what is wrong", in the order of the file."""

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages = list(messages)
        super().__init__("\n".join(self.messages))


def read_catalog(path: Path, known: Questionnaires, in_force: Catalog = EMPTY) -> Catalog:
    """The catalog in a UTF-8 YAML or JSON file. Raises CatalogFileInvalid naming every fault found, up to a hundred.

    A questionnaire that `in_force` has under the same id with other content is such a fault.
    """
    shown = printable(str(path))
    try:
        marked = read_marked(_text(path), json=path.suffix.lower() == ".json")
    except OSError as error:
        raise CatalogFileInvalid([f"{shown}: {error.strerror or error}"]) from None
    except _TooLarge:
        raise CatalogFileInvalid([f"{shown}: is larger than {_MOST_BYTES >> 20} MiB"]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CatalogFileInvalid([f"{shown}:{line}: is not UTF-8 text"]) from None
    except NotYaml as error:
        raise CatalogFileInvalid([f"{shown}:{error.line}: {printable(str(error))}"]) from None
    catalog, faults = _judged(marked.value, known)
    if catalog is not None:
        changed = changed_instruments(in_force, catalog)
        faults += [(f"instruments.{at}", changed_sentence(changed[at])) for at in changed]
    if catalog is None or faults:
        raise CatalogFileInvalid(_located(shown, marked, faults))
    return catalog


class _TooLarge(Exception):
    """The file has more than _MOST_BYTES."""


def _text(path: Path) -> str:
    with path.open("rb") as file:
        read = file.read(_MOST_BYTES + 1)
    if len(read) > _MOST_BYTES:
        raise _TooLarge
    return read.decode()


def _judged(document: object, known: Questionnaires) -> tuple[Catalog | None, list[Fault]]:
    """The catalog if the document has its shape, and every fault; a misshapen field is not looked up as well."""
    catalog: Catalog | None = None
    violations: tuple[Violation, ...] = ()
    try:
        catalog = from_document(document)
    except Invalid as error:
        violations = error.violations
    references = [
        *questionnaire_faults(document, known),
        *reference_faults(document, [*known.packaged, *own_ids(document)]),
    ]
    misshapen = {violation.field for violation in violations}
    faults = [*map(_sentence, violations), *(fault for fault in references if fault[0] not in misshapen)]
    if catalog is not None and not faults:
        judged = ((at, known.fault(made)) for at, made in enumerate(catalog.instruments))
        faults = [(f"instruments.{at}", sentence) for at, sentence in judged if sentence is not None]
    return catalog, faults


def _sentence(violation: Violation) -> Fault:
    params = {name: _listed(value) if isinstance(value, list) else value for name, value in violation.params.items()}
    return violation.field, f"{violation.field or 'the file'} {_SENTENCES[violation.code].format(**params)}"


def _listed(choices: list[object]) -> str:
    return f"{'one of ' if len(choices) > 1 else ''}{', '.join(map(str, choices))}"


def _located(shown: str, marked: Marked, faults: Iterable[Fault]) -> list[str]:
    lines = sorted((marked.line(field), sentence) for field, sentence in faults)
    told = [f"{shown}:{line}: {sentence}" for line, sentence in lines[:MOST_REPORTED]]
    more = len(lines) - len(told)
    return [*told, f"{shown}: and {more} more"] if more else told


_Entry = TypeVar("_Entry", Service, Touchpoint)


def changed_sentence(instrument_id: str) -> str:
    """Why a questionnaire may not be applied with other content than it has.

    >>> changed_sentence("skm-jatim@1")
    'instrument "skm-jatim@1" is applied with other content: give the change a new version, as in skm-jatim@2'
    """
    name, _, version = instrument_id.rpartition("@")
    return _CHANGED.format(id=instrument_id, next=f"{name}@{int(version) + 1}")


def merge(previous: Catalog, new: Catalog) -> Catalog:
    """`new`, followed by what `previous` had and `new` has not, retired; questionnaires are kept as they are.

    Ids are identity: a new name under an old id is a renaming, a retired id listed again is back. A touchpoint listed
    under another unit has moved, so its old unit lets go of it.
    """
    standing = {touchpoint.id for unit in new.units for touchpoint in unit.touchpoints}
    listed = {unit.id for unit in new.units}
    units = [_merged_unit(previous.unit(unit.id), unit, standing) for unit in new.units]
    gone = [_merged_unit(unit, _emptied(unit), standing) for unit in previous.units if unit.id not in listed]
    made = {instrument["id"] for instrument in new.instruments}
    kept = (instrument for instrument in previous.instruments if instrument["id"] not in made)
    return Catalog((*units, *gone), (*new.instruments, *kept))


def changed_instruments(previous: Catalog, new: Catalog) -> dict[int, str]:
    """Position in `new` → id of each questionnaire that `previous` has with other content: it must not be applied."""
    before = {instrument["id"]: instrument for instrument in previous.instruments}
    return {at: made["id"] for at, made in enumerate(new.instruments) if before.get(made["id"], made) != made}


def _emptied(unit: Unit) -> Unit:
    return replace(unit, services=(), touchpoints=(), retired=True)


def _merged_unit(before: Unit | None, after: Unit, standing: Collection[str]) -> Unit:
    if before is None:
        return after
    left = tuple(touchpoint for touchpoint in before.touchpoints if touchpoint.id not in standing)
    return replace(
        after,
        services=_with_retired(before.services, after.services),
        touchpoints=_with_retired(left, after.touchpoints),
    )


def _with_retired(before: tuple[_Entry, ...], after: tuple[_Entry, ...]) -> tuple[_Entry, ...]:
    listed = {entry.id for entry in after}
    return after + tuple(replace(entry, retired=True) for entry in before if entry.id not in listed)
