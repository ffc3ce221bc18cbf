"""The three fields only a feedback has: its id, its answers, its respondent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from schemas.fields import SLUG, Description, WireField, Word, choice_refusal, integer, is_slug, refusal, text_refusal

MOST_ANSWERS = 100
LARGEST_ANSWER = 1000
RESPONDENT: Mapping[str, tuple[str, ...]] = {
    "sex": ("female", "male"),
    "age_band": ("under-17", "17-25", "26-35", "36-45", "46-55", "56-65", "over-65"),
    "education": ("sd", "smp", "sma", "diploma", "s1", "s2", "s3"),
    "occupation": ("pns", "tni", "polri", "swasta", "wirausaha", "lainnya"),
    "disability": ("none", "physical", "sensory", "intellectual", "mental", "multiple"),
}
"""What may be said about a respondent, and the values our pages offer; an office's own form may offer others."""

_HEX = "[0-9a-fA-F]"
_UUID = f"{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"


class EventId(Word):
    """A UUID of any version in its plain form, either case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_UUID, "not_a_uuid", 36, **kwargs)

    def read(self, value: Any) -> UUID:
        if isinstance(value, str) and self._matches(value):
            return UUID(int=int(value.replace("-", ""), 16))
        raise text_refusal(value, 36, "not_a_uuid")

    def description(self) -> Description:
        return super().description() | {"format": "uuid"}


class SubmittedId(EventId):
    """Refuses the nil and max UUIDs: a client without a working generator would have all its feedback counted once."""

    def read(self, value: Any) -> UUID:
        event_id = super().read(value)
        if event_id.int in {0, 2**128 - 1}:
            raise refusal("not_a_uuid")
        return event_id

    def description(self) -> Description:
        return super().description() | {"not": {"pattern": "^([0-]+|[fF-]+)$"}}


class Answers(WireField):
    """Question key → integer, or null for "not applicable". Which keys and values fit is the instrument's to say."""

    def read(self, value: Any) -> dict[str, int | None]:
        if not isinstance(value, dict):
            raise refusal("not_an_object")
        if len(value) > MOST_ANSWERS:
            raise refusal("too_many", max=MOST_ANSWERS)
        for key, answer in value.items():
            whole = type(answer) is int and 0 <= answer <= LARGEST_ANSWER
            if not (whole or answer is None) or type(key) is not str or not is_slug(key):
                raise ValidationError(_faults(value))
        return dict(value)

    def description(self) -> Description:
        answer = {"type": ["integer", "null"], "minimum": 0, "maximum": LARGEST_ANSWER}
        return {
            "type": "object",
            "maxProperties": MOST_ANSWERS,
            "propertyNames": {"pattern": f"^{SLUG}$"},
            "additionalProperties": answer,
        }


def _faults(answers: dict[Any, Any]) -> dict[Any, Any]:
    faults: dict[Any, Any] = {}
    for key, answer in answers.items():
        try:
            if not isinstance(key, str) or not is_slug(key):
                raise text_refusal(key, 63, "not_a_slug")
            if answer is not None:
                integer(answer, 0, LARGEST_ANSWER)
        except ValidationError as error:
            faults[key] = error.messages
    return faults


class Respondent(WireField):
    """The keys of RESPONDENT with a slug each, in either case; a null value is a question left open.

    Offices band ages and name schools differently, so values are theirs; only an exact age is refused.
    """

    def read(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise refusal("not_an_object")
        faults: dict[Any, Any] = {}
        for key, said in value.items():
            if key not in RESPONDENT:
                faults[key] = ["unknown_field"]
            elif said is None:
                continue
            elif not isinstance(said, str) or not is_slug(said.lower()):
                faults[key] = text_refusal(said, 63, "not_a_slug").messages
            elif key == "age_band" and said.isdigit():
                faults[key] = choice_refusal(said, RESPONDENT[key]).messages
        if faults:
            raise ValidationError(faults)
        return {key: said.lower() for key, said in value.items() if said is not None}

    def description(self) -> Description:
        slug: dict[str, Any] = {"type": ["string", "null"], "pattern": f"^{SLUG.replace('a-z', 'a-zA-Z')}$"}
        known: dict[str, dict[str, Any]] = {
            key: slug | {"examples": list(choices)} for key, choices in RESPONDENT.items()
        }
        known["age_band"]["not"] = {"pattern": "^[0-9]+$"}
        return {"type": "object", "properties": known, "additionalProperties": False}


class LooseRespondent(WireField):
    """Any slug said of any slug: a later producer may know more keys and values than we do."""

    def read(self, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise refusal("not_an_object")
        said = {key: text for key, text in value.items() if text is not None}
        for key, text in said.items():
            if not is_slug(key):
                raise ValidationError({key: text_refusal(key, 63, "not_a_slug").messages})
            if not isinstance(text, str) or not is_slug(text):
                raise ValidationError({key: text_refusal(text, 63, "not_a_slug").messages})
        return said

    def description(self) -> Description:
        slug = {"type": ["string", "null"], "pattern": f"^{SLUG}$"}
        return {"type": "object", "propertyNames": {"pattern": f"^{SLUG}$"}, "additionalProperties": slug}
