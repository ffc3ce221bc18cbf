"""Counts packed in cells by hour, day, month and year; keys, closings and postings.

The cells are counted from the responses when every step is done: see `readmodel.migrating`.
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_LONGEST_HOUR_MS = 7_200_000
_FILL = "UPDATE responses SET day = :day WHERE unit = :unit AND hour_ms = :hour"
_FILL_BY_INDEX = _FILL + " AND occurred_ms >= :hour AND occurred_ms < :end"


def upgrade() -> None:
    """Carry the responses over, drop the old tallies, make the new tables."""
    _days()
    op.create_index("responses_by_service", "responses", ["unit", "service", "occurred_ms", "event_id"])
    op.drop_table("answer_tallies")
    op.drop_table("response_tallies")
    op.create_table(
        "cells",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("unit", "cut", "grain", "service")),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("value", "instrument")),
        sa.Column("included", sa.Boolean(), primary_key=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        postgresql_with={"fillfactor": 70},
    )
    _publishing()


def _days() -> None:
    """Give every response the local date of its hour, by the time zone its unit has now."""
    op.add_column("responses", sa.Column("day", sa.Integer()))
    conn = op.get_bind()
    catalogs = sa.table("catalog_versions", sa.column("version"), sa.column("document", _DOCUMENT))
    newest = sa.select(catalogs.c.document).order_by(catalogs.c.version.desc()).limit(1)
    document: Any = conn.execute(newest).scalar() or {"units": []}
    zones = {unit["id"]: ZoneInfo(unit["timezone"]) for unit in document["units"]}
    for update in (_FILL_BY_INDEX, _FILL):
        hours = conn.execute(sa.text("SELECT DISTINCT unit, hour_ms FROM responses WHERE day IS NULL")).all()
        rows = [
            {"day": _day(hour, zones.get(unit)), "unit": unit, "hour": hour, "end": hour + _LONGEST_HOUR_MS}
            for unit, hour in hours
        ]
        if rows:
            conn.execute(sa.text(update), rows)
    with op.batch_alter_table("responses") as responses:
        responses.alter_column("day", existing_type=sa.Integer(), nullable=False)


def _day(hour_ms: int, zone: ZoneInfo | None) -> int:
    local = datetime.fromtimestamp(hour_ms / 1000, UTC).astimezone(zone or UTC)
    return local.year * 10_000 + local.month * 100 + local.day


def _publishing() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scopes", _DOCUMENT, nullable=False),
        sa.Column("units", _DOCUMENT),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger()),
        sa.Column("revoked_ms", sa.BigInteger()),
    )
    op.create_table(
        "closings",
        sa.Column("unit", sa.Text(), primary_key=True),
        sa.Column("period", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("log_id", sa.Text()),
        sa.Column("positions", _DOCUMENT, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rules", _DOCUMENT, nullable=False),
    )
    op.create_table(
        "closing_cells",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("unit", "period")),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("cut", "service")),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("value", "instrument")),
        sa.Column("included", sa.Boolean(), primary_key=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
    )
    op.create_table(
        "postings",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("unit", "period", "place")),
        sa.Column("posted_on", sa.Text(), nullable=False),
        sa.Column("posted_by", sa.Text(), nullable=False),
    )
