"""Feeds, hazards and their revisions, quarantine, rules and proposals."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "hazard_monitoring"
INSTANT = sa.DateTime(timezone=True)


class Point(UserDefinedType[Any]):
    def get_col_spec(self, **_: Any) -> str:
        return "point"


def upgrade() -> None:
    """Create everything."""
    create_core_tables(SCHEMA)
    op.create_table(
        "feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("poll_seconds", sa.Float(), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("exercise", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("generated_at", INSTANT, nullable=True),
        sa.Column("clock_moves", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("clock_moved_at", INSTANT, nullable=True),
        sa.Column("last_attempt_at", INSTANT, nullable=True),
        sa.Column("last_success_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "consecutive_failures", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("breaker", sa.Text(), server_default=sa.text("'closed'"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("next_poll_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("key", name="uq_feed_key"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_feed_next_poll_at",
        "feed",
        ["next_poll_at"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("NOT paused"),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", JSONB(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organization"),
        schema=SCHEMA,
    )
    op.create_table(
        "rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("minimum_magnitude", sa.Float(), nullable=True),
        sa.Column("alert_levels", ARRAY(sa.Text()), nullable=False),
        sa.Column("tsunami", sa.Boolean(), nullable=True),
        sa.Column("within_km", sa.Float(), nullable=True),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_rule_organization_id", "rule", ["organization_id"], unique=False, schema=SCHEMA
    )
    op.create_table(
        "hazard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("magnitude", sa.Float(), nullable=True),
        sa.Column("magnitude_type", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("alert_level", sa.Text(), nullable=True),
        sa.Column("tsunami", sa.Boolean(), nullable=False),
        sa.Column("felt", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("location", Point(), nullable=False),
        sa.Column("depth_km", sa.Float(), nullable=True),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], [f"{SCHEMA}.feed.id"], name="fk_hazard_feed_id_feed"),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], [f"{SCHEMA}.hazard.id"], name="fk_hazard_merged_into_id_hazard"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hazard"),
        schema=SCHEMA,
    )
    op.create_index("ix_hazard_feed_id", "hazard", ["feed_id"], unique=False, schema=SCHEMA)
    op.create_index(
        "ix_hazard_location",
        "hazard",
        ["location"],
        unique=False,
        schema=SCHEMA,
        postgresql_using="gist",
    )
    op.create_index(
        "ix_hazard_merged_into_id",
        "hazard",
        ["merged_into_id"],
        unique=False,
        schema=SCHEMA,
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_hazard_occurred_at_id", "hazard", ["occurred_at", "id"], unique=False, schema=SCHEMA
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("last_received_at", INSTANT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], [f"{SCHEMA}.feed.id"], name="fk_quarantine_feed_id_feed"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint("feed_id", "digest", name="uq_quarantine_feed_id_digest"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_quarantine_feed_id_received_at",
        "quarantine",
        ["feed_id", "received_at"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_table(
        "hazard_identifier",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], [f"{SCHEMA}.feed.id"], name="fk_hazard_identifier_feed_id_feed"
        ),
        sa.ForeignKeyConstraint(
            ["hazard_id"], [f"{SCHEMA}.hazard.id"], name="fk_hazard_identifier_hazard_id_hazard"
        ),
        sa.PrimaryKeyConstraint("feed_id", "external_id", name="pk_hazard_identifier"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_hazard_identifier_hazard_id",
        "hazard_identifier",
        ["hazard_id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_table(
        "hazard_incident",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hazard_id"], [f"{SCHEMA}.hazard.id"], name="fk_hazard_incident_hazard_id_hazard"
        ),
        sa.PrimaryKeyConstraint("organization_id", "hazard_id", name="pk_hazard_incident"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_hazard_incident_hazard_id",
        "hazard_incident",
        ["hazard_id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_table(
        "hazard_revision",
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("raw", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hazard_id"], [f"{SCHEMA}.hazard.id"], name="fk_hazard_revision_hazard_id_hazard"
        ),
        sa.PrimaryKeyConstraint("hazard_id", "revision", name="pk_hazard_revision"),
        schema=SCHEMA,
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("hazard_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("dismissed_because", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'declared', 'dismissed')", name="ck_proposal_status"
        ),
        sa.ForeignKeyConstraint(
            ["hazard_id"], [f"{SCHEMA}.hazard.id"], name="fk_proposal_hazard_id_hazard"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint(
            "organization_id", "hazard_id", name="uq_proposal_organization_id_hazard_id"
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_proposal_hazard_id", "proposal", ["hazard_id"], unique=False, schema=SCHEMA)
    op.create_index(
        "ix_proposal_organization_id_status_created_at_id",
        "proposal",
        ["organization_id", "status", "created_at", "id"],
        unique=False,
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Remove everything but Alembic's own table."""
    for table in sa.inspect(op.get_bind()).get_table_names(schema=SCHEMA):
        if table != "alembic_version":
            op.execute(f'DROP TABLE {SCHEMA}."{table}" CASCADE')
