"""Schemathesis against the running server: what the document says is what happens, and nothing brings it down.

More of it, by hand: PUAS_SCHEMATHESIS_EXAMPLES=200 pytest tests/feedback_api/test_schemathesis.py
"""

import json
import os
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
import schemathesis
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished
from schemathesis.engine.recorder import ScenarioRecorder

from readmodel.response import StoredResponse
from schemas.catalog import Catalog
from tests.feedback_api.counting import count, response
from tests.feedback_api.office import JAYAPURA, MAKASSAR, Office, put_catalog, settings_in
from tests.feedback_api.serving import Server

EXAMPLES = int(os.environ.get("PUAS_SCHEMATHESIS_EXAMPLES", "5"))
CATALOG = Catalog((replace(MAKASSAR, public="services", served={"2025": 900}), replace(JAYAPURA, parent=None)))
SKM = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "pengaduan", "sarpras")

ONLY_THE_CATALOG_CAN_TELL = {
    "unknown_unit",
    "unknown_service",
    "unknown_touchpoint",
    "unknown_instrument",
    "not_for_instrument",
    "not_for_service",
    "not_at_touchpoint",
    "retired_service",
    "retired_touchpoint",
    "unknown_question",
    "out_of_scale",
    "not_closed",
    "not_for_questionnaires",
}
ONLY_THE_CALENDAR_OR_CLOCK_CAN_TELL = {
    "no_such_date",
    "not_a_time",
    "not_a_date_or_time",
    "not_a_whole_hour",
    "year_out_of_range",
    "ends_before_it_starts",
    "clock_years_off",
    "overlapping_periods",
    "too_many_periods",
}
ONLY_TOGETHER_WRONG = {
    "excludes_period",
    "needs_from_and_to",
    "number_of_subjects",
    "instrument_needed",
    "bad_cursor",
    "too_many_items",
    "not_over_http",
    "required",  # of an answer that the questionnaire asks for
    "not_an_integer",  # 3.0, which a JSON Schema can't tell from 3
}
BEYOND_ONE_SCHEMA = ONLY_THE_CATALOG_CAN_TELL | ONLY_THE_CALENDAR_OR_CLOCK_CAN_TELL | ONLY_TOGETHER_WRONG
"""What a schema of one parameter or body cannot say: a 422 for these alone is no valid request refused."""

BY_DESIGN = {
    # A batch answers 200 with what is wrong with each item, so that a bad one never blocks a good one.
    ("POST /v1/feedback/batch", "negative_data_rejection"),
}

REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422"]
SAME_VIEW = r"\.(csv|xlsx|pdf)$|/reports/skm$"
"""Addresses whose parameters are read by the same code as others': fewer requests there, usually."""


