"""Broadcasts, their chunks and deliveries, and what came back."""

from __future__ import annotations

from alembic import op

revision = "0002_delivery"
down_revision = "0001_initial"

SCHEMA = "notification"

TABLES = (
    "broadcasts", "chunks", "deliveries", "lane_calls", "progress", "provider_health", "receipts", "replies",
    "sink_messages",
)  # fmt: skip

STATEMENTS = (
    """
    CREATE TABLE notification.broadcasts (
        id UUID NOT NULL,
        organization_id UUID,
        alert_id UUID NOT NULL,
        thread_id UUID NOT NULL,
        number INTEGER NOT NULL,
        incident_id UUID,
        exercise BOOLEAN NOT NULL,
        status TEXT NOT NULL,
        msg_type TEXT NOT NULL,
        severity TEXT NOT NULL,
        hazard TEXT NOT NULL,
        headline TEXT NOT NULL,
        content JSONB NOT NULL,
        areas JSONB NOT NULL,
        lane TEXT NOT NULL,
        expires TIMESTAMP WITH TIME ZONE NOT NULL,
        recipients INTEGER NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        superseded_at TIMESTAMP WITH TIME ZONE,
        stopped_at TIMESTAMP WITH TIME ZONE,
        stopped_by TEXT,
        finished_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_broadcasts PRIMARY KEY (id),
        CONSTRAINT uq_broadcasts_alert_id UNIQUE (alert_id),
        CONSTRAINT ck_broadcasts_lane CHECK (lane IN ('urgent', 'bulk'))
    )
    """,
    """
    CREATE INDEX ix_broadcasts_expires ON notification.broadcasts (expires) WHERE finished_at IS NULL
    """,
    """
    CREATE INDEX ix_broadcasts_organization_id_created_at_id ON notification.broadcasts (organization_id, created_at, id)
    """,
    """
    CREATE INDEX ix_broadcasts_thread_id_number ON notification.broadcasts (thread_id, number)
    """,
    """
    CREATE TABLE notification.chunks (
        id UUID NOT NULL,
        broadcast_id UUID NOT NULL,
        thread_id UUID NOT NULL,
        number INTEGER NOT NULL,
        lane TEXT NOT NULL,
        rank SMALLINT NOT NULL,
        channel TEXT NOT NULL,
        piece SMALLINT NOT NULL,
        contact_point_ids UUID[] NOT NULL,
        size INTEGER NOT NULL,
        state TEXT DEFAULT 'open' NOT NULL,
        fence BIGINT DEFAULT 0 NOT NULL,
        attempts INTEGER DEFAULT 0 NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        claimed_at TIMESTAMP WITH TIME ZONE,
        leased_until TIMESTAMP WITH TIME ZONE,
        held INTEGER DEFAULT 0 NOT NULL,
        accepted INTEGER DEFAULT 0 NOT NULL,
        delivered INTEGER DEFAULT 0 NOT NULL,
        failed INTEGER DEFAULT 0 NOT NULL,
        in_doubt INTEGER DEFAULT 0 NOT NULL,
        expired INTEGER DEFAULT 0 NOT NULL,
        superseded INTEGER DEFAULT 0 NOT NULL,
        suppressed INTEGER DEFAULT 0 NOT NULL,
        CONSTRAINT pk_chunks PRIMARY KEY (id),
        CONSTRAINT ck_chunks_state CHECK (state IN ('open', 'leased', 'done')),
        CONSTRAINT fk_chunks_broadcast_id_broadcasts FOREIGN KEY(broadcast_id) REFERENCES notification.broadcasts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_chunks_broadcast_id ON notification.chunks (broadcast_id)
    """,
    """
    CREATE INDEX ix_chunks_claimable ON notification.chunks (lane, rank, id) WHERE state = 'open'
    """,
    """
    CREATE INDEX ix_chunks_leased ON notification.chunks (thread_id, number) WHERE state = 'leased'
    """,
    """
    CREATE TABLE notification.deliveries (
        id UUID DEFAULT uuidv7() NOT NULL,
        broadcast_id UUID NOT NULL,
        chunk_id UUID NOT NULL,
        contact_point_id UUID NOT NULL,
        channel TEXT NOT NULL,
        state TEXT NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE,
        provider TEXT,
        provider_id TEXT,
        reason TEXT,
        attempts SMALLINT DEFAULT 0 NOT NULL,
        begun_at TIMESTAMP WITH TIME ZONE,
        changed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        CONSTRAINT pk_deliveries PRIMARY KEY (id),
        CONSTRAINT uq_deliveries_contact_point_id_broadcast_id_channel UNIQUE (contact_point_id, broadcast_id, channel),
        CONSTRAINT ck_deliveries_state CHECK (state IN ('pending', 'held', 'sending', 'accepted', 'delivered', 'failed', 'in_doubt', 'expired', 'superseded', 'suppressed'))
    )
    """,
    """
    CREATE INDEX ix_deliveries_chunk_id ON notification.deliveries (chunk_id)
    """,
    """
    CREATE INDEX ix_deliveries_provider_id ON notification.deliveries (provider_id) WHERE provider_id IS NOT NULL
    """,
    """
    CREATE TABLE notification.lane_calls (
        lane TEXT NOT NULL,
        called_at TIMESTAMP WITH TIME ZONE NOT NULL,
        pause_seconds FLOAT NOT NULL,
        CONSTRAINT pk_lane_calls PRIMARY KEY (lane)
    )
    """,
    """
    CREATE TABLE notification.progress (
        broadcast_id UUID NOT NULL,
        told JSONB NOT NULL,
        told_at TIMESTAMP WITH TIME ZONE NOT NULL,
        number INTEGER NOT NULL,
        CONSTRAINT pk_progress PRIMARY KEY (broadcast_id),
        CONSTRAINT fk_progress_broadcast_id_broadcasts FOREIGN KEY(broadcast_id) REFERENCES notification.broadcasts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE notification.provider_health (
        process TEXT NOT NULL,
        channel TEXT NOT NULL,
        provider TEXT NOT NULL,
        health JSONB NOT NULL,
        seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_provider_health PRIMARY KEY (process, channel, provider)
    )
    """,
    """
    CREATE TABLE notification.receipts (
        position BIGINT GENERATED ALWAYS AS IDENTITY,
        provider TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        state TEXT NOT NULL,
        key UUID,
        reason TEXT,
        gone BOOLEAN NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        settled_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_receipts PRIMARY KEY (position),
        CONSTRAINT uq_receipts_provider_provider_id_state UNIQUE (provider, provider_id, state)
    )
    """,
    """
    CREATE INDEX ix_receipts_waiting ON notification.receipts (received_at) WHERE settled_at IS NULL
    """,
    """
    CREATE TABLE notification.replies (
        id UUID NOT NULL,
        provider TEXT NOT NULL,
        provider_id TEXT NOT NULL,
        broadcast_id UUID,
        contact_point_id UUID NOT NULL,
        meaning TEXT NOT NULL,
        text_sealed BYTEA NOT NULL,
        at point,
        received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        CONSTRAINT pk_replies PRIMARY KEY (id),
        CONSTRAINT uq_replies_provider_provider_id UNIQUE (provider, provider_id),
        CONSTRAINT fk_replies_broadcast_id_broadcasts FOREIGN KEY(broadcast_id) REFERENCES notification.broadcasts (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_replies_broadcast_id_received_at ON notification.replies (broadcast_id, received_at)
    """,
    """
    CREATE TABLE notification.sink_messages (
        key UUID NOT NULL,
        broadcast_id UUID NOT NULL,
        channel TEXT NOT NULL,
        language TEXT NOT NULL,
        subject TEXT NOT NULL,
        text TEXT NOT NULL,
        html TEXT,
        kept_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
        CONSTRAINT pk_sink_messages PRIMARY KEY (key)
    )
    """,
    """
    CREATE INDEX ix_sink_messages_broadcast_id_key ON notification.sink_messages (broadcast_id, key)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {SCHEMA}.{table} CASCADE")
