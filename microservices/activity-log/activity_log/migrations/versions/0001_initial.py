"""The journal: entries, heads, seals, shares, and how far verification has come."""

from __future__ import annotations

from alembic import op

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "activity_log"

STATEMENTS = (
    """
    CREATE TABLE activity_log.entry (
        position BIGINT NOT NULL,
        organization_id UUID NOT NULL,
        sequence BIGINT NOT NULL,
        id UUID NOT NULL,
        time TIMESTAMP WITH TIME ZONE NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        type TEXT NOT NULL,
        source TEXT NOT NULL,
        subject TEXT NOT NULL,
        incident_id UUID,
        person_id UUID,
        actor_id UUID,
        actor_name TEXT,
        actor_kind TEXT,
        exercise BOOLEAN NOT NULL,
        requires TEXT NOT NULL,
        summary TEXT NOT NULL,
        data JSON NOT NULL,
        previous_hash BYTEA NOT NULL,
        hash BYTEA NOT NULL,
        CONSTRAINT pk_entry PRIMARY KEY (position),
        CONSTRAINT uq_entry_organization_id_sequence UNIQUE (organization_id, sequence),
        CONSTRAINT uq_entry_id UNIQUE (id)
    )
    """,
    """
    CREATE INDEX ix_entry_actor_id_position ON activity_log.entry (actor_id, position) WHERE actor_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_entry_incident_id_position ON activity_log.entry (incident_id, position)
        WHERE incident_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_entry_organization_id_position ON activity_log.entry (organization_id, position)
    """,
    """
    CREATE INDEX ix_entry_person_id_position ON activity_log.entry (person_id, position) WHERE person_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_entry_subject_position ON activity_log.entry (subject, position)
        WHERE starts_with(type, 'muster.organization.')
    """,
    """
    CREATE INDEX ix_entry_time ON activity_log.entry (time)
    """,
    """
    CREATE TABLE activity_log.head (
        organization_id UUID NOT NULL,
        sequence BIGINT NOT NULL,
        position BIGINT NOT NULL,
        hash BYTEA NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_head PRIMARY KEY (organization_id)
    )
    """,
    """
    CREATE INDEX ix_head_position ON activity_log.head (position)
    """,
    """
    CREATE TABLE activity_log.seal (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        organization_id UUID NOT NULL,
        sequence BIGINT NOT NULL,
        position BIGINT NOT NULL,
        hash BYTEA NOT NULL,
        sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        key_id TEXT NOT NULL,
        signature BYTEA NOT NULL,
        CONSTRAINT pk_seal PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_seal_organization_id_sequence ON activity_log.seal (organization_id, sequence)
    """,
    """
    CREATE TABLE activity_log.share (
        organization_id UUID NOT NULL,
        incident_id UUID NOT NULL,
        until TIMESTAMP WITH TIME ZONE NOT NULL,
        access TEXT NOT NULL,
        CONSTRAINT pk_share PRIMARY KEY (organization_id, incident_id)
    )
    """,
    """
    CREATE TABLE activity_log.verification (
        walk TEXT NOT NULL,
        position BIGINT NOT NULL,
        ok BOOLEAN,
        problem JSONB,
        finished_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_verification PRIMARY KEY (walk)
    )
    """,
    """
    CREATE TABLE activity_log.verified_chain (
        walk TEXT NOT NULL,
        organization_id UUID NOT NULL,
        sequence BIGINT NOT NULL,
        hash BYTEA NOT NULL,
        CONSTRAINT pk_verified_chain PRIMARY KEY (walk, organization_id)
    )
    """,
    """
    CREATE FUNCTION activity_log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% of activity_log.%: the journal is only ever added to', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
)
INSERT_ONLY = ("entry", "seal")


def upgrade() -> None:
    create_core_tables(SCHEMA)
    for statement in STATEMENTS:
        op.execute(statement)
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON {SCHEMA}.{table}"
            f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {SCHEMA}.{table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.refuse_change()"
        )


def downgrade() -> None:
    for table in ("verified_chain", "verification", "share", "seal", "head", "entry"):
        op.execute(f"DROP TABLE {SCHEMA}.{table}")
    op.execute(f"DROP FUNCTION {SCHEMA}.refuse_change()")
    for table in ("outbox", "inbox", "dead_letter", "idempotency_key"):
        op.execute(f"DROP TABLE {SCHEMA}.{table}")
