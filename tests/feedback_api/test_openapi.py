"""The OpenAPI document: valid, whole, and the same as what the code accepts and answers."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from feedback_api import comparison_query, indices_query, openapi_parameters, reports, responses_query
from feedback_api.openapi_document import OPERATIONS, openapi_document
from feedback_api.openapi_operations import Operation
from feedback_api.openapi_others import PAGES
from feedback_api.openapi_parameters import names
from feedback_api.problem_kinds import KINDS
from satisfaction.periods import BadPeriod, parse_period
from tests.feedback_api.office import Office

ONE_FORM = ("csv", "xlsx", "html", "pdf")
ACCEPTED: Mapping[str, Collection[str]] = {
    "/v1/indices": indices_query.KNOWN,
    "/v1/indices/comparison": comparison_query.KNOWN,
    "/v1/responses": responses_query.KNOWN,
    "/v1/reports/skm": reports.KNOWN,
    "/p/{unit_id}/poster.pdf": reports.POSTER_KNOWN,
    "/v1/closings": ("unit", "period"),
    "/v1/postings": ("unit", "period"),
    "/v1/readiness": ("unit", "year"),
    "/v1/catalog": (),
    "/v1/openapi.json": (),
}
"""What the views of an address know. Those without a suffix stand for the others, but for a file's missing pages."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def walk(part: object) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(inner)


def operation(path: str, method: str = "get") -> Operation:
    return next(one for one in OPERATIONS if (one.path, one.method) == (path, method))


def test_it_is_valid_openapi_3_1_with_json_schema_2020_12(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(OPENAPI_31).validate(document)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for found in walk(document["paths"]):
        if "schema" in found:
            jsonschema.Draft202012Validator.check_schema(found["schema"])


def test_every_reference_leads_somewhere_and_every_component_is_used(document: dict[str, Any]) -> None:
    references = {found["$ref"] for found in walk(document) if "$ref" in found}
    there = {
        f"#/components/{kind}/{name}"
        for kind in ("schemas", "headers", "examples")
        for name in document["components"][kind]
    }
    assert references <= there
    not_met = {f"#/components/examples/{code}" for code in ("method_not_allowed",)}  # of no operation
    assert there - references == not_met


def test_every_address_is_described_or_is_a_page(office: Office, document: dict[str, Any]) -> None:
    described = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    rules = {
        (method, re.sub("<([a-z_]+)>", r"{\1}", rule.rule))
        for rule in office.client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert PAGES.keys() <= {rule for _, rule in rules}
    assert not any(path.startswith("/v1/") for path in PAGES)
    others = {f"{method} {rule}" for method, rule in rules if rule not in PAGES}
    assert described == others


@pytest.mark.parametrize("path", sorted({one.path for one in OPERATIONS if one.method == "get"}))
def test_the_parameters_described_are_those_that_the_code_takes(office: Office, path: str) -> None:
    described = names(operation(path).parameters)
    base, _, suffix = path.rpartition(".")
    if path in ACCEPTED:
        assert described == set(ACCEPTED[path])
    elif suffix in ONE_FORM:
        assert described == set(ACCEPTED[base]) - ({"limit", "cursor"} if base == "/v1/responses" else set())
    else:
        assert described == set()
        return
    address = path.replace("{unit_id}", "ult-makassar")
    refused = office.get(f"{address}?" + "&".join(f"{name}=%00" for name in [*described, "nonsense"]))
    assert refused.status_code == 422
    unknown = {error["field"] for error in refused.json["errors"] if error["code"] == "unknown_parameter"}  # type: ignore[index]
    assert unknown == {"nonsense"}


def test_required_parameters_are_missed_by_name(office: Office) -> None:
    for one in OPERATIONS:
        required = {each.name for each in one.parameters if each.required and each.where == "query"}
        if one.method == "get" and required and one.scope:
            answer = office.get(one.path, Accept="*/*")
            assert {error["field"] for error in (answer.json or {})["errors"]} == required, one.path


def test_the_pattern_of_a_period_is_what_the_code_reads() -> None:
    pattern = re.compile(openapi_parameters.PERIOD.schema["pattern"], re.ASCII)
    for text in ("2026", "2026-S1", "2026-Q4", "2026-W53", "2026-11", "2026-02-28", "1970", "2999-12-31"):
        assert pattern.search(text), text
        parse_period(text, ZoneInfo("Asia/Jakarta"))
    for text in (
        "1969",
        "3000",
        "2026-S3",
        "2026-Q0",
        "2026-W00",
        "2026-13",
        "2026-11-32",
        "2026-1",
        "",
        "2026-11-21T08",
    ):
        assert not pattern.search(text), text
        with pytest.raises(BadPeriod):
            parse_period(text, ZoneInfo("Asia/Jakarta"))


def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    def check(schema: dict[str, Any], example: object) -> None:
        whole = {**schema, "components": document["components"]}
        jsonschema.Draft202012Validator(whole).validate(example)

    checked = 0
    for found in walk(document["paths"]):
        if "schema" in found and "example" in found:
            check(found["schema"], found["example"])
            checked += 1
    for example in document["components"]["examples"].values():
        check({"$ref": "#/components/schemas/ProblemReply"}, example["value"])
    assert checked > 50


def test_problems_stand_under_their_status(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for described in item.values():
            for status, answer in described["responses"].items():
                problems = answer.get("content", {}).get("application/problem+json", {}).get("examples", {})
                assert {KINDS[code].status for code in problems} <= {int(status)}, path


def test_the_written_document_names_every_address_and_parameter() -> None:
    written = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    for one in OPERATIONS:
        if one.form_of is None:
            assert one.path in written, one.path
        assert {name for name in names(one.parameters) if f"`{name}`" not in written} == set(), one.path


def test_it_is_answered_with_a_tag_and_not_sent_twice(office: Office, document: dict[str, Any]) -> None:
    answer = office.anonymous.get("/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == json.loads(json.dumps(document))
    again = office.anonymous.get("/v1/openapi.json", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert office.anonymous.get("/v1/openapi.json?pretty=1").status_code == 422
