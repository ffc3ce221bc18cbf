"""POST /v1/feedback/batch: many submissions at once; a bad one never blocks a good one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Response, jsonify, request

from eventlog.interface import Record, RecordRefused
from feedback_api.acceptance import Acceptance
from feedback_api.bodies import read_batch
from feedback_api.checking import checked, claimed, claimed_id, record
from feedback_api.context import Context
from feedback_api.problems import Problem, error_list
from feedback_api.tracing import request_id, request_trace
from schemas.catalog import Catalog
from schemas.violation import Invalid, Violation


@dataclass(slots=True)
class _Item:
    """One submission: what came, its record when it is good, and what became of it."""

    payload: object
    event_id: str | None
    record: Record | None = None
    faults: tuple[Violation, ...] = ()
    outcome: str = "refused"

    def refuse(self, *faults: Violation) -> None:
        self.faults, self.outcome = faults, "invalid"

    def answer(self) -> dict[str, object]:
        known = {} if self.event_id is None else {"event_id": self.event_id}
        if self.faults:
            return {**known, "status": "invalid", "errors": error_list(self.faults)}
        return {**known, "status": "accepted", "stored": self.outcome}


def post_batch(context: Context) -> Response:
    """200 with one result per item, in order; raises Problem when the batch as a whole can't be read or stored."""
    started = time.perf_counter()
    items: list[_Item] = []
    try:
        catalog = context.catalog.required()
        items = [_Item(payload, claimed_id(payload)) for payload in read_batch(request.environ)]
        received_at, trace = context.clock(), request_trace(request.environ)
        for item in items:
            _check(item, catalog, received_at, trace)
        _store([item for item in items if item.record is not None], context.acceptance)
    finally:
        for item in items:
            context.metrics.count(claimed(item.payload, "channel"), item.outcome)
        context.metrics.observe_intake(time.perf_counter() - started)
    _log_invalid(items)
    return jsonify([item.answer() for item in items])


def _check(item: _Item, catalog: Catalog, received_at: datetime, trace: str) -> None:
    if isinstance(item.payload, Problem):
        item.refuse(Violation("", item.payload.code, item.payload.values))
        return
    try:
        feedback = checked(item.payload, catalog, received_at)
    except Invalid as error:
        item.refuse(*error.violations)
    else:
        item.event_id, item.record = str(feedback.event_id), record(feedback, trace)


def _store(items: Sequence[_Item], acceptance: Acceptance) -> None:
    """Make the items durable in one append; only when the log refuses one of them, one by one."""
    records = [item.record for item in items if item.record is not None]
    if not records:
        return
    try:
        stored = acceptance.accept(records)
    except RecordRefused:
        if len(items) == 1:
            items[0].refuse(Violation("", "refused_by_log"))
            return
        for item in items:
            _store([item], acceptance)
    else:
        for item in items:
            item.outcome = stored


def _log_invalid(items: Sequence[_Item]) -> None:
    invalid = [item for item in items if item.faults]
    if invalid:
        first = str(Invalid(invalid[0].faults))
        structlog.get_logger().info(
            "batch items invalid",
            items=len(invalid),
            of=len(items),
            first=first[:300],
            request_id=request_id(request.environ),
        )
