"""GET /v1/catalog: what a client needs to show a form: units, services, touchpoints, questionnaires."""

from functools import partial

from flask import Blueprint, Response, jsonify, request

from feedback_api.caching import body_tag, known_to_client, not_modified, tagged
from feedback_api.context import Context
from feedback_api.negotiation import require_json
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from readmodel.questionnaires import instruments_of
from satisfaction.instruments import Instrument, Text
from satisfaction.weights import Weighting
from schemas.catalog import to_document
from schemas.catalog_fields import weight_text

Document = dict[str, object]


def blueprint(context: Context) -> Blueprint:
    """GET /v1/catalog."""
    made = Blueprint("catalog", __name__)
    made.add_url_rule("/v1/catalog", "catalog", partial(catalog, context))
    return made


def catalog(context: Context) -> Response:
    """The catalog in force (what is retired says so) and every questionnaire, own ones too, in both languages."""
    require_json()
    parameters = Parameters(request.args, ())
    if parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    current = context.catalog.required()
    own = {made["id"] for made in current.instruments}
    asked = [_instrument(known) | {"own": known.id in own} for known in instruments_of(current).values()]
    answer = jsonify({"version": context.catalog.version} | to_document(current) | {"instruments": asked})
    tag = body_tag(answer.get_data())
    return not_modified(tag) if known_to_client(tag) else tagged(answer, tag)


def _instrument(instrument: Instrument) -> Document:
    return {
        "id": instrument.id,
        "name": _text(instrument.name),
        "kind": instrument.kind,
        "weights": _weights(instrument.weights),
        "bands": instrument.band_table,
        "elements": [
            {"key": element.key, "code": element.code, "name": _text(element.name)} for element in instrument.elements
        ],
        "questions": [
            {
                "key": question.key,
                "element": question.element,
                "text": _text(question.text),
                "optional": question.optional,
                "answers": [{"value": answer.value, "label": _text(answer.label)} for answer in question.answers],
            }
            for question in instrument.questions
        ],
    }


def _weights(weighting: Weighting) -> str | dict[str, str]:
    """The name of the convention, or each element's weight as a decimal or a fraction."""
    return weighting if isinstance(weighting, str) else {key: weight_text(given) for key, given in weighting.items()}


def _text(text: Text) -> Document:
    return {"id": text.id, "en": text.en}