class Served(NamedTuple):
    """A running server, and a key that opens everything."""

    server: Server
    key: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with responses of two quarters, one of them closed."""
    directory = tmp_path_factory.mktemp("data")
    settings = settings_in(directory)
    put_catalog(settings, CATALOG)
    office = Office(settings)
    count(office, *_responses())
    office.close()
    with Server(directory, PUAS_SECRET_KEY="s" * 32) as running:
        running.wait_until_ready()
        key = (directory / "test.key").read_text()
        bearer = {"Authorization": f"Bearer {key}"}
        status, _ = running.request("POST", "/v1/closings", {"unit": "ult-makassar", "period": "2025-Q2"}, bearer)
        assert status == 201
        yield Served(running, key)


def _responses() -> list[StoredResponse]:
    answered = {key: 1 + place % 4 for place, key in enumerate(SKM)}
    moments = [f"2025-{month:02}-{day:02}T09:00:00+08:00" for month in (5, 8) for day in range(1, 21)]
    whole = [response(at, answered, instrument="skm-2017@1") for at in moments]
    taps = [response(at, {"kepuasan": 1 + place % 4}) for place, at in enumerate(moments)]
    return [replace(one, position=place, comment="Baik") for place, one in enumerate([*whole, *taps])]


def filled_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with this catalog's ids in it, so that valid requests are mostly about something that exists."""
    found = deepcopy(dict(document))
    ids = {"unit": ["ult-makassar", "ult-jayapura"], "service": ["legalisasi", "konsultasi"]}
    ids |= {"unit_id": ids["unit"], "touchpoint": ["kiosk-1", "qr-1"], "instrument": ["skm-2017@1", "smiley@1"]}
    examples = {"period": "2025-Q2", "from": "2025-05-01", "to": "2025-06-30"}
    for methods in found["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                name, schema = parameter["name"], parameter["schema"]
                several = schema["type"] == "array"
                if name in ids:
                    (schema["items"] if several else schema)["enum"] = ids[name]
                    parameter["example"] = ids[name][:1] if several else ids[name][0]
                if name in examples:
                    parameter["example"] = [examples[name]] if several else examples[name]
    for name in ("Submission", "Closing", "Posting"):
        properties = found["components"]["schemas"][name]["properties"]
        for key in ids.keys() & properties.keys():
            properties[key]["enum"] = ids[key]
    return found


def configuration(served: Served, examples: int) -> Any:
    """All checks, the same requests each time."""
    off, quick = {"enabled": False}, examples < 20
    return schemathesis.Config.from_dict(
        {
            "base-url": f"http://127.0.0.1:{served.server.port}",
            "seed": 1,
            "continue-on-failure": True,
            "request-timeout": 20,
            "auth": {"openapi": {"key": {"bearer": served.key}}},
            "generation": {"max-examples": examples, "deterministic": True, "no-shrink": True},
            # Nothing that is made here can be deleted or belongs to one caller, so there is nothing to follow.
            "phases": {"stateful": off},
            "operations": [{"include-path-regex": SAME_VIEW, "phases": {"coverage": off}}] if quick else [],
            "checks": {
                "negative_data_rejection": {"expected-statuses": REFUSED},
                "use_after_free": off,
                "ensure_resource_availability": off,
                "object_level_authorization": off,
            },
        }
    )


def failures(recorder: ScenarioRecorder) -> Iterator[str]:
    """What went wrong in a scenario, with the request; what a schema can't say is left out."""
    for case_id, checks in recorder.checks.items():
        case, interaction = recorder.cases[case_id].value, recorder.interactions.get(case_id)
        answer = interaction.response if interaction else None
        for check in checks:
            failure = check.failure_info.failure if check.failure_info else None
            if failure is None or (recorder.label, check.name) in BY_DESIGN:
                continue
            body = (answer.content or b"") if answer else b""
            if check.name == "positive_data_acceptance" and answer and _codes(body) <= BEYOND_ONE_SCHEMA:
                continue
            status = answer.status_code if answer else None
            asked = f"{case.method} {case.formatted_path} {dict(case.query or {})} {str(case.body)[:300]}"
            yield f"{recorder.label}: {check.name}: {failure.message[:400]}\n  {asked}\n  {status} {body[:500]!r}"


def _codes(body: bytes) -> set[str]:
    """The codes of the problem's errors; "" for a problem without any."""
    try:
        document = json.loads(body)
    except ValueError:
        return {""}
    return {error["code"] for error in document.get("errors", ())} or {""}


@pytest.mark.timeout(3600)
def test_the_running_server_does_what_its_document_says(served: Served) -> None:
    _status, document = served.server.request("GET", "/v1/openapi.json")
    schema = schemathesis.openapi.from_dict(filled_in(document), config=configuration(served, EXAMPLES))
    found: list[str] = []
    met: set[str] = set()
    requests = 0
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            found.append(f"{event.label}: {event.info.format()}")
        if isinstance(event, ScenarioFinished):
            met.add(event.recorder.label)
            requests += len(event.recorder.interactions)
            found += failures(event.recorder)
    operations = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert operations <= met
    assert found == [], "\n\n".join([f"{len(found)} failures in {requests} requests", *found[:40]])
