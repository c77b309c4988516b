"""Subscriptions, and the incidents they belong to."""

from __future__ import annotations

from alembic import op

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "notification"

STATEMENTS = (
    """
    CREATE TABLE notification.incident (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        closed BOOLEAN NOT NULL,
        exercise BOOLEAN NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_incident PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE notification.subscription (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        details TEXT,
        status VARCHAR(20) NOT NULL,
        incident_id UUID,
        exercise BOOLEAN NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        opened_by_id UUID NOT NULL,
        opened_by_name TEXT NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_subscription PRIMARY KEY (id),
        CONSTRAINT fk_subscription_incident_id_incident
            FOREIGN KEY (incident_id) REFERENCES notification.incident (id),
        CONSTRAINT ck_subscription_status CHECK (status IN ('open', 'done', 'withdrawn'))
    )
    """,
    """
    CREATE INDEX ix_subscription_organization_id_opened_at_id
        ON notification.subscription (organization_id, opened_at, id)
    """,
    """
    CREATE INDEX ix_subscription_incident_id_status
        ON notification.subscription (incident_id, status)
    """,
)


def upgrade() -> None:
    create_core_tables(SCHEMA, 1, 2)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    op.execute(f"CREATE SCHEMA {SCHEMA}")
