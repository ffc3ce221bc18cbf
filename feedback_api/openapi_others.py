"""The operations around the figures: feedback coming in, the catalog, closing periods, health, the document itself."""

from typing import Any

from feedback_api.bodies import MAX_BATCH, MAX_ITEMS, MAX_SINGLE, NDJSON
from feedback_api.openapi_operations import JSON, TEXT, Answer, Content, Operation, listed, of
from feedback_api.openapi_parameters import ACCEPT_LANGUAGE, IF_NONE_MATCH, PLACE, UNIT, YEAR, Parameter
from feedback_api.problem_kinds import KINDS
from schemas.closing import (
    ClosingMadeReply,
    ClosingSchema,
    ClosingsReply,
    PostingReply,
    PostingSchema,
    PostingsReply,
)
from schemas.feedback import SubmissionSchema
from schemas.fields import Description
from schemas.readiness import ReadinessReply
from schemas.replies import AcceptedReply, BatchItemReply, CatalogReply

_BODY = ("bad_request", "malformed_json", "not_utf8", "too_deep", "body_too_large", "unsupported_media_type")
_INTAKE = (*_BODY, "no_catalog", "no_room")
_CLOSE = (*_BODY, "bad_key", "needs_key", "not_allowed", "invalid_closing", "no_catalog", "database_away")
_LIST = ("bad_key", "needs_key", "not_allowed", "not_acceptable", "invalid_query", "no_catalog", "database_away")
_UNCHANGED = Answer(description="What the client has still holds.", headers=("ETag",))
_EXAMPLE_FEEDBACK = {
    "event_id": "0193518c-2f9a-7c1e-9d6b-3f0f2a6f8d11",
    "unit": "ult-bbpmp-jatim",
    "service": "legalisasi-ijazah",
    "touchpoint": "kiosk-ult-jatim-1",
    "channel": "kiosk",
    "instrument": "smiley@1",
    "answers": {"kepuasan": 4},
}
_EXAMPLE_ACCEPTED = {"event_id": _EXAMPLE_FEEDBACK["event_id"], "status": "accepted", "stored": "log"}


def _object(required: tuple[str, ...], **properties: Description) -> Description:
    return {"type": "object", "properties": properties, "required": list(required)}


_STATE = _object(("status",), status={"type": "string"}, detail={"type": "string"})
_CHECK = _object(("ok", "reason"), ok={"type": "boolean"}, reason={"type": ["string", "null"]})
_READY = _object(
    ("status", "checks"),
    status={"type": "string", "enum": ["ready", "not ready"]},
    detail={"type": "string"},
    checks=_object(("catalog", "log", "spool"), catalog=_CHECK, log=_CHECK, spool=_CHECK),
)
_KIND = _object(
    ("code", "status", "title"),
    code={"type": "string", "enum": sorted(KINDS)},
    status={"type": "integer", "minimum": 400, "maximum": 599},
    title={"type": "string"},
)
_CODE = Parameter(
    "code", "The code of a kind of problem.", {"type": "string", "enum": sorted(KINDS)}, "not_found", True, "path"
)


def _json(description: str, schema: Description, *headers: str, example: object = None) -> Answer:
    return Answer(description=description, content={JSON: Content(schema=schema, example=example)}, headers=headers)


