"""The operations that tell figures: indices, comparisons, responses, reports."""

from collections.abc import Mapping
from typing import Any

from feedback_api.negotiation import CONTENT_TYPES
from feedback_api.openapi_operations import FILE, JSON, TEXT, Answer, Content, Operation, of
from feedback_api.openapi_parameters import (
    ACCEPT_LANGUAGE,
    COMPARISON,
    IF_NONE_MATCH,
    INDICES,
    POSTER,
    REPORT,
    RESPONSES,
    RESPONSES_FILE,
)
from reporting.report_files import FORMS
from schemas.index_replies import ComparisonReply, IndicesReply, ResponsesReply

_FILES: Mapping[str, Content] = {
    CONTENT_TYPES["csv"]: Content(schema=TEXT),
    CONTENT_TYPES["xlsx"]: Content(schema=FILE),
}
_SAVED = ("Content-Disposition",)
_TAGGED = ("ETag", "Content-Language")
_UNCHANGED = Answer(description="What the client has still holds.", headers=("ETag",))
_READ = ("bad_key", "needs_key", "not_allowed", "not_acceptable", "invalid_query", "no_catalog", "database_away")

_INDICES: dict[str, Any] = {
    "method": "get",
    "tag": "Figures",
    "parameters": (*INDICES, ACCEPT_LANGUAGE, IF_NONE_MATCH),
    "problems": _READ,
    "scope": "read",
    "public": True,
}
_COMPARISON: dict[str, Any] = _INDICES | {
    "parameters": (*COMPARISON, ACCEPT_LANGUAGE, IF_NONE_MATCH),
    "public": False,
}
_RESPONSES: dict[str, Any] = {
    "method": "get",
    "tag": "Responses",
    "problems": (*_READ, "exports_busy"),
    "scope": "export",
}
_REPORT: dict[str, Any] = {
    "method": "get",
    "tag": "Reports",
    "parameters": (*REPORT, ACCEPT_LANGUAGE),
    "problems": _READ,
    "scope": "read",
}
_EXAMPLE_INDICES = {
    "query": {"unit": "ult-bbpmp-jatim", "period": "2026-Q4", "weights": None, "misuse": "exclude"},
    "rules": {"weights": "exact", "bands": "permenpanrb-14-2017@1", "misuse": "misuse@1"},
    "as_of": {"time": "2026-11-21T08:00:00.000Z", "positions": {"0": 1503}},
    "note": "Intervals are of 95 % and describe sampling only.",
    "items": [],
}


def _tagged(what: str, content: Mapping[str, Content], *more: str) -> Mapping[int, Answer]:
    return {200: Answer(description=what, content=content, headers=(*_TAGGED, *more)), 304: _UNCHANGED}


def _one(form: str) -> Mapping[str, Content]:
    content_type = CONTENT_TYPES["csv" if form == "csv" else "xlsx"]
    return {content_type: _FILES[content_type]}


