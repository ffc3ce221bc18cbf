"""Responses, what is counted of them, and the catalogs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_COUNTED: dict[str, Any] = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 90}}


def upgrade() -> None:
    """Make every table."""
    _responses()
    _tallies()
    _totals()
    _log()
    op.create_table(
        "catalog_versions",
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("applied_ms", sa.BigInteger(), nullable=False),
        sa.Column("document", _DOCUMENT, nullable=False),
        sa.Column("changes", _DOCUMENT, nullable=False),
    )


def _responses() -> None:
    op.create_table(
        "responses",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("answers", _DOCUMENT, nullable=False),
        sa.Column("respondent", _DOCUMENT, nullable=False),
        sa.Column("comment", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("duration_ms", sa.BigInteger()),
        sa.Column("occurred_ms", sa.BigInteger(), nullable=False),
        sa.Column("claimed_ms", sa.BigInteger()),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("hour_ms", sa.BigInteger(), nullable=False),
        sa.Column("flags", _DOCUMENT, nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("producer", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
    )
    op.create_index("responses_by_time", "responses", ["unit", "occurred_ms", "event_id"])


def _tallies() -> None:
    def cell() -> list[sa.Column[Any]]:
        texts = ("instrument", "touchpoint", "channel")
        return [
            sa.Column("unit", sa.Text(), primary_key=True),
            sa.Column("service", sa.Text(), primary_key=True),
            sa.Column("hour_ms", sa.BigInteger(), primary_key=True, autoincrement=False),
            *(sa.Column(name, sa.Text(), primary_key=True) for name in texts),
            sa.Column("included", sa.Boolean(), primary_key=True),
        ]

    op.create_table("response_tallies", *cell(), _count(), **_COUNTED)
    op.create_index("response_tallies_by_hour", "response_tallies", ["hour_ms", "unit"])
    op.create_table(
        "answer_tallies",
        *cell(),
        sa.Column("question", sa.Text(), primary_key=True),
        sa.Column("answer", sa.Integer(), primary_key=True, autoincrement=False),
        _count(),
        **_COUNTED,
    )
    op.create_index("answer_tallies_by_hour", "answer_tallies", ["hour_ms", "unit"])
    op.create_table(
        "flag_tallies",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("rule", "unit", "service")),
        _count(),
        **_COUNTED,
    )


def _totals() -> None:
    op.create_table(
        "response_totals",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("unit", "service", "touchpoint", "channel")),
        sa.Column("included", sa.Boolean(), primary_key=True),
        _count(),
        sa.Column("last_occurred_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_received_ms", sa.BigInteger(), nullable=False),
        **_COUNTED,
    )
    op.create_table(
        "answer_totals",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("unit", "service", "question")),
        sa.Column("answer", sa.Integer(), primary_key=True, autoincrement=False),
        _count(),
        **_COUNTED,
    )


def _log() -> None:
    op.create_table(
        "positions",
        sa.Column("log_id", sa.Text(), primary_key=True),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("next_position", sa.BigInteger()),
        sa.Column("updated_ms", sa.BigInteger()),
    )
    op.create_table(
        "dead_letters",
        sa.Column("log_id", sa.Text(), primary_key=True),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("timestamp_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("dead_ms", sa.BigInteger(), nullable=False),
        sa.Column("retried_ms", sa.BigInteger()),
    )


def _count() -> sa.Column[int]:
    return sa.Column("count", sa.BigInteger(), nullable=False)