_TAKES_FEEDBACK: dict[str, Any] = {"method": "post", "tag": "Feedback", "parameters": (ACCEPT_LANGUAGE,)}
_CLOSES: dict[str, Any] = {
    "method": "post",
    "tag": "Closing",
    "parameters": (ACCEPT_LANGUAGE,),
    "scope": "close",
}
_LISTS: dict[str, Any] = {
    "method": "get",
    "tag": "Closing",
    "parameters": (*PLACE, ACCEPT_LANGUAGE),
    "scope": "read",
    "problems": _LIST,
}
_WATCHED: dict[str, Any] = {"method": "get", "tag": "Health"}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        **_TAKES_FEEDBACK,
        id="feedback",
        path="/v1/feedback",
        summary="One visitor's feedback",
        description=(
            f"At most {MAX_SINGLE // 1024} KiB. 202 means it is durable and the sender may forget it; the same "
            f"`event_id` "
            "again is answered 202 and counted once. 503: keep it and send it again under the same `event_id`. Any "
            "other answer: it will never be taken as it is."
        ),
        body={JSON: Content(schema=of(SubmissionSchema), example=_EXAMPLE_FEEDBACK)},
        answers={202: _json("Durable.", of(AcceptedReply), example=_EXAMPLE_ACCEPTED)},
        problems=(*_INTAKE, "invalid_feedback", "refused_by_log"),
        curl="-H 'Content-Type: application/json' -d @feedback.json /v1/feedback",
    ),
    Operation(
        **_TAKES_FEEDBACK,
        id="feedback_batch",
        path="/v1/feedback/batch",
        summary="Many visitors' feedback",
        description=(
            f"At most {MAX_ITEMS} items and {MAX_BATCH // 1024**2} MiB, as a JSON array or one JSON object a line "
            f"(NDJSON). "
            "The answer has one result for each item, in order; a bad item never blocks a good one."
        ),
        body={
            JSON: Content(schema=listed(SubmissionSchema, MAX_ITEMS), example=[_EXAMPLE_FEEDBACK]),
            NDJSON: Content(schema=TEXT | {"description": "A feedback a line."}),
        },
        answers={200: _json("A result for each item.", listed(BatchItemReply, MAX_ITEMS), example=[_EXAMPLE_ACCEPTED])},
        problems=(*_INTAKE, "not_a_list", "too_many_items"),
        curl="-H 'Content-Type: application/x-ndjson' --data-binary @feedback.ndjson /v1/feedback/batch",
    ),
    Operation(
        method="get",
        tag="Catalog",
        id="catalog",
        path="/v1/catalog",
        summary="Units, services, touchpoints and questionnaires",
        description=(
            "All a client needs to show a form: what is retired says so, and every questionnaire has its questions and "
            "answer words in Indonesian and English."
        ),
        parameters=(ACCEPT_LANGUAGE, IF_NONE_MATCH),
        answers={200: _json("The catalog in force.", of(CatalogReply), "ETag"), 304: _UNCHANGED},
        problems=("not_acceptable", "invalid_query", "no_catalog"),
        curl="/v1/catalog",
    ),
    Operation(
        **_LISTS,
        id="closings",
        path="/v1/closings",
        summary="Closed periods of a unit",
        description="Every revision, oldest first, with its rules, log positions and the digest of its responses.",
        answers={200: _json("The closings.", of(ClosingsReply))},
        curl="-H 'Authorization: Bearer puas_…' '/v1/closings?unit=ult-bbpmp-jatim'",
    ),
    Operation(
        **_CLOSES,
        id="close",
        path="/v1/closings",
        summary="Close a period",
        description=(
            "Freezes the figures of a period that has ended, with what made them. What arrives later is counted beside "
            "them, and changes them only by a revision (`revise`), which gets a number of its own."
        ),
        body={
            JSON: Content(
                schema=of(ClosingSchema), example={"unit": "ult-bbpmp-jatim", "period": "2026-Q3", "note": "Rapat mutu"}
            )
        },
        answers={201: _json("The closing.", of(ClosingMadeReply))},
        problems=(*_CLOSE, "not_over", "already_closed", "would_revise", "nothing_to_revise"),
        curl=(
            "-H 'Authorization: Bearer puas_…' -H 'Content-Type: application/json' "
            """-d '{"unit": "ult-bbpmp-jatim", "period": "2026-Q3"}' /v1/closings"""
        ),
    ),
    Operation(
        **_LISTS,
        id="postings",
        path="/v1/postings",
        summary="Where results were put up",
        description="What was noted of a unit's results on paper, at the office and elsewhere.",
        answers={200: _json("The postings.", of(PostingsReply))},
        curl="-H 'Authorization: Bearer puas_…' '/v1/postings?unit=ult-bbpmp-jatim&period=2026-Q3'",
    ),
    Operation(
        **_CLOSES,
        id="post_result",
        path="/v1/postings",
        summary="Note that a result was put up",
        description="Of a closed period; the same place again replaces what was noted of it.",
        body={
            JSON: Content(
                schema=of(PostingSchema),
                example={
                    "unit": "ult-bbpmp-jatim",
                    "period": "2026-Q3",
                    "place": "Papan pengumuman lobi",
                    "posted_on": "2026-10-05",
                },
            )
        },
        answers={201: _json("What is noted.", of(PostingReply))},
        problems=_CLOSE,
        curl=(
            "-H 'Authorization: Bearer puas_…' -H 'Content-Type: application/json' -d '"
            """{"unit": "ult-bbpmp-jatim", "period": "2026-Q3", "place": "Lobi", "posted_on": "2026-10-05"}' """
            "/v1/postings"
        ),
    ),
    Operation(
        method="get",
        tag="Reports",
        id="readiness",
        path="/v1/readiness",
        summary="How far a unit is from the integrity zone awards",
        description=(
            "IPKP and IPAK against the minima for WBK and WBBM, surveys in the year, and where results were published, "
            "each line with its source."
        ),
        parameters=(UNIT, YEAR, ACCEPT_LANGUAGE, IF_NONE_MATCH),
        scope="read",
        answers={200: _json("The unit's readiness.", of(ReadinessReply), "ETag"), 304: _UNCHANGED},
        problems=_LIST,
        curl="-H 'Authorization: Bearer puas_…' '/v1/readiness?unit=ult-bbpmp-jatim&year=2026'",
    ),
    Operation(
        method="get",
        tag="About",
        id="openapi",
        path="/v1/openapi.json",
        summary="This document",
        description="OpenAPI 3.1 of everything here; a page to read it is at `/docs`.",
        parameters=(IF_NONE_MATCH,),
        answers={
            200: _json("The document.", _object(("openapi",), openapi={"type": "string"}), "ETag"),
            304: _UNCHANGED,
        },
        problems=("invalid_query",),
        curl="/v1/openapi.json",
    ),
    Operation(
        method="get",
        tag="About",
        id="problem_kind",
        path="/problems/{code}",
        summary="What a kind of problem means",
        description="Where the `type` of a problem leads.",
        parameters=(_CODE, ACCEPT_LANGUAGE),
        answers={200: _json("The kind.", _KIND, "Content-Language")},
        problems=("not_found",),
        curl="/problems/not_allowed",
    ),
    Operation(
        **_WATCHED,
        id="livez",
        path="/livez",
        summary="Whether the process makes progress",
        description="503 means that restarting it would help.",
        answers={200: _json("It does.", _STATE), 503: _json("It is stuck.", _STATE)},
        curl="/livez",
    ),
    Operation(
        **_WATCHED,
        id="readyz",
        path="/readyz",
        summary="Whether feedback can be taken",
        description="A catalog is known, and the log has proven itself or the spool has room.",
        answers={200: _json("It can.", _READY), 503: _json("It can't.", _READY)},
        curl="/readyz",
    ),
    Operation(
        **_WATCHED,
        id="metrics",
        path="/metrics",
        summary="Metrics for Prometheus",
        description="Of this server's workers together, in the format that Accept asks for.",
        answers={
            200: Answer(
                description="The metrics.",
                content={
                    "text/plain": Content(schema=TEXT),
                    "application/openmetrics-text": Content(schema=TEXT),
                },
            )
        },
        curl="/metrics",
    ),
)
PAGES = {
    "/": "The live board",
    "/board/figures": "The board's figures alone, which the board fetches",
    "/k/{touchpoint_id}": "The one-tap page of a touchpoint",
    "/p/{unit_id}": "What everybody may know of a unit's result, with its history",
    "/readiness/{unit_id}": "Readiness for the integrity zone awards, for people",
    "/sign-in": "Signing in with a key, for people",
    "/sign-out": "Signing out",
    "/docs": "This reference, to read",
    "/static/<path:filename>": "What pages are made of",
}
"""Addresses for people, as Flask knows them: HTML, described in words only."""
