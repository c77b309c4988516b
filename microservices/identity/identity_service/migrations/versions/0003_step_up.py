"""When a second factor was last proven in a session."""

from __future__ import annotations

from alembic import op

revision = "0003_step_up"
down_revision = "0002_tick"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.session ADD COLUMN stepped_up_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE identity.session DROP COLUMN stepped_up_at")
