"""Everything about an import that can be known before anything is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from puas.import_files import Unreadable, opened_table
from puas.import_places import Places
from puas.import_rows import Imported, MissingColumns, RowFault, RowReader
from readmodel.counted import counted
from readmodel.database import reading
from readmodel.questionnaires import instruments_of
from readmodel.response import StoredResponse
from satisfaction.instruments import Instrument
from schemas.catalog import Catalog
from schemas.feedback import Feedback
from schemas.import_mapping import ImportMapping
from schemas.violation import printable

DAY_MS = 86_400_000
_SHOWN_EVERY = 500


class NotToBeRead(Exception):
    """Mapping, catalog and table do not fit together; each of `messages` is one line for the operator."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        super().__init__("\n".join(messages))


@dataclass(slots=True)
class Checked:
    """What a table holds: `new` rows to send, `known` ones that have been counted before, and what is wrong."""

    instrument: Instrument
    new: list[Imported] = field(default_factory=list)
    known: list[Imported] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def bad_rows(self) -> int:
        return len({fault.row for fault in self.faults})


def checked(
    file: Path,
    mapping: ImportMapping,
    catalog: Catalog,
    engine: Engine,
    now: datetime,
    advance: Callable[[int, int], None],
) -> Checked:
    """Every row of the table, read and compared with what has been counted. Raises NotToBeRead.

    `advance` is told now and then how many rows are done of about how many.
    """
    instrument = _instrument(mapping, catalog)
    places = Places(catalog, mapping.instrument)
    _check_fixed_places(mapping, places)
    found = Checked(instrument)
    try:
        with opened_table(file, mapping) as table:
            found.notes.extend(table.notes)
            reader = RowReader(mapping, table, instrument, places, now)
            for row in table.rows:
                found.rows += 1
                if found.rows % _SHOWN_EVERY == 0:
                    advance(found.rows, max(found.rows, table.expected))
                read = reader.read(row)
                if isinstance(read, Imported):
                    found.new.append(read)
                else:
                    found.faults.extend(read)
    except Unreadable as error:
        raise NotToBeRead([f"{printable(str(file))}: {error}"]) from None
    except MissingColumns as error:
        told = sorted(error.faults, key=lambda fault: mapping.marked.line(fault[0]))
        messages = [f"{mapping.where(dotted)}: {sentence}" for dotted, sentence in told]
        there = f"{printable(str(file))}: its columns are: {', '.join(error.columns)}"
        raise NotToBeRead([*messages, there]) from None
    _compare(found, engine)
    return found


def _instrument(mapping: ImportMapping, catalog: Catalog) -> Instrument:
    known = instruments_of(catalog)
    instrument = known.get(mapping.instrument)
    if instrument is None:
        there = ", ".join(sorted(known))
        raise NotToBeRead(
            [f"{mapping.where('instrument')}: there is no instrument {mapping.instrument}; there are: {there}"]
        )
    questions = {question.key for question in instrument.questions}
    strange = [key for key in mapping.answers if key not in questions]
    if strange:
        there = ", ".join(question.key for question in instrument.questions)
        raise NotToBeRead(
            [
                f"{mapping.where(f'answers.{key}')}: {instrument.id} has no question {printable(key)[:63]}; "
                f"there are: {there}"
                for key in strange
            ]
        )
    scale = {answer.value for question in instrument.questions for answer in question.answers}
    beyond = [
        f"{mapping.where(f'answers.{key}.values.{word}')}: {value} is not an answer of {instrument.id}"
        for key, source in mapping.answers.items()
        for word, value in (source.values or {}).items()
        if value is not None and value not in scale
    ]
    if beyond:
        raise NotToBeRead(beyond)
    return instrument


def _check_fixed_places(mapping: ImportMapping, places: Places) -> None:
    """What is the same in every row is told once, at the mapping's line or option."""
    names = ("unit", "service", "touchpoint")
    sources = {name: getattr(mapping, name) for name in names}
    absent = [
        f"{mapping.path}: {name} is missing: write it there or give --{name}" for name in names if not sources[name]
    ]
    if absent:
        raise NotToBeRead(absent)
    unit, service, touchpoint = (sources[name] for name in names)
    if unit.fixed is None or touchpoint.fixed is None:
        return
    services = {str(value) for value in (service.values or {}).values() if value} | {service.fixed or ""} - {""}
    faults = dict.fromkeys(places.touchpoint_faults(unit.fixed, touchpoint.fixed, services))
    for one in sorted(services) if not faults else ():
        faults |= dict.fromkeys(places.faults(unit.fixed, one, touchpoint.fixed))
    if faults:
        raise NotToBeRead([f"{mapping.where(name)}: {sentence}" for name, sentence in faults])


def _compare(found: Checked, engine: Engine) -> None:
    """Part what is new from what was counted; a number that was counted with other content is a fault."""
    with reading(engine) as connection:
        stored = counted(connection, (imported.feedback.event_id for imported in found.new))
    if not stored:
        return
    rows, found.new = found.new, []
    for imported in rows:
        before = stored.get(imported.feedback.event_id)
        if before is None:
            found.new.append(imported)
        elif _says_the_same(imported.feedback, before):
            found.known.append(imported)
        else:
            found.faults.append(
                RowFault(
                    imported.row,
                    "",
                    "a row with this number has been counted before and said something else; what was counted stays "
                    "(is it another survey? give the mapping another series)",
                )
            )


def _says_the_same(feedback: Feedback, before: StoredResponse) -> bool:
    given: Mapping[str, object] = {
        "touchpoint": feedback.touchpoint,
        "answers": _answered(feedback.answers),
        "respondent": dict(feedback.respondent),
        "comment": feedback.comment,
    }
    kept: Mapping[str, object] = {
        "touchpoint": before.touchpoint,
        "answers": _answered(before.answers),
        "respondent": dict(before.respondent),
        "comment": before.comment,
    }
    # The day, roughly: a row of the day it was imported on may have stood at noon or at that moment.
    occurred = feedback.occurred_at or feedback.received_at
    apart_ms = abs(occurred.timestamp() * 1000 - before.occurred_ms)
    return given == kept and apart_ms < DAY_MS


def _answered(answers: Mapping[str, int | None]) -> dict[str, int]:
    return {question: answer for question, answer in answers.items() if answer is not None}
