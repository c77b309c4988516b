"""When each task of the clock was last started, so that two clocks start it once."""

from __future__ import annotations

from muster_core.tables import create_core_tables, drop_core_tables

revision = "0002_tick"
down_revision = "0001_initial"


def upgrade() -> None:
    create_core_tables("identity", 2)


def downgrade() -> None:
    drop_core_tables("identity", 2)
