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
    Column("flags", _Document, nullable=False),
    Column("included", Boolean, nullable=False),
    Column("producer", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("responses_by_time", "unit", "occurred_ms", "event_id"),
)
"""One row per event_id; `occurred_ms` is the instant used, `claimed_ms` what the visitor's clock said, if anything."""

# The order of the keys serves the question asked most, "this service in this span of hours"; the second index
# serves "everything in the last hours". A free tenth of each page lets PostgreSQL count in place.
_TALLY_OPTIONS: dict[str, Any] = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 90}}

response_tallies = Table(
    "response_tallies",
    METADATA,
    _key("unit"),
    _key("service"),
    _key("hour_ms", BigInteger),
    _key("instrument"),
    _key("touchpoint"),
    _key("channel"),
    _key("included", Boolean),
    Column("count", BigInteger, nullable=False),
    Index("response_tallies_by_hour", "hour_ms", "unit"),
    **_TALLY_OPTIONS,
)

answer_tallies = Table(
    "answer_tallies",
    METADATA,
    _key("unit"),
    _key("service"),
    _key("hour_ms", BigInteger),
    _key("instrument"),
    _key("touchpoint"),
    _key("channel"),
    _key("included", Boolean),
    _key("question"),
    _key("answer", Integer),
    Column("count", BigInteger, nullable=False),
    Index("answer_tallies_by_hour", "hour_ms", "unit"),
    **_TALLY_OPTIONS,
)

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

TALLY_TABLES = (response_tallies, answer_tallies, flag_tallies, response_totals, answer_totals)
"""What can be made again from `responses`."""
