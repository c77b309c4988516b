"""Calls for help of people who were warned, until somebody decides on them."""

from __future__ import annotations

from alembic import op

revision = "0004_help_request"
down_revision = "0003_share_changed_at"

STATEMENTS = (
    """
    CREATE TABLE incident_management.help_request (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        incident_id UUID,
        alert_id UUID NOT NULL,
        headline TEXT NOT NULL,
        text TEXT NOT NULL,
        place JSONB,
        language TEXT NOT NULL,
        exercise BOOLEAN NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        status TEXT DEFAULT 'open' NOT NULL,
        task_id UUID,
        reason TEXT,
        decided_at TIMESTAMP WITH TIME ZONE,
        decided_by TEXT,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_help_request PRIMARY KEY (id),
        CONSTRAINT ck_help_request_status CHECK (status IN ('open', 'accepted', 'dismissed')),
        CONSTRAINT fk_help_request_task_id_task FOREIGN KEY (task_id) REFERENCES incident_management.task (id)
    )
    """,
    """
    CREATE INDEX ix_help_request_organization_id_status_asked_at_id
        ON incident_management.help_request (organization_id, status, asked_at, id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE incident_management.help_request")
