"""What GET /v1/responses was asked, and the cursor that goes on from one page to the next."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from feedback_api import indices_filters, indices_time
from feedback_api.indices_filters import Filters, read_filters
from feedback_api.indices_query import YES_NO
from feedback_api.indices_time import Timespan, read_timespan, refused
from feedback_api.negotiation import Form
from feedback_api.parameters import Parameters
from feedback_api.problems import Problem
from readmodel.queries import Scope
from schemas.catalog import Catalog, Unit

MOST_ON_PAGE = 1000
USUAL_ON_PAGE = 100
KNOWN = (*indices_filters.NAMES, *indices_time.NAMES, "limit", "cursor", "bom")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsesQuery:
    """A checked query."""

    filters: Filters
    time: Timespan
    limit: int
    cursor: str | None
    bom: bool

    def document(self) -> dict[str, object]:
        """The query as it was understood, without what only cuts its answer into pages."""
        return self.filters.document() | self.time.document()

    def scope(self, unit: Unit) -> Scope:
        """The responses of one unit that are meant."""
        filters = self.filters

        def only(value: str | None) -> list[str] | None:
            return None if value is None else [value]

        return Scope(
            unit=[unit.id],
            service=only(filters.service),
            touchpoint=only(filters.touchpoint),
            channel=only(filters.channel),
            instrument=only(filters.instrument),
            respondent={name: [value] for name, value in filters.respondent.items()},
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader of pages has come to: behind `after` in the unit, in the state of its first page.

    `before` are the log's positions then, `now_ms` the time.
    """

    unit: str
    after: tuple[int, UUID] | None
    before: Mapping[int, int]
    now_ms: int

    @property
    def now(self) -> datetime:
        """The time of the first page."""
        return datetime.fromtimestamp(self.now_ms / 1000, UTC)


def read_responses_query(given: MultiDict[str, str], catalog: Catalog, form: Form) -> ResponsesQuery:
    """The query in an address's parameters. Raises Problem 422 naming every parameter at fault."""
    paged = () if form == "json" else ("limit", "cursor")  # a file has no pages
    parameters = Parameters(given, [name for name in KNOWN if name not in paged])
    query = ResponsesQuery(
        filters=read_filters(parameters, catalog),
        time=read_timespan(parameters),
        limit=parameters.whole("limit", 1, MOST_ON_PAGE, USUAL_ON_PAGE),
        cursor=parameters.text("cursor"),
        bom=parameters.choice("bom", YES_NO) == "true",
    )
    if parameters.faults:
        raise Problem("invalid_query", parameters.faults)
    return query


def cursor(secret: str, query: ResponsesQuery, place: Place) -> str:
    """The place as a text that nobody can read meaning into or change."""
    after = None if place.after is None else [place.after[0], place.after[1].hex]
    before = [[partition, position] for partition, position in sorted(place.before.items())]
    return str(_serializer(secret).dumps([_digest(query), place.unit, after, before, place.now_ms]))


def place_of(secret: str, query: ResponsesQuery, units: Sequence[Unit]) -> Place | None:
    """Where the query's cursor says to go on; None without one. Raises Problem 422 for one not made for this query."""
    if query.cursor is None:
        return None
    try:
        digest, unit, after, before, now_ms = _serializer(secret).loads(query.cursor)
    except BadData:
        raise refused("cursor", "bad_cursor") from None
    if digest != _digest(query) or unit not in [known.id for known in units]:
        raise refused("cursor", "bad_cursor")
    behind = None if after is None else (after[0], UUID(hex=after[1]))
    return Place(unit, behind, dict(map(tuple, before)), now_ms)


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="puas.responses-cursor", signer_kwargs={"digest_method": sha256})


def _digest(query: ResponsesQuery) -> str:
    return sha256(json.dumps(query.document(), sort_keys=True).encode()).hexdigest()[:16]
