"""From a table's row to the feedback it is, or to everything that is wrong with it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from puas.import_cells import NOON, NotUnderstood, answer_of, date_of, quoted, respondent_of, text_of, time_of, word_of
from puas.import_files import Cell, Row, Table
from puas.import_identity import Identities
from puas.import_places import Places
from satisfaction.instruments import Instrument
from satisfaction.periods import FIRST_YEAR, LAST_YEAR
from schemas.feedback import Feedback, parse_submission
from schemas.import_mapping import ImportMapping, Source, wording
from schemas.violation import Invalid, Violation, printable

PRODUCER = "puas import"
AHEAD = timedelta(minutes=5)
_SENTENCES = {
    "unknown_question": "the questionnaire has no such question",
    "out_of_scale": "{value} is not an answer of this question",
    "required": "is not answered",
    "too_long": "is longer than {max} characters",
    "bad_characters": "holds characters that no text has (NUL, half a surrogate pair)",
    "not_a_choice": "is an exact age; bands are {choices}",
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in one cell of one row; `column` is as the table names it, "" for the whole row."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A row that may be counted."""

    row: int
    feedback: Feedback


class MissingColumns(Exception):
    """Columns that the mapping names and the table has not, or has twice: (dotted field, sentence) pairs.

    `columns` are those that the table has.
    """

    def __init__(self, faults: list[tuple[str, str]], columns: list[str]) -> None:
        super().__init__(str(faults))
        self.faults, self.columns = faults, columns


