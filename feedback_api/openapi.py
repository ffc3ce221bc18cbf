"""GET /v1/openapi.json: the API described for programs."""

import json

from flask import Blueprint, Response, request

from feedback_api.caching import body_tag, known_to_client, not_modified, tagged
from feedback_api.context import Context
from feedback_api.openapi_document import openapi_document
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem


def blueprint(_context: Context) -> Blueprint:
    """GET /v1/openapi.json."""
    made = Blueprint("openapi", __name__)
    body = json.dumps(openapi_document(), ensure_ascii=False).encode()
    tag = body_tag(body)

    def openapi() -> Response:
        """The document; it changes with the program only."""
        parameters = Parameters(request.args, ())
        if parameters.faults:
            raise Problem("invalid_query", parameters.faults)
        if known_to_client(tag):
            return not_modified(tag)
        return tagged(Response(body, content_type="application/json"), tag)

    made.add_url_rule("/v1/openapi.json", "openapi", openapi)
    return made
