"""Alerts of others: feeds, what they said word for word, and the threads they form."""

from __future__ import annotations

from alembic import op

revision = "0002_received"
down_revision = "0001_initial"

STATEMENTS = (
    """
    CREATE TABLE alert_management.alert_feed (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        url TEXT NOT NULL,
        poll_seconds FLOAT NOT NULL,
        paused BOOLEAN DEFAULT false NOT NULL,
        exercise BOOLEAN DEFAULT false NOT NULL,
        etag TEXT,
        last_modified TEXT,
        digest BYTEA,
        generated_at TIMESTAMP WITH TIME ZONE,
        clock_moves BOOLEAN DEFAULT false NOT NULL,
        clock_moved_at TIMESTAMP WITH TIME ZONE,
        last_attempt_at TIMESTAMP WITH TIME ZONE,
        last_success_at TIMESTAMP WITH TIME ZONE,
        last_error TEXT,
        consecutive_failures INTEGER DEFAULT 0 NOT NULL,
        breaker TEXT DEFAULT 'closed' NOT NULL,
        state TEXT DEFAULT 'unknown' NOT NULL,
        next_poll_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        lease UUID,
        leased_until TIMESTAMP WITH TIME ZONE,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_alert_feed PRIMARY KEY (id),
        CONSTRAINT uq_alert_feed_organization_id_url UNIQUE (organization_id, url)
    )
    """,
    """
    CREATE INDEX ix_alert_feed_next_poll_at ON alert_management.alert_feed (next_poll_at) WHERE NOT paused
    """,
    """
    CREATE TABLE alert_management.alert_feed_quarantine (
        id UUID NOT NULL,
        feed_id UUID NOT NULL,
        digest BYTEA NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        last_received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        times INTEGER NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        external_id TEXT,
        size_bytes BIGINT NOT NULL,
        excerpt TEXT NOT NULL,
        CONSTRAINT pk_alert_feed_quarantine PRIMARY KEY (id),
        CONSTRAINT uq_alert_feed_quarantine_feed_id_digest UNIQUE (feed_id, digest),
        CONSTRAINT fk_alert_feed_quarantine_feed_id_alert_feed FOREIGN KEY(feed_id) REFERENCES alert_management.alert_feed (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_alert_feed_quarantine_feed_id_received_at ON alert_management.alert_feed_quarantine (feed_id, received_at)
    """,
    """
    CREATE TABLE alert_management.alert_feed_link (
        id UUID NOT NULL,
        feed_id UUID NOT NULL,
        url TEXT NOT NULL,
        stamp TEXT NOT NULL,
        state TEXT DEFAULT 'pending' NOT NULL,
        attempts INTEGER DEFAULT 0 NOT NULL,
        next_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        last_seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT pk_alert_feed_link PRIMARY KEY (id),
        CONSTRAINT uq_alert_feed_link_feed_id_url_stamp UNIQUE (feed_id, url, stamp),
        CONSTRAINT fk_alert_feed_link_feed_id_alert_feed FOREIGN KEY(feed_id) REFERENCES alert_management.alert_feed (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_alert_feed_link_feed_id_next_at ON alert_management.alert_feed_link (feed_id, next_at) WHERE state = 'pending'
    """,
    """
    CREATE TABLE alert_management.alert_thread (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        last_sent_at TIMESTAMP WITH TIME ZONE,
        exercise BOOLEAN NOT NULL,
        merged_into_id UUID,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_alert_thread PRIMARY KEY (id),
        CONSTRAINT fk_alert_thread_merged_into_id_alert_thread FOREIGN KEY(merged_into_id) REFERENCES alert_management.alert_thread (id)
    )
    """,
    """
    CREATE INDEX ix_alert_thread_organization_id_last_sent_at_id ON alert_management.alert_thread (organization_id, last_sent_at, id)
    """,
    """
    CREATE TABLE alert_management.received_alert (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        feed_id UUID,
        source TEXT NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        received_by_name TEXT,
        exercise BOOLEAN NOT NULL,
        identifier TEXT NOT NULL,
        sender TEXT NOT NULL,
        sender_name TEXT,
        sent TIMESTAMP WITH TIME ZONE NOT NULL,
        status TEXT NOT NULL,
        msg_type TEXT NOT NULL,
        scope TEXT NOT NULL,
        event TEXT NOT NULL,
        kinds TEXT[] NOT NULL,
        categories TEXT[] NOT NULL,
        severity TEXT NOT NULL,
        urgency TEXT NOT NULL,
        certainty TEXT NOT NULL,
        headline TEXT NOT NULL,
        area TEXT NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_given BOOLEAN NOT NULL,
        state VARCHAR(20) NOT NULL,
        signature TEXT NOT NULL,
        signer TEXT,
        signature_detail TEXT,
        cap_version TEXT NOT NULL,
        tolerated JSONB NOT NULL,
        message JSONB NOT NULL,
        document BYTEA NOT NULL,
        media_type TEXT NOT NULL,
        geocodes TEXT[] NOT NULL,
        geometry JSONB,
        outline JSONB,
        by_codes BOOLEAN NOT NULL,
        thread_id UUID NOT NULL,
        how VARCHAR(20) NOT NULL,
        why TEXT NOT NULL,
        anchor_id UUID,
        measures JSONB NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_received_alert PRIMARY KEY (id),
        CONSTRAINT uq_received_alert_organization_id_exercise_sender_ident_973c UNIQUE (organization_id, exercise, sender, identifier, sent),
        CONSTRAINT fk_received_alert_feed_id_alert_feed FOREIGN KEY(feed_id) REFERENCES alert_management.alert_feed (id) ON DELETE SET NULL,
        CONSTRAINT ck_received_alert_state CHECK (state IN ('in_force', 'updated', 'cancelled', 'notice')),
        CONSTRAINT fk_received_alert_thread_id_alert_thread FOREIGN KEY(thread_id) REFERENCES alert_management.alert_thread (id),
        CONSTRAINT ck_received_alert_how CHECK (how IN ('first', 'reference', 'identifier', 'overlap', 'person'))
    )
    """,
    """
    CREATE INDEX ix_received_alert_feed_id ON alert_management.received_alert (feed_id)
    """,
    """
    CREATE INDEX ix_received_alert_geocodes ON alert_management.received_alert USING gin (geocodes)
    """,
    """
    CREATE INDEX ix_received_alert_organization_id_expires_at ON alert_management.received_alert (organization_id, expires_at) WHERE state = 'in_force'
    """,
    """
    CREATE INDEX ix_received_alert_organization_id_sent_id ON alert_management.received_alert (organization_id, sent, id)
    """,
    """
    CREATE INDEX ix_received_alert_thread_id_sent ON alert_management.received_alert (thread_id, sent)
    """,
    """
    CREATE TABLE alert_management.received_box (
        received_id UUID NOT NULL,
        number INTEGER NOT NULL,
        extent box NOT NULL,
        CONSTRAINT pk_received_box PRIMARY KEY (received_id, number),
        CONSTRAINT fk_received_box_received_id_received_alert FOREIGN KEY(received_id) REFERENCES alert_management.received_alert (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_received_box_extent ON alert_management.received_box USING gist (extent)
    """,
    """
    CREATE TABLE alert_management.received_reference (
        received_id UUID NOT NULL,
        number INTEGER NOT NULL,
        organization_id UUID NOT NULL,
        exercise BOOLEAN NOT NULL,
        sender TEXT NOT NULL,
        identifier TEXT NOT NULL,
        sent TIMESTAMP WITH TIME ZONE,
        effect VARCHAR(20),
        why TEXT,
        CONSTRAINT pk_received_reference PRIMARY KEY (received_id, number),
        CONSTRAINT fk_received_reference_received_id_received_alert FOREIGN KEY(received_id) REFERENCES alert_management.received_alert (id) ON DELETE CASCADE,
        CONSTRAINT ck_received_reference_effect CHECK (effect IN ('updated', 'cancelled', 'none'))
    )
    """,
    """
    CREATE INDEX ix_received_reference_organization_id_sender_identifier ON alert_management.received_reference (organization_id, sender, identifier)
    """,
    """
    CREATE TABLE alert_management.thread_change (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        position BIGINT GENERATED ALWAYS AS IDENTITY,
        kind VARCHAR(20) NOT NULL,
        thread_id UUID NOT NULL,
        others UUID[] NOT NULL,
        threads UUID[] NOT NULL,
        before JSONB NOT NULL,
        stayed UUID[] NOT NULL,
        added JSONB NOT NULL,
        removed JSONB NOT NULL,
        why TEXT NOT NULL,
        by_id UUID,
        by_name TEXT,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        undone_by_name TEXT,
        undone_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_thread_change PRIMARY KEY (id),
        CONSTRAINT ck_thread_change_kind CHECK (kind IN ('split', 'join')),
        CONSTRAINT fk_thread_change_thread_id_alert_thread FOREIGN KEY(thread_id) REFERENCES alert_management.alert_thread (id)
    )
    """,
    """
    CREATE INDEX ix_thread_change_threads ON alert_management.thread_change USING gin (threads)
    """,
    """
    CREATE TABLE alert_management.threads_apart (
        one UUID NOT NULL,
        other UUID NOT NULL,
        CONSTRAINT pk_threads_apart PRIMARY KEY (one, other),
        CONSTRAINT fk_threads_apart_one_alert_thread FOREIGN KEY(one) REFERENCES alert_management.alert_thread (id),
        CONSTRAINT fk_threads_apart_other_alert_thread FOREIGN KEY(other) REFERENCES alert_management.alert_thread (id)
    )
    """,
    """
    CREATE INDEX ix_threads_apart_other ON alert_management.threads_apart (other)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "threads_apart",
        "thread_change",
        "received_reference",
        "received_box",
        "received_alert",
        "alert_thread",
        "alert_feed_link",
        "alert_feed_quarantine",
        "alert_feed",
    ):
        op.execute(f"DROP TABLE alert_management.{table}")
