"""When a share was given or last changed, so that a copy of it can be told from an older one."""

from __future__ import annotations

from alembic import op

revision = "0003_share_changed_at"
down_revision = "0002_tick"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE incident_management.incident_share"
        " ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now()"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE incident_management.incident_share DROP COLUMN changed_at")
