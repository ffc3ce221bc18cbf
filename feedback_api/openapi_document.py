"""The OpenAPI 3.1 document of this API, put together from declared operations and the JSON Schemas of our payloads."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from feedback_api import openapi_figures, openapi_others
from feedback_api.openapi_operations import SCHEMAS, Answer, Operation, of
from feedback_api.openapi_parameters import HEADERS
from feedback_api.problem_kinds import KINDS
from feedback_api.problems import CONTENT_TYPE
from feedback_api.sign_ins import COOKIE
from schemas import closing, index_replies, readiness, replies
from schemas.feedback import SubmissionSchema
from schemas.fields import Description
from schemas.json_schema import components

OPERATIONS: tuple[Operation, ...] = (*openapi_figures.OPERATIONS, *openapi_others.OPERATIONS)
ROOTS = (
    SubmissionSchema,
    closing.ClosingSchema,
    closing.PostingSchema,
    closing.ClosingMadeReply,
    closing.ClosingsReply,
    closing.PostingsReply,
    index_replies.IndicesReply,
    index_replies.ComparisonReply,
    index_replies.ResponsesReply,
    readiness.ReadinessReply,
    replies.AcceptedReply,
    replies.BatchItemReply,
    replies.CatalogReply,
    replies.ProblemReply,
)
"""The schemas of our payloads; those inside them follow."""

EXAMPLE_ROOT = "http://127.0.0.1:8000"
"""Where the server of the examples is."""
_ADDRESS = re.compile(r"(?:(?<=')|(?<= )|^)(?=/)")
ABOUT = """\
What visitors think of public services, and the indices made of it.

Times are on each unit's own clocks. Text for people is Indonesian or English by `Accept-Language`. Clients are to pass
over members that they do not know: adding one is compatible. Errors are RFC 9457 problems; `type` ends in a stable
code, `errors` names every field or parameter at fault. HEAD is answered wherever GET is.\
"""
TAGS = {
    "Figures": "Satisfaction indices, and their comparison.",
    "Responses": "What was answered, one by one.",
    "Reports": "Documents made of the figures.",
    "Feedback": "What kiosks and forms send.",
    "Catalog": "Units, services, touchpoints and questionnaires.",
    "Closing": "Periods that are closed, and where their results were put up.",
    "About": "This document, and what its problems mean.",
    "Health": "For whoever runs the server.",
}
_KEY = (
    "A key, sent as a Bearer token: `puas key create` makes it. It has scopes (`read`: figures; `export`: responses "
    "with "
    "comments; `close`: closing periods) and may be limited to units, each with the units below it."
)
_SIGN_IN = "The cookie of a person who signed in with a key at `/sign-in`; it serves GET and HEAD only."


_TOO_LONG: Description = {
    "description": "The address is longer than the server reads.",
    "content": {CONTENT_TYPE: {"schema": of(replies.ProblemReply)}},
}


def openapi_document() -> Description:
    """The document, the same for every caller."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Puas",
            "version": version("puas"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": _paths(),
        "components": {
            "schemas": components(ROOTS, SCHEMAS),
            "headers": dict(HEADERS),
            "examples": {code: _example(code) for code in KINDS},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": _KEY},
                "sign_in": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": _SIGN_IN},
            },
        },
    }


def _paths() -> dict[str, Description]:
    paths: dict[str, Description] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return paths


def _operation(operation: Operation) -> Description:
    made: Description = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [parameter.document() for parameter in operation.parameters],
        "responses": _responses(operation),
        "security": _security(operation),
    }
    if operation.body:
        content = {media_type: body.document() for media_type, body in operation.body.items()}
        made["requestBody"] = {"required": True, "content": content}
    if operation.form_of is not None:
        made["x-form-of"] = operation.form_of
    if operation.curl:
        made["x-codeSamples"] = [{"lang": "Shell", "source": f"curl {_ADDRESS.sub(EXAMPLE_ROOT, operation.curl)}"}]
    return made


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.scope is None:
        return []
    # A cookie changes nothing, so that no other site can make a signed-in browser change anything.
    ways = ["key", "sign_in"] if operation.method == "get" else ["key"]
    needed: list[dict[str, list[str]]] = [{way: [operation.scope]} for way in ways]
    return [{}, *needed] if operation.public else needed


def _responses(operation: Operation) -> dict[str, Description]:
    answers = {status: _answer(answer) for status, answer in operation.answers.items()}
    by_status: dict[int, list[str]] = {}
    for code in (*operation.problems, "internal_error"):
        by_status.setdefault(KINDS[code].status, []).append(code)
    for status, codes in by_status.items():
        answers[status] = _problem(status, codes)
    if any(parameter.where == "query" for parameter in operation.parameters):
        answers[414] = _TOO_LONG
    return {str(status): answers[status] for status in sorted(answers)}


def _answer(answer: Answer) -> Description:
    made: Description = {"description": answer.description, "headers": _headers(answer.headers)}
    if answer.content:
        made["content"] = {media_type: content.document() for media_type, content in answer.content.items()}
    return made


def _problem(status: int, codes: Iterable[str]) -> Description:
    more = {401: ["WWW-Authenticate"], 403: ["WWW-Authenticate"], 503: ["Retry-After"]}.get(status, [])
    told = [f"`{code}`: {KINDS[code].title}." for code in codes]
    return {
        "description": " ".join(told),
        "headers": _headers(("Content-Language", *more)),
        "content": {
            CONTENT_TYPE: {
                "schema": of(replies.ProblemReply),
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
            }
        },
    }


def _headers(names: Iterable[str]) -> Mapping[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *names)}


def _example(code: str) -> Description:
    kind = KINDS[code]
    value: Description = {
        "type": f"/problems/{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": filled(kind.detail),
        "instance": "urn:puas:request:4bf92f3577b34da6a3ce929d0e0e4736",
    }
    if code.startswith("invalid_"):
        fault = {"field": "period", "code": "required", "message": "Required."}
        value["errors"] = [fault]
    return {"summary": kind.title, "value": value}


def filled(detail: str) -> str:
    """The words of a kind of problem with something that stands for each value in them.

    >>> filled("At most %(max)s items in %(place)s.")
    'At most 500 items in ….'
    """
    return _VALUE.sub(lambda found: _FILLED.get(found[1], "…"), detail).replace("%%", "%")


_VALUE = re.compile(r"%\((\w+)\)s")
_FILLED = {"max": "500", "types": "application/json", "scope": "read"}
