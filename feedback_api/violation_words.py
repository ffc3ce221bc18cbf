"""What people read about each violation, by the stable code that machines read."""

from collections.abc import Mapping

from feedback_api.languages import marked as _
from feedback_api.languages import translated
from feedback_api.problem_kinds import KINDS
from schemas.violation import Violation

_DOCUMENT = {
    "required": _("Required."),
    "null": _("Must not be null."),
    "unknown_field": _("There is no such field."),
    "set_by_intake": _("Is set by the server; leave it out."),
    "not_an_object": _("Must be a JSON object."),
    "not_a_list": _("Must be a list."),
    "not_a_string": _("Must be text."),
    "not_an_integer": _("Must be a whole number."),
    "not_a_boolean": _("Must be true or false."),
    "bad_characters": _("Holds characters that are not allowed (NUL, or half of a surrogate pair)."),
    "blank": _("Must not be blank."),
    "too_long": _("At most %(max)s characters."),
    "too_many": _("At most %(max)s."),
    "too_few": _("At least %(min)s."),
    "out_of_range": _("Must be from %(min)s to %(max)s."),
    "not_a_choice": _("Must be one of: %(choices)s."),
    "not_a_slug": _("Must be lower-case letters, digits, dots, hyphens or underscores, at most 63 of them."),
    "not_a_uuid": _("Must be a UUID (and not the nil one)."),
    "not_an_instrument": _("Must be a questionnaire with its version, such as skm-2017@1."),
    "not_a_language": _("Must be a language tag, such as id."),
    "not_a_timezone": _("Must be a time zone, such as Asia/Jakarta."),
    "not_a_time": _("Must be a time in RFC 3339, such as 2026-11-21T09:30:00+07:00."),
    "no_offset": _("Lacks its offset from UTC, such as +07:00."),
    "clock_years_off": _("The device's clock is more than %(days)s days off."),
    "not_a_period_label": _("Must be a year, semester, quarter or month, such as 2026, 2026-S2, 2026-Q4 or 2026-11."),
    "not_an_answer": _("Must be a whole number from 0 to %(max)s."),
    "not_a_weight": _("Must be a weight above 0 and up to 1, such as 0.2 or 1/9."),
    "not_weights": _("Must be a weight convention, or a weight for each element."),
}
_CATALOG = {
    "unknown_unit": _("There is no such unit in the catalog."),
    "unknown_service": _("The unit has no such service."),
    "unknown_touchpoint": _("The unit has no such touchpoint."),
    "unknown_instrument": _("There is no such questionnaire."),
    "retired_unit": _("The unit no longer takes feedback."),
    "retired_service": _("The service no longer takes feedback."),
    "retired_touchpoint": _("The touchpoint no longer takes feedback."),
    "not_at_touchpoint": _("The service is not offered at this touchpoint."),
    "not_for_service": _("The questionnaire is not used for this service."),
    "not_over_http": _("Paper and older surveys are imported by the command puas import, not sent here."),
}
_ANSWERS = {
    "unknown_question": _("The questionnaire has no such question."),
    "out_of_scale": _("Is none of the question's answers."),
}
_QUERY = {
    "unknown_parameter": _("There is no such parameter."),
    "repeated": _("May be given only once."),
    "excludes_period": _("Give either period, or from and to."),
    "needs_from_and_to": _("from and to go together."),
    "too_many_periods": _("The interval is too short for the time asked: more than %(max)s periods."),
    "too_many_items": _("The answer would hold more than %(max)s items; narrow the query."),
    "not_for_instrument": _("This weight convention does not fit the questionnaire %(instrument)s."),
    "not_a_period": _("Must be a period, such as 2026, 2026-S2, 2026-Q4, 2026-11, 2026-W47 or 2026-11-21."),
    "not_a_date_or_time": _("Must be a date or a time, such as 2026-11-21 or 2026-11-21T08:00."),
    "no_such_date": _("There is no such date."),
    "year_out_of_range": _("The year is out of range."),
    "not_a_whole_hour": _("Must be a whole hour."),
    "ends_before_it_starts": _("Must be later than from."),
    "too_many_responses": _(
        "These filters or groups together need every response read, and %(n)s are too many; ask for a shorter time."
    ),
    "bad_cursor": _("Is no cursor of this address, or belongs to another query; begin again without it."),
    "overlapping_periods": _("Periods that overlap can't be compared: their responses are partly the same."),
    "number_of_subjects": _("From %(min)s to %(max)s units, services and periods can be compared; these are %(n)s."),
    "instrument_needed": _("Name the questionnaire to compare: %(choices)s."),
}
_CLOSING = {
    "not_closable": _("Must be a period of whole months, such as 2026, 2026-S2, 2026-Q3 or 2026-09."),
    "not_closed": _("This period of the unit has not been closed."),
    "not_for_questionnaires": _("This weight convention fits none of the questionnaires answered."),
}
_LINE = {
    code: KINDS[code].detail for code in ("malformed_json", "not_utf8", "too_deep", "body_too_large", "refused_by_log")
}

WORDS: Mapping[str, str] = _DOCUMENT | _CATALOG | _ANSWERS | _QUERY | _CLOSING | _LINE
"""Code → sentence in English, as translators see it; `%(name)s` is filled in from the violation's params."""


def words(violation: Violation) -> str:
    """The violation's sentence in the reader's language."""
    params = {name: _listed(value) for name, value in violation.params.items()}
    return translated(WORDS[violation.code], **params)


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
