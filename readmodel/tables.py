"""The read model's tables, the same on SQLite and PostgreSQL.

Every time is Unix milliseconds, UTC. `hour_ms` is the start of the local hour of the unit in which a response was
placed. Counts are whole numbers and no row holds a zero, so that rebuilding gives the same rows.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()

_Document = JSON().with_variant(JSONB(), "postgresql")


def _key(name: str, kind: type[Text | BigInteger | Integer | Boolean] = Text) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


responses = Table(
    "responses",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("touchpoint", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("answers", _Document, nullable=False),
    Column("respondent", _Document, nullable=False),
    Column("comment", Text),
    Column("language", Text),
    Column("duration_ms", BigInteger),
    Column("occurred_ms", BigInteger, nullable=False),
    Column("claimed_ms", BigInteger),
    Column("received_ms", BigInteger, nullable=False),
    Column("hour_ms", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("flags", _Document, nullable=False),
    Column("included", Boolean, nullable=False),
    Column("producer", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("responses_by_time", "unit", "occurred_ms", "event_id"),
    Index("responses_by_service", "unit", "service", "occurred_ms", "event_id"),
)
"""One row per event_id; `occurred_ms` is the instant used, `claimed_ms` what the visitor's clock said, if anything.

`day` is the unit's local date in which it was placed, as the number yyyymmdd.
"""

cells = Table(
    "cells",
    METADATA,
    _key("unit"),
    _key("cut"),
    _key("grain"),
    _key("service"),
    _key("at", BigInteger),
    _key("value"),
    _key("instrument"),
    _key("included", Boolean),
    Column("n", BigInteger, nullable=False),
    Column("counts", Text, nullable=False),
    postgresql_with={"fillfactor": 70},
)
"""Counts of responses, ready to be added up: all answers of `n` responses packed in one text (`readmodel.packing`).

`cut` says what the responses have in common: "" nothing more, or a touchpoint, a channel or a field of the respondent
whose `value` it is ("" there: not stated). `grain` is hour, day, month or year of the unit's calendar, and `at` the one
meant: hour_ms, yyyymmdd, yyyymm or yyyy. Fields of the respondent are kept by day and month only.
"""

# The order of the keys serves the question asked most, "these services in this span"; a free part of each page lets
# PostgreSQL count in place.
_TALLY_OPTIONS: dict[str, Any] = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 90}}

flag_tallies = Table(
    "flag_tallies",
    METADATA,
    _key("rule"),
    _key("unit"),
    _key("service"),
    Column("count", BigInteger, nullable=False),
    **_TALLY_OPTIONS,
)
"""Responses flagged per misuse rule, whether or not the rule left them out."""

response_totals = Table(
    "response_totals",
    METADATA,
    _key("unit"),
    _key("service"),
    _key("touchpoint"),
    _key("channel"),
    _key("included", Boolean),
    Column("count", BigInteger, nullable=False),
    Column("last_occurred_ms", BigInteger, nullable=False),
    Column("last_received_ms", BigInteger, nullable=False),
    **_TALLY_OPTIONS,
)
"""Responses since the beginning; as small as the catalog, so metrics and silence checks read it at any scrape."""

answer_totals = Table(
    "answer_totals",
    METADATA,
    _key("unit"),
    _key("service"),
    _key("question"),
    _key("answer", Integer),
    Column("count", BigInteger, nullable=False),
    **_TALLY_OPTIONS,
)
"""Answers of included responses since the beginning; as small as the catalog."""

positions = Table(
    "positions",
    METADATA,
    _key("log_id"),
    _key("partition", Integer),
    Column("next_position", BigInteger),
    Column("updated_ms", BigInteger),
)
"""How far each partition of each log is counted; null where one was claimed and nothing stored yet."""

dead_letters = Table(
    "dead_letters",
    METADATA,
    _key("log_id"),
    _key("partition", Integer),
    _key("position", BigInteger),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", Text, nullable=False),
    Column("timestamp_ms", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("dead_ms", BigInteger, nullable=False),
    Column("retried_ms", BigInteger),
)
"""Records that could not be counted, byte for byte. `headers` is JSON: a list of [name, base64 of the value]."""

catalog_versions = Table(
    "catalog_versions",
    METADATA,
    _key("version", Integer),
    Column("applied_ms", BigInteger, nullable=False),
    Column("document", _Document, nullable=False),
    Column("changes", _Document, nullable=False),
)
"""Every catalog there has been; the highest version is the one in force."""

api_keys = Table(
    "api_keys",
    METADATA,
    _key("key_id"),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("scopes", _Document, nullable=False),
    Column("units", JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),
    Column("revoked_ms", BigInteger),
)
"""Keys given out: a hash of the secret, never the secret. `units` null means all."""

closings = Table(
    "closings",
    METADATA,
    _key("unit"),
    _key("period"),
    _key("revision", Integer),
    Column("closed_ms", BigInteger, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("note", Text),
    Column("log_id", Text),
    Column("positions", _Document, nullable=False),
    Column("digest", Text, nullable=False),
    Column("rules", _Document, nullable=False),
)
"""Figures frozen when a period was closed, once for each revision."""

closing_cells = Table(
    "closing_cells",
    METADATA,
    _key("unit"),
    _key("period"),
    _key("revision", Integer),
    _key("cut"),
    _key("service"),
    _key("at", BigInteger),
    _key("value"),
    _key("instrument"),
    _key("included", Boolean),
    Column("n", BigInteger, nullable=False),
    Column("counts", Text, nullable=False),
)
"""The monthly `cells` of a closed period as they were when it was closed."""

postings = Table(
    "postings",
    METADATA,
    _key("unit"),
    _key("period"),
    _key("place"),
    Column("posted_on", Text, nullable=False),
    Column("posted_by", Text, nullable=False),
)
"""Where a period's results were put up for visitors to read, and when (an ISO date)."""

TALLY_TABLES = (cells, flag_tallies, response_totals, answer_totals)
"""What can be made again from `responses`."""
