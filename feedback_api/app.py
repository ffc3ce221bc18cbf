"""The app factory: everything a request can meet, wired from one context."""

from collections.abc import Callable

import structlog
from flask import Blueprint, Flask, Response, request

from feedback_api import (
    access,
    catalog_view,
    closings,
    comparison,
    docs_page,
    health,
    indices,
    intake,
    languages,
    openapi,
    pages,
    problem_pages,
    problems,
    public_page,
    readiness,
    reports,
    responses,
    signing_in,
)
from feedback_api.context import Context
from feedback_api.fast_lane import FastLane
from feedback_api.tracing import request_id

BLUEPRINTS: tuple[Callable[[Context], Blueprint], ...] = (
    intake.blueprint,
    indices.blueprint,
    comparison.blueprint,
    responses.blueprint,
    reports.blueprint,
    catalog_view.blueprint,
    health.blueprint,
    problem_pages.blueprint,
    pages.blueprint,
    public_page.blueprint,
    signing_in.blueprint,
    closings.blueprint,
    readiness.blueprint,
    openapi.blueprint,
    docs_page.blueprint,
)
"""What makes each blueprint of its context."""

_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)
"""Set on every answer that does not bring its own; a page brings a Content-Security-Policy that lets it work."""


class Api(Flask):
    """Flask, telling an unexpected error to our log once, with the request's id and without the visitor's address."""

    def log_exception(self, exc_info: object) -> None:
        structlog.get_logger().error(
            "request failed",
            method=request.method,
            path=request.path,
            request_id=request_id(request.environ),
            exc_info=exc_info,
        )


def create_app(context: Context) -> Flask:
    """The WSGI app of one process. Starts nothing: `context.start` does."""
    app = Api("feedback_api")
    app.url_map.merge_slashes = False  # an address that is not quite ours is nowhere, not redirected
    app.json.sort_keys = False  # type: ignore[attr-defined]
    languages.install(app)
    problems.install(app)
    for make in BLUEPRINTS:
        app.register_blueprint(make(context))
    app.after_request(_finish)
    access.install(app)
    app.wsgi_app = FastLane(app.wsgi_app, context)  # type: ignore[method-assign]
    return app


def _finish(response: Response) -> Response:
    headers = response.headers
    for name, value in _HEADERS:
        if name not in headers:
            headers.add(name, value)
    if request.method == "OPTIONS" and response.calculate_content_length() == 0:
        headers.pop("Content-Type", None)
    headers.add("X-Request-Id", request_id(request.environ))
    return response
