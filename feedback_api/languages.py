"""Which of our two languages a reader prefers, and a message in that language."""

from typing import Literal

from flask import Flask, has_request_context, request
from flask_babel import Babel, gettext  # type: ignore[import-untyped]

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")
DEFAULT: Language = "id"


def install(app: Flask) -> None:
    """Give the app its translations; a language is chosen only when a message is rendered."""
    Babel(app, default_locale=DEFAULT, locale_selector=preferred)


def preferred() -> Language:
    """The first language in the request's Accept-Language that we speak, whatever its region; else Indonesian."""
    if not has_request_context():
        return DEFAULT
    for tag, quality in request.accept_languages:
        spoken = tag.partition("-")[0].lower()
        for language in LANGUAGES:
            if quality > 0 and spoken in (language, "*"):
                return language
    return DEFAULT


def translated(message: str, **values: object) -> str:
    """`message` (English, as in the source) in the request's language, `%(name)s` filled in from `values`."""
    return str(gettext(message, **values))


def marked(message: str) -> str:
    """The message itself; marks it for the extraction of messages to translate."""
    return message
