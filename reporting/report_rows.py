"""The responses behind a report: visitors' own words and the tabulation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from readmodel.queries import Scope, response_page
from readmodel.response import StoredResponse
from readmodel.suggestions import written
from reporting.report import Row, Suggestion
from satisfaction.instruments import Instrument
from satisfaction.periods import Period
from schemas.catalog import Unit

PAGE = 2_000
Names = Mapping[str, str]
"""Service id → name."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which responses; `before` bounds log positions to those that a closing counted, None takes all."""

    unit: Unit
    period: Period
    service: str | None
    instrument: Instrument
    before: Mapping[int, int] | None

    @property
    def scope(self) -> Scope:
        service = None if self.service is None else [self.service]
        return Scope(unit=[self.unit.id], service=service, instrument=[self.instrument.id])

    @property
    def start_ms(self) -> int:
        return round(self.period.start.timestamp() * 1000)

    @property
    def end_ms(self) -> int:
        return round(self.period.end.timestamp() * 1000)


def read_suggestions(
    conn: Connection, selection: Selection, names: Names, most: int | None
) -> tuple[int, tuple[Suggestion, ...] | None]:
    """How many there are and the newest `most`; (0, None) when `most` is None."""
    if most is None:
        return 0, None
    total, found = written(
        conn,
        start_ms=selection.start_ms,
        end_ms=selection.end_ms,
        scope=selection.scope,
        most=most,
        before=selection.before,
    )
    return total, tuple(
        Suggestion(_local(one.occurred_ms, selection).date(), names.get(one.service, one.service), one.comment)
        for one in found
    )


def read_rows(
    conn: Connection, selection: Selection, names: Names, most: int | None, total: int
) -> tuple[Row, ...] | None:
    """Every response in order of time; none at all when there are more than `most`, None when `most` is None."""
    if most is None:
        return None
    if total > most:
        return ()
    keys = tuple(question.key for question in selection.instrument.questions)
    return tuple(
        Row(
            _local(one.occurred_ms, selection),
            names.get(one.service, one.service),
            one.channel,
            tuple(one.answers.get(key) for key in keys),
            one.respondent,
            one.included,
        )
        for one in _responses(conn, selection)
    )


def _responses(conn: Connection, selection: Selection) -> Iterator[StoredResponse]:
    after = None
    while True:
        page = response_page(
            conn,
            start_ms=selection.start_ms,
            end_ms=selection.end_ms,
            limit=PAGE,
            scope=selection.scope,
            after=after,
            before=selection.before,
        )
        yield from page
        if len(page) < PAGE:
            return
        after = (page[-1].occurred_ms, page[-1].event_id)


def _local(occurred_ms: int, selection: Selection) -> datetime:
    return datetime.fromtimestamp(occurred_ms / 1000, UTC).astimezone(selection.unit.zone)
