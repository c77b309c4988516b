"""Subscriptions, their contact points and areas, and the codes that confirm them."""

from __future__ import annotations

from alembic import op

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "notification"

STATEMENTS = (
    """
    CREATE TABLE notification.subscriptions (
        id UUID NOT NULL,
        organization_id UUID,
        account_id UUID,
        kind TEXT NOT NULL,
        source TEXT NOT NULL,
        status TEXT NOT NULL,
        list_name TEXT,
        language TEXT NOT NULL,
        details_sealed BYTEA,
        area JSONB,
        exercise BOOLEAN NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_subscriptions PRIMARY KEY (id),
        CONSTRAINT ck_subscriptions_kind CHECK (kind IN ('person', 'partner', 'staff')),
        CONSTRAINT ck_subscriptions_source CHECK (source IN ('public', 'import', 'account')),
        CONSTRAINT ck_subscriptions_status CHECK (status IN ('unconfirmed', 'active', 'paused'))
    )
    """,
    """
    CREATE INDEX ix_subscriptions_organization_id_id ON notification.subscriptions (organization_id, id)
    """,
    """
    CREATE INDEX ix_subscriptions_created_at
        ON notification.subscriptions (created_at) WHERE status = 'unconfirmed'
    """,
    """
    CREATE INDEX ix_subscriptions_account_id
        ON notification.subscriptions (account_id) WHERE account_id IS NOT NULL
    """,
    """
    CREATE TABLE notification.contact_points (
        id UUID NOT NULL,
        subscription_id UUID NOT NULL,
        channel TEXT NOT NULL,
        address_sealed BYTEA NOT NULL,
        address_index UUID NOT NULL,
        single BOOLEAN DEFAULT false NOT NULL,
        language TEXT NOT NULL,
        active BOOLEAN DEFAULT false NOT NULL,
        verified_at TIMESTAMP WITH TIME ZONE,
        exercise BOOLEAN NOT NULL,
        at POINT,
        min_severity SMALLINT NOT NULL,
        hazards TEXT[],
        tz TEXT NOT NULL,
        quiet_from TIME,
        quiet_until TIME,
        per_day SMALLINT,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT pk_contact_points PRIMARY KEY (id),
        CONSTRAINT fk_contact_points_subscription_id_subscriptions
            FOREIGN KEY (subscription_id) REFERENCES notification.subscriptions (id) ON DELETE CASCADE,
        CONSTRAINT ck_contact_points_channel CHECK (channel IN ('sms', 'email', 'web_push', 'webhook')),
        CONSTRAINT ck_contact_points_min_severity CHECK (min_severity BETWEEN 1 AND 4),
        CONSTRAINT ck_contact_points_verified CHECK (NOT active OR verified_at IS NOT NULL),
        CONSTRAINT ck_contact_points_quiet CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
        CONSTRAINT ck_contact_points_per_day CHECK (per_day BETWEEN 1 AND 100)
    )
    """,
    """
    CREATE INDEX ix_contact_points_at ON notification.contact_points USING gist (at)
        INCLUDE (exercise, min_severity, hazards, channel, single, id, subscription_id, address_index) WHERE active
    """,
    """
    CREATE INDEX ix_contact_points_subscription_id ON notification.contact_points (subscription_id)
    """,
    """
    CREATE INDEX ix_contact_points_address_index ON notification.contact_points (address_index)
    """,
    """
    CREATE INDEX ix_contact_points_created_at
        ON notification.contact_points (created_at) WHERE verified_at IS NULL
    """,
    """
    CREATE TABLE notification.subscription_areas (
        subscription_id UUID NOT NULL,
        number INTEGER NOT NULL,
        piece POLYGON NOT NULL,
        CONSTRAINT pk_subscription_areas PRIMARY KEY (subscription_id, number),
        CONSTRAINT fk_subscription_areas_subscription_id_subscriptions
            FOREIGN KEY (subscription_id) REFERENCES notification.subscriptions (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_subscription_areas_piece ON notification.subscription_areas USING gist (piece)
    """,
    """
    CREATE TABLE notification.confirmations (
        contact_point_id UUID NOT NULL,
        seed BYTEA NOT NULL,
        tries SMALLINT DEFAULT 0 NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_confirmations PRIMARY KEY (contact_point_id),
        CONSTRAINT fk_confirmations_contact_point_id_contact_points
            FOREIGN KEY (contact_point_id) REFERENCES notification.contact_points (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE notification.askings (
        id UUID NOT NULL,
        subject BYTEA NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        CONSTRAINT pk_askings PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_askings_subject_asked_at ON notification.askings (subject, asked_at)
    """,
    """
    CREATE INDEX ix_askings_asked_at ON notification.askings (asked_at)
    """,
)


def upgrade() -> None:
    create_core_tables(SCHEMA, 1, 2)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    op.execute(f"CREATE SCHEMA {SCHEMA}")
