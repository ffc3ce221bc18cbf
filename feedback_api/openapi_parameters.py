"""What each parameter of an address means and takes, as OpenAPI says it; views hold what they accept, tests both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from feedback_api.comparison_query import MOST
from feedback_api.indices_filters import NOT_STATED
from feedback_api.indices_query import FIGURES, MISUSE
from feedback_api.indices_time import MOST_PERIODS
from feedback_api.responses_query import MOST_ON_PAGE, USUAL_ON_PAGE
from reporting.figure_groups import GROUPINGS
from reporting.poster import SIZES
from reporting.report_files import FORMS
from reporting.words import LANGUAGES
from satisfaction.index import WEIGHTS
from satisfaction.periods import FIRST_YEAR, INTERVALS, LAST_YEAR
from schemas.closing import ClosablePeriod
from schemas.feedback import CHANNELS
from schemas.feedback_fields import RESPONDENT
from schemas.fields import Description, InstrumentId, Slug

Where = Literal["query", "path", "header"]

_YEAR = "(19[7-9][0-9]|2[0-9]{3})"
_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_PERIOD = rf"{_YEAR}(-S[12]|-Q[1-4]|-W(0[1-9]|[1-4][0-9]|5[0-3])|-(0[1-9]|1[0-2])|-{_DAY})?"
_BOUNDARY = (
    rf"{_YEAR}-{_DAY}(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?"
)
_SLUG, _INSTRUMENT = Slug().description(), InstrumentId().description()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; an array is given as one comma-separated value."""

    name: str
    description: str
    schema: Description
    example: object = None
    required: bool = False
    where: Where = "query"

    def document(self) -> Description:
        """As a Parameter Object."""
        made: Description = {"name": self.name, "in": self.where, "description": self.description}
        if self.required:
            made["required"] = True
        if self.schema.get("type") == "array":
            made |= {"style": "form", "explode": False}
        made["schema"] = self.schema
        return made if self.example is None else made | {"example": self.example}


def _choice(choices: Iterable[str], default: str | None = None) -> Description:
    described: Description = {"type": "string", "enum": list(choices)}
    return described if default is None else described | {"default": default}


def _pattern(pattern: str) -> Description:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _several(items: Description, **limits: int) -> Description:
    return {"type": "array", "items": items, "uniqueItems": True, "minItems": 1} | limits


