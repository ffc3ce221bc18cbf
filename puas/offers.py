"""What GET /v1/catalog offers to visitors, as the simulation needs it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from puas.visitors import Offer, Question

Document = Mapping[str, Any]


def offers(catalog: Document) -> list[Offer]:
    """Every open touchpoint with each service in use there and each questionnaire of that service."""
    asked = {instrument["id"]: tuple(map(_question, instrument["questions"])) for instrument in catalog["instruments"]}
    return [offer for unit in _in_use(catalog["units"]) for offer in _at_unit(unit, asked)]


def _at_unit(unit: Document, asked: Mapping[str, tuple[Question, ...]]) -> Iterator[Offer]:
    services = {service["id"]: service for service in _in_use(unit["services"])}
    zone = ZoneInfo(unit["timezone"])
    for place in _in_use(unit["touchpoints"]):
        if place["access"] != "open" or place["channel"] == "import":
            continue
        for service in (services[id_] for id_ in place["services"] if id_ in services):
            for instrument in service["instruments"]:
                yield Offer(
                    unit["id"], zone, service["id"], place["id"], place["channel"], instrument, asked[instrument]
                )


def _in_use(entries: Sequence[Document]) -> list[Document]:
    return [entry for entry in entries if not entry.get("retired")]


def _question(question: Document) -> Question:
    values = [answer["value"] for answer in question["answers"]]
    return Question(question["key"], min(values), max(values), question["optional"])
