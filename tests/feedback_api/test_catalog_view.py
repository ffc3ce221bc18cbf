"""GET /v1/catalog holds all that a client needs to ask the questions."""

from schemas.catalog import from_document
from tests.feedback_api.office import CATALOG, Office


def test_it_is_the_catalog_in_force_and_says_what_is_retired(office: Office) -> None:
    document = office.get("/v1/catalog").json or {}
    assert from_document({"units": document["units"]}) == CATALOG
    services = {service["id"]: service for service in document["units"][0]["services"]}
    assert services["lama"]["retired"] is True
    assert "retired" not in services["legalisasi"]
    assert document["version"] == 1


def test_it_holds_every_question_and_answer_in_both_languages(office: Office) -> None:
    document = office.get("/v1/catalog").json or {}
    instruments = {instrument["id"]: instrument for instrument in document["instruments"]}
    skm = instruments["skm-2017@1"]
    assert [element["key"] for element in skm["elements"]][:2] == ["persyaratan", "prosedur"]
    assert len(skm["questions"]) == 9
    biaya = next(question for question in skm["questions"] if question["key"] == "biaya")
    assert (biaya["element"], [answer["value"] for answer in biaya["answers"]]) == ("biaya", [1, 2, 3, 4])
    assert biaya["answers"][3]["label"]["id"] == "Gratis"
    assert set(biaya["text"]) == {"id", "en"}
    (tap,) = instruments["smiley@1"]["questions"]
    assert (tap["key"], tap["optional"]) == ("kepuasan", False)


def test_it_takes_no_parameters(office: Office) -> None:
    answer = office.get("/v1/catalog?unit=ult-makassar")
    assert (answer.status_code, (answer.json or {})["errors"][0]["field"]) == (422, "unit")
