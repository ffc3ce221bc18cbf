"""The yardstick: what Flask under Puas's gunicorn settings does with a request that is parsed and nothing else."""

from flask import Flask, request
from flask.typing import ResponseReturnValue


def create_app() -> Flask:
    """An app that answers a JSON body with itself."""
    app = Flask("echo")
    app.add_url_rule("/v1/feedback", "echo", _echo, methods=["POST"])
    return app


def _echo() -> ResponseReturnValue:
    return request.get_json(), 202
