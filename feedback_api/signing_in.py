"""Signing in with a key, for people at a browser: GET and POST /sign-in, POST /sign-out."""

from functools import partial

from flask import Blueprint, Response, render_template, request, url_for

from feedback_api import access
from feedback_api.context import Context
from feedback_api.html import html_page
from feedback_api.languages import preferred
from feedback_api.reading import read_database
from readmodel.keys import find_key

MAX_FORM = 4096


def blueprint(context: Context) -> Blueprint:
    """GET and POST /sign-in, POST /sign-out."""
    made = Blueprint("signing_in", __name__)
    made.add_url_rule("/sign-in", "form", partial(form, context))
    made.add_url_rule("/sign-in", "sign_in", partial(sign_in, context), methods=["POST"])
    made.add_url_rule("/sign-out", "sign_out", partial(sign_out, context), methods=["POST"])
    return made


def form(context: Context) -> Response:
    """The form that takes a key. `/sign-in#<key>` fills and sends it: what follows the # never reaches a server."""
    return _form(access.caller(context).name, refused=False, status=200)


def sign_in(context: Context) -> Response:
    """To the board with a cookie, or the form again, answered 403, for a key that opens nothing."""
    request.max_content_length = MAX_FORM
    words = request.form.get("key", "").strip()
    now_ms = round(context.clock().timestamp() * 1000)
    key = read_database(context, lambda connection: find_key(connection, words, now_ms))
    if key is None:
        return _form(None, refused=True, status=403)
    answer = _to_board()
    context.sign_ins.sign_in(answer, key.key_id, secure=request.is_secure)
    return answer


def sign_out(context: Context) -> Response:
    """To the board, without the cookie."""
    answer = _to_board()
    context.sign_ins.sign_out(answer, secure=request.is_secure)
    return answer


def _form(name: str | None, *, refused: bool, status: int) -> Response:
    text = render_template("sign_in.html", language=preferred(), name=name, refused=refused)
    return html_page(text, status, forms=True)


def _to_board() -> Response:
    answer = Response(status=303)
    answer.headers["Location"] = url_for("pages.board")
    answer.headers.pop("Content-Type", None)
    return answer
