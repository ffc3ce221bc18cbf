"""What a report of a unit and period says, as values: every figure from whole counts, no word of any language yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from satisfaction.index import Measure
from satisfaction.instruments import Instrument
from satisfaction.periods import Period

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """A service that was rated, or could have been; `excluded` responses were left out by misuse rules."""

    id: str
    name: str
    measure: Measure
    excluded: int


@dataclass(frozen=True, slots=True)
class ProfileField:
    """How many included respondents gave each value of a field; the value "" did not say."""

    name: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period of the trend; a closed one is frozen.

    `published` is how it was closed, where the weights of this report give its counts another figure.
    """

    period: Period
    measure: Measure
    closed: bool
    published: Measure | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A visitor's own words, the service they came for and the local day."""

    day: date
    service: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One response of the tabulation; `answers` in the order of the instrument's questions."""

    at: datetime
    service: str
    channel: str
    answers: tuple[int | None, ...]
    respondent: Values
    included: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """What the figures count. `revision` is that of the closing they were frozen by, None for live figures.

    `departs_from` is the revision in force where live figures were asked for all the same.

    `positions` are the next positions of the log's partitions; `digest` is of the responses counted; `late` responses
    arrived for the period after it was closed and are not in the figures.
    """

    log_id: str | None
    positions: Mapping[int, int]
    counted_ms: int | None
    revision: int | None = None
    closed_ms: int | None = None
    digest: str | None = None
    late: int = 0
    departs_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything a report prints. Times are aware; `period` is in the unit's own zone.

    `population` is how many people were served, None when the catalog doesn't say; `needed` is the Krejcie-Morgan
    sample for it, or for a population without limit. `with_excluded` is the measure with the responses that misuse
    rules left out. `suggestions` and `rows` are None where the reader may not see them, and shorter than
    `suggestions_total` and `rows_total` where there are more than were asked for.
    """

    unit: str
    unit_name: str
    parent_name: str | None
    service_name: str | None
    period: Period
    over: bool
    made_at: datetime
    instrument: Instrument
    measure: Measure
    excluded: int
    with_excluded: Measure
    population: int | None
    needed: int
    services: tuple[ServiceFigures, ...]
    profile: tuple[ProfileField, ...]
    trend: tuple[TrendPoint, ...]
    origin: Origin
    suggestions: tuple[Suggestion, ...] | None = None
    suggestions_total: int = 0
    rows: tuple[Row, ...] | None = None
    rows_total: int = 0

    @property
    def n(self) -> int:
        """Responses the figures count."""
        return self.measure.n
