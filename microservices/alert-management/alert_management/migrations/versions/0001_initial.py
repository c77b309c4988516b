"""Alerts, their versions and review; templates, boundaries, partners; what is known of others."""

from __future__ import annotations

from alembic import op

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "alert_management"

STATEMENTS = (
    """
    CREATE TABLE alert_management.account (
        id UUID NOT NULL,
        handled_by_id UUID,
        handled_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_account PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE alert_management.boundary (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        kind TEXT NOT NULL,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        geometry JSONB NOT NULL,
        extent box NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT pk_boundary PRIMARY KEY (id),
        CONSTRAINT uq_boundary_organization_id_kind_code UNIQUE (organization_id, kind, code)
    )
    """,
    """
    CREATE INDEX ix_boundary_extent ON alert_management.boundary USING gist (extent)
    """,
    """
    CREATE INDEX ix_boundary_organization_id_name_id ON alert_management.boundary (organization_id, name, id)
    """,
    """
    CREATE TABLE alert_management.incident (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        exercise BOOLEAN NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_incident PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE alert_management.organization (
        id UUID NOT NULL,
        name TEXT NOT NULL,
        area JSONB,
        time_zone TEXT NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_organization PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE alert_management.partner_hook (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        url TEXT NOT NULL,
        exercise BOOLEAN NOT NULL,
        active BOOLEAN NOT NULL,
        generation INTEGER NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_partner_hook PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_partner_hook_organization_id_name_id ON alert_management.partner_hook (organization_id, name, id)
    """,
    """
    CREATE TABLE alert_management.template (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        fields JSONB NOT NULL,
        content JSONB NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_template PRIMARY KEY (id),
        CONSTRAINT uq_template_organization_id_name UNIQUE (organization_id, name)
    )
    """,
    """
    CREATE TABLE alert_management.alert (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        thread_id UUID NOT NULL,
        follows_id UUID,
        incident_id UUID,
        msg_type VARCHAR(20) NOT NULL,
        exercise BOOLEAN NOT NULL,
        test BOOLEAN NOT NULL,
        status VARCHAR(20) NOT NULL,
        revision INTEGER NOT NULL,
        content JSONB NOT NULL,
        headline TEXT NOT NULL,
        hazard TEXT NOT NULL,
        severity VARCHAR(20) NOT NULL,
        extent box,
        drafted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        drafted_by_id UUID NOT NULL,
        drafted_by_name TEXT NOT NULL,
        submitted_at TIMESTAMP WITH TIME ZONE,
        submitted_by_id UUID,
        submitted_by_name TEXT,
        approved_at TIMESTAMP WITH TIME ZONE,
        approved_by_id UUID,
        approved_by_name TEXT,
        number INTEGER,
        identifier TEXT,
        sender TEXT,
        sent TIMESTAMP WITH TIME ZONE,
        expires TIMESTAMP WITH TIME ZONE,
        cap BYTEA,
        signed BOOLEAN DEFAULT false NOT NULL,
        replaces UUID[] DEFAULT '{}' NOT NULL,
        told JSONB,
        ended_at TIMESTAMP WITH TIME ZONE,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_alert PRIMARY KEY (id),
        CONSTRAINT uq_alert_identifier UNIQUE (identifier),
        CONSTRAINT uq_alert_thread_id_number UNIQUE (thread_id, number),
        CONSTRAINT ck_alert_published_whole
            CHECK ((status IN ('published', 'updated', 'cancelled', 'expired'))
                = (num_nonnulls(identifier, sender, sent, expires, number, cap) = 6)),
        CONSTRAINT ck_alert_published_whole_or_not
            CHECK (num_nonnulls(identifier, sender, sent, expires, number, cap) IN (0, 6)),
        CONSTRAINT ck_alert_one_world CHECK (exercise IS FALSE OR test IS FALSE),
        CONSTRAINT fk_alert_follows_id_alert
            FOREIGN KEY(follows_id) REFERENCES alert_management.alert (id),
        CONSTRAINT fk_alert_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES alert_management.incident (id),
        CONSTRAINT ck_alert_msg_type CHECK (msg_type IN ('Alert', 'Update', 'Cancel')),
        CONSTRAINT ck_alert_status
            CHECK (status IN ('draft', 'in_review', 'approved', 'published', 'updated',
                'cancelled', 'expired', 'rejected')),
        CONSTRAINT ck_alert_severity
            CHECK (severity IN ('Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown'))
    )
    """,
    """
    CREATE INDEX ix_alert_extent ON alert_management.alert USING gist (extent)
    """,
    """
    CREATE INDEX ix_alert_in_force ON alert_management.alert (expires) WHERE status = 'published'
    """,
    """
    CREATE INDEX ix_alert_organization_id_drafted_at_id ON alert_management.alert (organization_id, drafted_at, id)
    """,
    """
    CREATE INDEX ix_alert_public ON alert_management.alert (sent, id)
            WHERE status IN ('published', 'updated', 'cancelled', 'expired')
    """,
    """
    CREATE INDEX ix_alert_thread_id ON alert_management.alert (thread_id)
    """,
    """
    CREATE UNIQUE INDEX uq_alert_follow_up ON alert_management.alert (follows_id, msg_type)
            WHERE status IN ('draft', 'in_review', 'approved')
    """,
    """
    CREATE TABLE alert_management.alert_entry (
        id UUID NOT NULL,
        alert_id UUID NOT NULL,
        before TEXT,
        after TEXT,
        comment TEXT,
        place TEXT,
        revision INTEGER NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        by_id UUID NOT NULL,
        by_name TEXT NOT NULL,
        CONSTRAINT pk_alert_entry PRIMARY KEY (id),
        CONSTRAINT ck_alert_entry_says_something CHECK (after IS NOT NULL OR comment IS NOT NULL),
        CONSTRAINT fk_alert_entry_alert_id_alert
            FOREIGN KEY(alert_id) REFERENCES alert_management.alert (id)
    )
    """,
    """
    CREATE INDEX ix_alert_entry_alert_id_id ON alert_management.alert_entry (alert_id, id)
    """,
    """
    CREATE TABLE alert_management.alert_version (
        alert_id UUID NOT NULL,
        revision INTEGER NOT NULL,
        content JSONB NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        written_by_id UUID NOT NULL,
        written_by_name TEXT NOT NULL,
        CONSTRAINT pk_alert_version PRIMARY KEY (alert_id, revision),
        CONSTRAINT fk_alert_version_alert_id_alert
            FOREIGN KEY(alert_id) REFERENCES alert_management.alert (id)
    )
    """,
    """
    CREATE TABLE alert_management.hook_delivery (
        id UUID NOT NULL,
        hook_id UUID NOT NULL,
        alert_id UUID NOT NULL,
        event_id UUID NOT NULL,
        type TEXT NOT NULL,
        body JSONB NOT NULL,
        state VARCHAR(20) NOT NULL,
        attempts INTEGER NOT NULL,
        next_at TIMESTAMP WITH TIME ZONE NOT NULL,
        lease UUID,
        leased_until TIMESTAMP WITH TIME ZONE,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        delivered_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_hook_delivery PRIMARY KEY (id),
        CONSTRAINT uq_hook_delivery_hook_id_event_id UNIQUE (hook_id, event_id),
        CONSTRAINT fk_hook_delivery_hook_id_partner_hook
            FOREIGN KEY(hook_id) REFERENCES alert_management.partner_hook (id),
        CONSTRAINT fk_hook_delivery_alert_id_alert
            FOREIGN KEY(alert_id) REFERENCES alert_management.alert (id),
        CONSTRAINT ck_hook_delivery_state CHECK (state IN ('pending', 'delivered', 'failed'))
    )
    """,
    """
    CREATE INDEX ix_hook_delivery_due ON alert_management.hook_delivery (next_at)
            WHERE state = 'pending'
    """,
    """
    CREATE INDEX ix_hook_delivery_hook_id_id ON alert_management.hook_delivery (hook_id, id)
    """,
    """
    CREATE TABLE alert_management.hook_attempt (
        delivery_id UUID NOT NULL,
        number INTEGER NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        status INTEGER,
        error TEXT,
        milliseconds INTEGER NOT NULL,
        CONSTRAINT pk_hook_attempt PRIMARY KEY (delivery_id, number),
        CONSTRAINT fk_hook_attempt_delivery_id_hook_delivery
            FOREIGN KEY(delivery_id) REFERENCES alert_management.hook_delivery (id)
    )
    """,
)


def upgrade() -> None:
    create_core_tables(SCHEMA, 1, 2)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    op.execute(f"CREATE SCHEMA {SCHEMA}")
