"""Whether the end of an alert of somebody else was announced."""

from __future__ import annotations

from alembic import op

revision = "0003_lapse"
down_revision = "0002_received"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE alert_management.received_alert ADD lapse_told BOOLEAN DEFAULT false NOT NULL"
    )
    op.execute("""
        CREATE INDEX ix_received_alert_lapsing ON alert_management.received_alert (expires_at)
            WHERE state = 'in_force' AND NOT lapse_told
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE alert_management.received_alert DROP COLUMN lapse_told")
