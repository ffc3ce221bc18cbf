"""Questionnaires that an office wrote into its catalog are taken and shown like the packaged ones."""

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from schemas.catalog import Catalog, from_document
from schemas.export import texts
from tests.feedback_api.office import MAKASSAR, Office, put_catalog, submission

WORDS = {"id": "Aplikasi", "en": "App"}
OWN: dict[str, Any] = {
    "id": "makassar@1",
    "name": {"id": "SKM Makassar", "en": "Makassar survey"},
    "based_on": "smiley@1",
    "elements": [{"key": "aplikasi", "code": "T1", "name": WORDS}],
    "questions": [{"key": "aplikasi", "element": "aplikasi", "optional": True, "text": WORDS}],
    "weights": {"kepuasan": "2/3", "aplikasi": "1/3"},
}
(MADE,) = from_document({"units": [], "instruments": [OWN]}).instruments
LEGALISASI = replace(MAKASSAR.services[0], instruments=("smiley@1", "makassar@1"))
CATALOG = Catalog((replace(MAKASSAR, services=(LEGALISASI, *MAKASSAR.services[1:])),), (MADE,))


@pytest.fixture
def makassar(office: Office) -> Office:
    """The office once it has a questionnaire of its own."""
    put_catalog(office.settings, CATALOG)
    office.context.catalog.refresh()
    return office


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        ({"kepuasan": 4, "aplikasi": 2}, []),
        ({"kepuasan": 4}, []),
        ({"aplikasi": 2}, [("answers.kepuasan", "required")]),
        ({"kepuasan": 4, "aplikasi": 5}, [("answers.aplikasi", "out_of_scale")]),
        ({"kepuasan": 4, "waktu": 4}, [("answers.waktu", "unknown_question")]),
    ],
)
def test_answers_are_judged_by_the_catalogs_own(
    makassar: Office, answers: dict[str, int], faults: list[tuple[str, str]]
) -> None:
    answer = makassar.post(submission(instrument="makassar@1", answers=answers))
    assert answer.status_code == (422 if faults else 202)
    told = [(error["field"], error["code"]) for error in (answer.json or {}).get("errors", [])]
    assert told == faults


def test_it_is_unknown_until_the_catalog_that_holds_it_is_in_force(office: Office) -> None:
    answer = office.post(submission(instrument="makassar@1", answers={"kepuasan": 4}))
    assert "unknown_instrument" in [error["code"] for error in (answer.json or {})["errors"]]


def test_the_catalog_lists_it_with_what_it_took_from_its_base(makassar: Office) -> None:
    document = makassar.get("/v1/catalog").json or {}
    asked = {instrument["id"]: instrument for instrument in document["instruments"]}
    own, smiley = asked["makassar@1"], asked["smiley@1"]
    assert [element["key"] for element in own["elements"]] == ["kepuasan", "aplikasi"]
    assert own["questions"][0] == smiley["questions"][0]
    assert [answer["value"] for answer in own["questions"][1]["answers"]] == [1, 2, 3, 4]
    assert (own["own"], own["kind"], own["weights"]) == (True, "satisfaction", {"kepuasan": "2/3", "aplikasi": "1/3"})
    assert (smiley["own"], smiley["kind"], smiley["weights"]) == (False, "satisfaction", "exact")
    assert {asked[key]["kind"] for key in ("skm-2017@1", "spkp@1", "nps@1")} == {"ikm", "perception", "nps"}


def test_the_answer_fits_its_published_schema(makassar: Office) -> None:
    jsonschema.validate(makassar.get("/v1/catalog").json, json.loads(texts()["reply-catalog.schema.json"]))


def test_the_catalog_tells_what_is_public_and_how_many_were_served(office: Office) -> None:
    unit = replace(MAKASSAR, public="services", served={"2026": 5200})
    put_catalog(office.settings, Catalog((unit,)))
    office.context.catalog.refresh()
    shown = (office.get("/v1/catalog").json or {})["units"][0]
    assert (shown["public"], shown["served"]) == ("services", {"2026": 5200})


def test_a_place_for_imports_has_no_page_to_tap(office: Office) -> None:
    """What would be tapped there could not be sent."""
    paper = replace(MAKASSAR.touchpoints[0], id="kertas", channel="import")
    put_catalog(office.settings, Catalog((replace(MAKASSAR, touchpoints=(*MAKASSAR.touchpoints, paper)),)))
    office.context.catalog.refresh()
    assert [office.get(f"/k/{place}").status_code for place in ("kiosk-1", "kertas")] == [200, 404]


@pytest.mark.parametrize("language", ["id", "en"])
def test_imports_are_refused_here_saying_where_they_are_made(office: Office, language: str) -> None:
    answer = office.post(submission(channel="import"), **{"Accept-Language": language})
    (error,) = (answer.json or {})["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "channel", "not_over_http")
    assert "puas import" in error["message"]
    batch = office.client.post("/v1/feedback/batch", json=[submission(channel="import"), submission()])
    assert [item["status"] for item in batch.json or []] == ["invalid", "accepted"]
    assert len(office.logged()) == 1