class RowReader:
    """Reads the rows of one table by one mapping. Raises MissingColumns."""

    def __init__(
        self, mapping: ImportMapping, table: Table, instrument: Instrument, places: Places, now: datetime
    ) -> None:
        self._mapping, self._instrument, self._places, self._now = mapping, instrument, places, now
        self._identities = Identities(mapping.series)
        self._columns = _columns(mapping, table)
        self._sources = mapping.sources()
        asked = [question for question in instrument.questions if question.key in mapping.answers]
        self._answers = [(question.key, mapping.answers[question.key], question) for question in asked]

    def read(self, row: Row) -> Imported | list[RowFault]:
        """The feedback in a row, or every fault that was found in it."""
        faults: list[RowFault] = []
        content = self._content(row, faults)
        occurred = self._occurred(row, content.get("unit"), faults)
        if faults or occurred is None:
            return faults
        content["occurred_at"] = occurred.isoformat()
        event_id = self._event_id(row, content, faults)
        if event_id is None:
            return faults
        submission = {name: value for name, value in content.items() if name != "occurred_at"}
        try:
            feedback = parse_submission(submission | {"event_id": str(event_id)}, self._now, PRODUCER)
        except Invalid as error:
            return [self._fault(row, fault.field, _sentence(fault, "")) for fault in error.violations]
        # Not in the submission: the intake refuses a clock a year off, and a survey may be older.
        # A row of today without a time stands at a noon that may still be to come.
        return Imported(row.number, replace(feedback, occurred_at=min(occurred, feedback.received_at)))

    def _content(self, row: Row, faults: list[RowFault]) -> dict[str, Any]:
        """All that the row says but its time; what is wrong is added to `faults`."""
        mapping = self._mapping
        place = {name: self._place(row, name, faults) for name in ("unit", "service", "touchpoint")}
        if all(place.values()):
            for name, sentence in self._places.faults(place["unit"], place["service"], place["touchpoint"]):
                faults.append(self._fault(row, name, sentence))
        answers = self._answered(row, faults)
        if not faults:
            for question, code in self._instrument.faults(answers):
                sentence = _SENTENCES[code].format(value=answers.get(question))
                at = f"answers.{question}" if question else "answers"
                faults.append(self._fault(row, at, sentence if question else "no question is answered"))
        respondent = {}
        for key, source in sorted(mapping.respondent.items()):
            with self._telling(row, f"respondent.{key}", faults):
                respondent[key] = respondent_of(self._cell(row, source), key, source)
        content: dict[str, Any] = {**place, "channel": "import", "instrument": mapping.instrument, "answers": answers}
        said = {key: word for key, word in respondent.items() if word is not None}
        comment = text_of(self._cell(row, mapping.comment)) if mapping.comment else ""
        return content | ({"respondent": said} if said else {}) | ({"comment": comment} if comment else {})

    def _place(self, row: Row, name: str, faults: list[RowFault]) -> str:
        """An id of the catalog, "" where the row does not tell it."""
        source: Source = getattr(self._mapping, name)
        with self._telling(row, name, faults):
            text = text_of(self._cell(row, source))
            if not text:
                raise NotUnderstood(f"the {name} is missing")
            return str(word_of(text, source.values) or "") if source.values is not None else text.lower()
        return ""

    def _answered(self, row: Row, faults: list[RowFault]) -> dict[str, int | None]:
        answers: dict[str, int | None] = {}
        for key, source, question in self._answers:
            with self._telling(row, f"answers.{key}", faults):
                answers[key] = answer_of(self._cell(row, source), source, question, self._mapping.not_applicable)
        return answers

    def _occurred(self, row: Row, unit: str | None, faults: list[RowFault]) -> datetime | None:
        mapping, zone = self._mapping, self._places.zone(unit)
        with self._telling(row, "date", faults):
            day = date_of(self._cell(row, mapping.date), mapping.date.format)
            # Excel's dates are all midnights; a text that names an hour means it.
            timed = isinstance(day, datetime) and (day.hour or day.minute or day.second)
            told = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
            at = told.time() if timed else NOON
            if mapping.time is not None:
                at = self._time(row, mapping.time, faults)
            told = datetime.combine(told.date(), at, tzinfo=told.tzinfo)
            return self._plausible(told, zone, timed=bool(timed or mapping.time))
        return None

    def _time(self, row: Row, source: Source, faults: list[RowFault]) -> time:
        with self._telling(row, "time", faults):
            return time_of(self._cell(row, source), source.format)
        return NOON

    def _plausible(self, told: datetime, zone: ZoneInfo, *, timed: bool) -> datetime:
        if not FIRST_YEAR < told.year < LAST_YEAR:
            raise NotUnderstood(f"the year {told.year} is too far away")
        occurred = (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)
        today = occurred.astimezone(zone).date() == self._now.astimezone(zone).date()
        if occurred > self._now + AHEAD and (timed or not today):
            raise NotUnderstood(f"{told:%Y-%m-%d %H:%M} lies in the future")
        return occurred.replace(microsecond=0)

    def _event_id(self, row: Row, content: Mapping[str, Any], faults: list[RowFault]) -> UUID | None:
        source = self._mapping.number
        if source is None:
            given = {key: value for key, value in content["answers"].items() if value is not None}
            return self._identities.unnumbered({**content, "answers": given})
        number = text_of(self._cell(row, source))
        if not number:
            faults.append(self._fault(row, "number", "the row's number is missing"))
            return None
        event_id, first = self._identities.numbered(content, wording(number), row.number)
        if first != row.number:
            faults.append(self._fault(row, "number", f"{quoted(number)} is the number of row {first}, too"))
            return None
        return event_id

    def _cell(self, row: Row, source: Source) -> Cell:
        return source.fixed if source.column is None else row.cell(self._columns[wording(source.column)])

    @contextmanager
    def _telling(self, row: Row, dotted: str, faults: list[RowFault]) -> Iterator[None]:
        """What is not understood within the block becomes a fault of the row."""
        try:
            yield
        except NotUnderstood as error:
            faults.append(self._fault(row, dotted, str(error)))

    def _fault(self, row: Row, dotted: str, sentence: str) -> RowFault:
        source = self._sources.get(dotted)
        return RowFault(row.number, (source.column or "") if source else "", sentence)


def _columns(mapping: ImportMapping, table: Table) -> dict[str, int]:
    """Where each mapped column stands, by its wording."""
    found, faults = {}, []
    for dotted, source in mapping.sources().items():
        if source.column is None:
            continue
        positions = table.positions(source.column)
        if len(positions) == 1:
            found[wording(source.column)] = positions[0]
        elif positions:
            faults.append((dotted, f"{dotted}: {len(positions)} columns are called {quoted(source.column)}"))
        else:
            faults.append((dotted, f"{dotted}: there is no column {quoted(source.column)}"))
    if faults:
        raise MissingColumns(faults, [printable(column)[:63] for column in table.columns[:60] if column])
    return found


def _sentence(violation: Violation, value: object) -> str:
    sentence = _SENTENCES.get(violation.code, violation.code)
    return sentence.format(**{"value": value} | dict(violation.params))
