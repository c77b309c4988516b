"""Documents, whom they are shared with, watches, and what is under way."""

from __future__ import annotations

from alembic import op

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "search"

STATEMENTS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public",
    "CREATE EXTENSION IF NOT EXISTS cube WITH SCHEMA public",
    "CREATE EXTENSION IF NOT EXISTS earthdistance WITH SCHEMA public",
    "CREATE SEQUENCE search.revision",
    """
    CREATE TABLE search.document (
        kind text NOT NULL,
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        incident_id uuid,
        exercise boolean NOT NULL,
        listed_by text NOT NULL,
        requires text NOT NULL,
        title text NOT NULL,
        text text NOT NULL,
        title_words text NOT NULL,
        words tsvector NOT NULL,
        status text,
        type text,
        occurred_at timestamptz NOT NULL,
        location point,
        extent box,
        url text NOT NULL,
        subject text NOT NULL,
        version bigint NOT NULL,
        revision bigint NOT NULL,
        digest bigint NOT NULL,
        bucket smallint NOT NULL,
        deleted boolean NOT NULL DEFAULT false,
        changed_at timestamptz NOT NULL,
        CONSTRAINT pk_document PRIMARY KEY (kind, id)
    )
    """,
    "CREATE INDEX ix_document_words ON search.document USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX ix_document_extent ON search.document USING gist (extent)",
    "CREATE INDEX ix_document_occurred_at_kind_id ON search.document (occurred_at, kind, id)",
    "CREATE TABLE search.word (word text NOT NULL, CONSTRAINT pk_word PRIMARY KEY (word))",
    "CREATE INDEX ix_word_trigrams ON search.word USING gin (word public.gin_trgm_ops)",
    # Half the usual threshold: in a short word one wrong letter spoils most trigrams.
    """
    CREATE FUNCTION search.similar_words(typed text, most integer) RETURNS SETOF text
    LANGUAGE sql STABLE SET pg_trgm.similarity_threshold = 0.15 SET search_path = public AS $$
        SELECT word FROM search.word
        WHERE word % typed AND length(word) BETWEEN length(typed) - 2 AND length(typed) + 2
        ORDER BY similarity(word, typed) DESC, word LIMIT most
    $$
    """,
    """
    CREATE TABLE search.share (
        organization_id uuid NOT NULL,
        incident_id uuid NOT NULL,
        until timestamptz,
        changed_at timestamptz NOT NULL,
        CONSTRAINT pk_share PRIMARY KEY (organization_id, incident_id)
    )
    """,
    """
    CREATE TABLE search.pending (
        position bigint GENERATED ALWAYS AS IDENTITY,
        purpose text NOT NULL,
        kind text NOT NULL,
        document_id uuid NOT NULL,
        written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_pending PRIMARY KEY (position)
    )
    """,
    "CREATE INDEX ix_pending_purpose_position ON search.pending (purpose, position)",
    """
    CREATE TABLE search.engine_index (
        name text NOT NULL,
        state text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_engine_index PRIMARY KEY (name),
        CONSTRAINT ck_engine_index_state CHECK (state IN ('building', 'live'))
    )
    """,
    """
    CREATE TABLE search.lease (
        name text NOT NULL,
        holder uuid NOT NULL,
        until timestamptz NOT NULL,
        CONSTRAINT pk_lease PRIMARY KEY (name)
    )
    """,
    """
    CREATE TABLE search.rebuild (
        id uuid NOT NULL,
        requested_at timestamptz NOT NULL DEFAULT now(),
        requested_by_id uuid NOT NULL,
        requested_by_name text NOT NULL,
        organization_id uuid,
        started_at timestamptz,
        finished_at timestamptz,
        state text NOT NULL DEFAULT 'wanted',
        phase text NOT NULL DEFAULT 'waiting',
        progress jsonb NOT NULL DEFAULT '{}',
        problem text,
        CONSTRAINT pk_rebuild PRIMARY KEY (id),
        CONSTRAINT ck_rebuild_state CHECK (state IN ('wanted', 'running', 'done', 'failed'))
    )
    """,
    """
    CREATE UNIQUE INDEX uq_rebuild_open ON search.rebuild ((true))
        WHERE state IN ('wanted', 'running')
    """,
    """
    CREATE UNLOGGED TABLE search.seen (
        kind text NOT NULL,
        id uuid NOT NULL,
        CONSTRAINT pk_seen PRIMARY KEY (kind, id)
    )
    """,
    """
    CREATE TABLE search.watch (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        search jsonb NOT NULL,
        paused boolean NOT NULL DEFAULT false,
        unseen integer NOT NULL DEFAULT 0,
        untold integer NOT NULL DEFAULT 0,
        told_at timestamptz,
        matched_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT pk_watch PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_watch_owner_id_id ON search.watch (owner_id, id)",
    """
    CREATE TABLE search.match (
        watch_id uuid NOT NULL,
        kind text NOT NULL,
        document_id uuid NOT NULL,
        matched_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_match PRIMARY KEY (watch_id, kind, document_id),
        CONSTRAINT fk_match_watch_id_watch FOREIGN KEY (watch_id)
            REFERENCES search.watch (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_match_matched_at ON search.match (matched_at)",
)


def upgrade() -> None:
    create_core_tables(SCHEMA, 1, 2)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    op.execute(f"CREATE SCHEMA {SCHEMA}")
