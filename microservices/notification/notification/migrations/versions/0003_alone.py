"""An index for contact points that are alone of their address and subscription, and one for the few others."""

from __future__ import annotations

from alembic import op

revision = "0003_alone"
down_revision = "0002_delivery"


def upgrade() -> None:
    op.execute("DROP INDEX notification.ix_contact_points_at")
    op.execute("""
        CREATE INDEX ix_contact_points_alone ON notification.contact_points USING gist (at)
            INCLUDE (exercise, min_severity, hazards, channel, id) WHERE active AND single
    """)
    op.execute("""
        CREATE INDEX ix_contact_points_several ON notification.contact_points USING gist (at)
            WHERE active AND NOT single
    """)


def downgrade() -> None:
    op.execute("DROP INDEX notification.ix_contact_points_several")
    op.execute("DROP INDEX notification.ix_contact_points_alone")
    op.execute("""
        CREATE INDEX ix_contact_points_at ON notification.contact_points USING gist (at)
            INCLUDE (exercise, min_severity, hazards, channel, single, id, subscription_id, address_index) WHERE active
    """)