def _forms(whole: Mapping[str, Any], path: str, id_: str, what: str) -> list[Operation]:
    """The same question under an address whose suffix names the form."""
    return [
        Operation(
            **whole,
            id=f"{id_}_{form}",
            path=f"{path}.{form}",
            summary=f"{what} as {form.upper()}",
            description=f"As `{path}`, in this form whatever is said in Accept.",
            answers=_tagged(f"{what}, a line for each.", _one(form), *_SAVED),
            form_of=path,
        )
        for form in ("csv", "xlsx")
    ]


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        **_INDICES,
        id="indices",
        path="/v1/indices",
        summary="Satisfaction indices of units, services and elements over periods",
        description=(
            "Each item is computed from whole counts when it is asked for, by exact arithmetic, and rounded half up "
            "once: "
            "NRR to three decimals, the index to four, the IKM and the NPS to two. What nobody answered, and what is "
            "held back, is null. `rules` and `as_of` are what is needed to compute the same figures again. Without a "
            "key "
            "there are the figures that the catalog makes public, by year, semester, quarter and month; what would "
            "tell "
            "about fewer than ten answers is held back (`suppressed`). At most 10,000 items."
        ),
        answers=_tagged(
            "The figures.",
            {JSON: Content(schema=of(IndicesReply), example=_EXAMPLE_INDICES), **_FILES},
        ),
        curl="'/v1/indices?unit=ult-bbpmp-jatim&period=2026-Q4&group_by=service'",
    ),
    *_forms(_INDICES, "/v1/indices", "indices", "Indices"),
    Operation(
        **_COMPARISON,
        id="comparison",
        path="/v1/indices/comparison",
        summary="Units, services and periods side by side, with a verdict on each pair",
        description=(
            "Every unit given, with every service given, in every period given: from 2 to 12 subjects. For each pair "
            "the "
            "difference with its 95 % interval, and a verdict: `higher`, `lower`, `no_difference` that the samples "
            "can show, or `cannot_tell`."
        ),
        answers=_tagged("The subjects and their pairs.", {JSON: Content(schema=of(ComparisonReply)), **_FILES}),
        curl="-H 'Authorization: Bearer puas_…' '/v1/indices/comparison?unit=ult-bbpmp-jatim&period=2026-Q3,2026-Q4'",
    ),
    *_forms(_COMPARISON, "/v1/indices/comparison", "comparison", "Comparison"),
    Operation(
        **_RESPONSES,
        parameters=(*RESPONSES, ACCEPT_LANGUAGE),
        id="responses",
        path="/v1/responses",
        summary="The tabulation: every response with its answers and comment",
        description=(
            "JSON comes in pages: follow `next` until it is null. CSV and XLSX hold all responses, streamed; only a "
            "few "
            "are made at a time, others are told to come back (503 with Retry-After). Oldest first within each unit."
        ),
        answers={
            200: Answer(
                description="A page, or the whole file.",
                content={JSON: Content(schema=of(ResponsesReply)), **_FILES},
            )
        },
        curl="-H 'Authorization: Bearer puas_…' '/v1/responses?unit=ult-bbpmp-jatim&period=2026-11&limit=100'",
    ),
    *(
        Operation(
            **_RESPONSES,
            parameters=(*RESPONSES_FILE, ACCEPT_LANGUAGE),
            id=f"responses_{form}",
            path=f"/v1/responses.{form}",
            summary=f"All responses as {form.upper()}",
            description="As `/v1/responses`, in this form whatever is said in Accept, without pages.",
            answers={200: Answer(description="The whole file.", content=_one(form), headers=_SAVED)},
            form_of="/v1/responses",
        )
        for form in ("csv", "xlsx")
    ),
    Operation(
        **_REPORT,
        id="report",
        path="/v1/reports/skm",
        summary="The report of a unit and period, ready to be signed",
        description=(
            "HTML, PDF or XLSX by suffix, `format` or Accept. With a key that may also export, it holds visitors' own "
            "words and the tabulation."
        ),
        answers={
            200: Answer(
                description="The report.",
                content={
                    content_type: Content(schema=TEXT if form == "html" else FILE)
                    for form, content_type in FORMS.items()
                },
                headers=("Content-Language", *_SAVED),
            )
        },
        curl="-H 'Authorization: Bearer puas_…' -OJ '/v1/reports/skm.pdf?unit=ult-bbpmp-jatim&period=2026-Q3'",
    ),
    *(
        Operation(
            **_REPORT,
            id=f"report_{form}",
            path=f"/v1/reports/skm.{form}",
            summary=f"The report as {form.upper()}",
            description="As `/v1/reports/skm`, in this form whatever is said in `format` and Accept.",
            answers={
                200: Answer(
                    description="The report.",
                    content={content_type: Content(schema=TEXT if form == "html" else FILE)},
                    headers=("Content-Language", *_SAVED),
                )
            },
            form_of="/v1/reports/skm",
        )
        for form, content_type in FORMS.items()
    ),
    Operation(
        method="get",
        tag="Reports",
        id="poster",
        path="/p/{unit_id}/poster.pdf",
        summary="The poster of a public unit's result",
        description="What is public, as a sheet to print and put up, with a QR code to the unit's page.",
        parameters=(*POSTER, ACCEPT_LANGUAGE),
        problems=("not_found", "invalid_query", "no_catalog", "database_away"),
        answers={
            200: Answer(
                description="The poster.",
                content={FORMS["pdf"]: Content(schema=FILE)},
                headers=("Content-Language", *_SAVED),
            )
        },
        curl="-OJ '/p/ult-bbpmp-jatim/poster.pdf?size=a3'",
    ),
)