UNIT = Parameter("unit", "Id of the unit.", _SLUG, "ult-bbpmp-jatim", required=True)
UNITS = Parameter(
    "unit",
    "Ids of units, separated by commas; all that the caller may see when left out. Units are never pooled: each has "
    "items of its own.",
    _several(_SLUG),
    ["ult-bbpmp-jatim"],
)
PERIOD = Parameter(
    "period",
    "A year `2026`, semester `2026-S2`, quarter `2026-Q4`, month `2026-11`, ISO week `2026-W47` or day `2026-11-21`, "
    "on "
    "the unit's own clocks. The running quarter when left out.",
    _pattern(_PERIOD),
    "2026-Q4",
)
_FILTERS = (
    UNITS,
    Parameter("service", "Id of a service: only its responses.", _SLUG, "legalisasi-ijazah"),
    Parameter("touchpoint", "Id of a touchpoint: only responses given there. Needs a key.", _SLUG, "kiosk-ult-jatim-1"),
    Parameter("channel", "Only responses given through this channel. Needs a key.", _choice(CHANNELS), "kiosk"),
    Parameter("instrument", "Only this questionnaire, with its version.", _INSTRUMENT, "skm-2017@1"),
    *(
        Parameter(
            field,
            f"Only respondents who said this; `{NOT_STATED}` is those who left it open. Needs a key.",
            _SLUG | {"examples": [*choices, NOT_STATED]},
            choices[0],
        )
        for field, choices in RESPONDENT.items()
    ),
)
_TIME = (
    PERIOD,
    Parameter(
        "from",
        "Instead of `period`, with `to`: a day, or a whole hour, on the unit's own clocks. Needs a key.",
        _pattern(_BOUNDARY),
        "2026-11-01",
    ),
    Parameter("to", "The last day, included; or a whole hour, not included.", _pattern(_BOUNDARY), "2026-11-21"),
)
_RULES = (
    Parameter(
        "weights",
        "Weight convention, for offices that publish by a rounded one; each questionnaire's own when left out.",
        _choice(WEIGHTS),
        "0.111",
    ),
    Parameter(
        "misuse",
        "Whether responses that the rules against misuse left out are counted. `include` needs a key.",
        _choice(MISUSE, "exclude"),
    ),
    Parameter(
        "figures",
        "Of a closed period, the figures as frozen when it was closed, or counted anew. `live` needs a key.",
        _choice(FIGURES, "published"),
    ),
)
_BOM = Parameter(
    "bom", "Begin a CSV with the byte order mark that Excel recognises UTF-8 by.", {"type": "boolean", "default": False}
)
INDICES = (
    *_FILTERS,
    *_TIME,
    Parameter(
        "interval",
        f"Cut the time into calendar periods, one item for each, at most {MOST_PERIODS}. `hour`, `day` and `week` need "
        "a key.",
        _choice(INTERVALS),
        "month",
    ),
    Parameter(
        "group_by",
        "One item for each of these, separated by commas; without it a unit's answers are pooled for each "
        "questionnaire. All but `service` and `element` need a key.",
        _several(_choice(GROUPINGS)),
        ["service"],
    ),
    *_RULES,
    _BOM,
)
COMPARISON = (
    Parameter("unit", "Units to compare, separated by commas.", _several(_SLUG, maxItems=MOST), required=True),
    Parameter("service", "Services to compare, each in every unit.", _several(_SLUG, maxItems=MOST)),
    Parameter(
        "period",
        "Periods to compare, each of every unit and service; they must not overlap.",
        _several(_pattern(_PERIOD), maxItems=MOST),
        ["2026-Q3", "2026-Q4"],
    ),
    Parameter(
        "instrument",
        "The questionnaire; needed where those compared have several in common.",
        _INSTRUMENT,
        "skm-2017@1",
    ),
    *_RULES,
    _BOM,
)
RESPONSES_FILE = (*_FILTERS, *_TIME, _BOM)
RESPONSES = (
    *RESPONSES_FILE,
    Parameter(
        "limit",
        "Responses on a page; of JSON only.",
        {"type": "integer", "minimum": 1, "maximum": MOST_ON_PAGE, "default": USUAL_ON_PAGE},
    ),
    Parameter(
        "cursor",
        "`next` of the page before, with the same query. All pages show the state that the first found; of JSON only.",
        {"type": "string", "minLength": 1},
    ),
)
_LANGUAGE = Parameter("language", "Of the document; by Accept-Language when left out.", _choice(LANGUAGES), "id")
REPORT = (
    UNIT,
    PERIOD,
    Parameter("service", "Only this service.", _SLUG, "legalisasi-ijazah"),
    Parameter("instrument", "The questionnaire reported on.", _INSTRUMENT | {"default": "skm-2017@1"}),
    _RULES[0],
    Parameter("format", "What to answer with; the address's suffix and then this go before Accept.", _choice(FORMS)),
    _LANGUAGE,
    Parameter(
        "figures",
        "Of a closed period, the figures as frozen when it was closed, or counted anew.",
        _choice(("published", "live"), "published"),
    ),
)
POSTER = (
    Parameter("unit_id", "Id of a public unit.", _SLUG, "ult-bbpmp-jatim", required=True, where="path"),
    Parameter("size", "Of the paper.", _choice(SIZES, "a4")),
    Parameter("period", "The period shown; the latest that can be shown when left out.", _pattern(_PERIOD), "2026-Q3"),
    Parameter("instrument", "The questionnaire.", _INSTRUMENT, "skm-2017@1"),
    _LANGUAGE,
)
PLACE = (
    UNIT,
    Parameter("period", "Only of this period.", ClosablePeriod().description(), "2026-Q3"),
)
YEAR = Parameter(
    "year",
    "The calendar year; the running one when left out.",
    {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
    2026,
)
ACCEPT_LANGUAGE = Parameter(
    "Accept-Language",
    "Indonesian (`id`, the default) or English (`en`) for what people read.",
    {"type": "string"},
    "en",
    where="header",
)
IF_NONE_MATCH = Parameter(
    "If-None-Match",
    "The ETag of an answer that the client keeps: 304 while it still holds.",
    {"type": "string"},
    where="header",
)


def names(parameters: Iterable[Parameter]) -> frozenset[str]:
    """The names of those in the address's query."""
    return frozenset(one.name for one in parameters if one.where == "query")


HEADERS: Mapping[str, Description] = {
    "X-Request-Id": {
        "description": "What ties this answer to the server's log: as sent when it was a plain word, else new.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "Content-Language": {"description": "The language of what people read.", "schema": _choice(LANGUAGES)},
    "ETag": {"description": "For If-None-Match.", "schema": {"type": "string", "pattern": '^(W/)?"[0-9a-f]{32}"$'}},
    "Content-Disposition": {"description": "The name to save the file under.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}},
    "WWW-Authenticate": {"description": "What would let the caller in (RFC 6750).", "schema": {"type": "string"}},
}
"""Headers of answers."""
