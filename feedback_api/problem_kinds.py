"""The kinds of problem that the API answers with, each with a stable code, a status and words."""

from collections.abc import Mapping
from dataclasses import dataclass

from feedback_api.languages import marked as _


@dataclass(frozen=True, slots=True)
class Kind:
    """HTTP status, and title and detail in English, as translators see them; `%(name)s` is filled in."""

    status: int
    title: str
    detail: str


KINDS: Mapping[str, Kind] = {
    "malformed_json": Kind(400, _("Not valid JSON"), _("The body is not valid JSON.")),
    "not_utf8": Kind(400, _("Not UTF-8"), _("The body is not text in UTF-8.")),
    "too_deep": Kind(400, _("Nested too deeply"), _("The JSON is nested too deeply.")),
    "not_a_list": Kind(400, _("Not a list"), _("A batch is a JSON array, or one JSON object a line (NDJSON).")),
    "bad_request": Kind(400, _("Bad request"), _("The request can't be understood.")),
    "too_many_items": Kind(413, _("Too many items"), _("A batch holds at most %(max)s items.")),
    "body_too_large": Kind(413, _("Too large"), _("The body is larger than %(max)s bytes.")),
    "unsupported_media_type": Kind(
        415, _("Unsupported content type"), _("Send the body uncompressed, with one of these content types: %(types)s.")
    ),
    "invalid_feedback": Kind(422, _("The feedback is not valid"), _("Nothing was stored; see the list of errors.")),
    "refused_by_log": Kind(422, _("The feedback can't be stored"), _("The event log will never take this record.")),
    "invalid_query": Kind(
        422, _("The query is not valid"), _("Parameters of the address can't be used; see the list of errors.")
    ),
    "needs_key": Kind(
        401,
        _("A key is needed"),
        _("This is open to holders of a key only. Send it as “Authorization: Bearer <key>”, or sign in with it."),
    ),
    "bad_key": Kind(
        401, _("The key is not valid"), _("There is no such key, or it has expired or been revoked. Ask for a new one.")
    ),
    "not_allowed": Kind(
        403,
        _("The key does not allow this"),
        _("The key lacks the right “%(scope)s” for what was asked. Ask for a key that has it."),
    ),
    "invalid_closing": Kind(422, _("This can't be closed"), _("Nothing was changed; see the list of errors.")),
    "not_over": Kind(409, _("The period is still running"), _("A period can be closed when it has ended.")),
    "already_closed": Kind(
        409, _("Already closed"), _("The period is closed; `revise` makes a new revision with a number of its own.")
    ),
    "would_revise": Kind(
        409,
        _("Closed periods would change"),
        _("%(periods)s: closed already, and would change with it; `revise` makes new revisions of them too."),
    ),
    "nothing_to_revise": Kind(
        409, _("Nothing to revise"), _("The period is not closed yet, or nothing has changed since it was.")
    ),
    "no_catalog": Kind(
        503, _("Not ready yet"), _("The catalog of services is not loaded yet. Keep the feedback and send it again.")
    ),
    "no_room": Kind(
        503,
        _("Can't store feedback now"),
        _("The event log is away and this host's spool is full. Keep the feedback and send it again."),
    ),
    "database_away": Kind(503, _("The database is away"), _("The figures can't be read at the moment. Try again.")),
    "exports_busy": Kind(
        503, _("Other exports are running"), _("As many exports as this server allows are running. Try again later.")
    ),
    "not_found": Kind(404, _("Not found"), _("There is nothing at this address.")),
    "method_not_allowed": Kind(405, _("Method not allowed"), _("This address does not take this method.")),
    "not_acceptable": Kind(406, _("Not acceptable"), _("This address answers with: %(types)s.")),
    "internal_error": Kind(500, _("Internal error"), _("Something is wrong on our side; it has been recorded.")),
}

BY_STATUS: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    500: "internal_error",
}
"""The kind for an error that the framework, not we, found."""
