"""Organizations, accounts, roles, sessions, keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "identity"

TABLES = (
    """
    CREATE TABLE identity.organization (
        id uuid CONSTRAINT pk_organization PRIMARY KEY,
        name varchar(200) NOT NULL,
        time_zone varchar(64) NOT NULL,
        units varchar(8) NOT NULL
            CONSTRAINT ck_organization_units_known CHECK (units IN ('metric', 'us')),
        area jsonb,
        exercise boolean NOT NULL,
        platform boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1
    )
    """,
    "CREATE UNIQUE INDEX uq_organization_name ON identity.organization (lower(name))",
    (
        "CREATE UNIQUE INDEX uq_organization_platform ON identity.organization (platform)"
        " WHERE platform"
    ),
    """
    CREATE TABLE identity.role (
        id uuid CONSTRAINT pk_role PRIMARY KEY,
        organization_id uuid NOT NULL CONSTRAINT fk_role_organization_id_organization
            REFERENCES identity.organization (id),
        key varchar(64) NOT NULL,
        name varchar(200) NOT NULL,
        description varchar(500) NOT NULL,
        permissions text[] NOT NULL,
        built_in boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1
    )
    """,
    "CREATE UNIQUE INDEX uq_role_organization_id_key ON identity.role (organization_id, key)",
    (
        "CREATE UNIQUE INDEX uq_role_organization_id_name"
        " ON identity.role (organization_id, lower(name))"
    ),
    """
    CREATE TABLE identity.account (
        id uuid CONSTRAINT pk_account PRIMARY KEY,
        organization_id uuid NOT NULL CONSTRAINT fk_account_organization_id_organization
            REFERENCES identity.organization (id),
        username varchar(100) NOT NULL,
        name varchar(200) NOT NULL,
        email varchar(254),
        password_hash text NOT NULL,
        must_change_password boolean NOT NULL,
        password_expires_at timestamptz,
        disabled_at timestamptz,
        totp_secret bytea,
        totp_pending bytea,
        totp_last_step bigint NOT NULL,
        epoch integer NOT NULL,
        epoch_changed_at timestamptz,
        last_signed_in_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1
    )
    """,
    "CREATE UNIQUE INDEX uq_account_username ON identity.account (username)",
    "CREATE UNIQUE INDEX uq_account_email ON identity.account (email)",
    (
        "CREATE INDEX ix_account_organization_id_name"
        " ON identity.account (organization_id, lower(name), id)"
    ),
    "CREATE INDEX ix_account_epoch_changed_at ON identity.account (epoch_changed_at)",
    """
    CREATE TABLE identity.account_role (
        account_id uuid NOT NULL CONSTRAINT fk_account_role_account_id_account
            REFERENCES identity.account (id) ON DELETE CASCADE,
        role_id uuid NOT NULL CONSTRAINT fk_account_role_role_id_role
            REFERENCES identity.role (id),
        CONSTRAINT pk_account_role PRIMARY KEY (account_id, role_id)
    )
    """,
    "CREATE INDEX ix_account_role_role_id ON identity.account_role (role_id)",
    """
    CREATE TABLE identity.session (
        id uuid CONSTRAINT pk_session PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT fk_session_account_id_account
            REFERENCES identity.account (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        authenticated_at timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason varchar(64),
        address varchar(64) NOT NULL,
        user_agent varchar(300) NOT NULL
    )
    """,
    "CREATE INDEX ix_session_account_id_id ON identity.session (account_id, id)",
    "CREATE INDEX ix_session_ended_at ON identity.session (ended_at)",
    "CREATE INDEX ix_session_expires_at ON identity.session (expires_at)",
    """
    CREATE TABLE identity.refresh_token (
        digest bytea CONSTRAINT pk_refresh_token PRIMARY KEY,
        session_id uuid NOT NULL CONSTRAINT fk_refresh_token_session_id_session
            REFERENCES identity.session (id) ON DELETE CASCADE,
        issued_at timestamptz NOT NULL DEFAULT now(),
        used_at timestamptz
    )
    """,
    "CREATE INDEX ix_refresh_token_session_id ON identity.refresh_token (session_id)",
    """
    CREATE TABLE identity.sign_in_failure (
        id uuid CONSTRAINT pk_sign_in_failure PRIMARY KEY,
        subject bytea NOT NULL,
        failed_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    (
        "CREATE INDEX ix_sign_in_failure_subject_failed_at"
        " ON identity.sign_in_failure (subject, failed_at)"
    ),
    "CREATE INDEX ix_sign_in_failure_failed_at ON identity.sign_in_failure (failed_at)",
    """
    CREATE TABLE identity.signing_key (
        kid varchar(64) CONSTRAINT pk_signing_key PRIMARY KEY,
        state varchar(8) NOT NULL CONSTRAINT ck_signing_key_state_known
            CHECK (state IN ('next', 'current', 'retiring')),
        public jsonb NOT NULL,
        private bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        current_since timestamptz,
        retired_at timestamptz
    )
    """,
    (
        "CREATE UNIQUE INDEX uq_signing_key_state ON identity.signing_key (state)"
        " WHERE state IN ('next', 'current')"
    ),
    """
    CREATE TABLE identity.api_key (
        id uuid CONSTRAINT pk_api_key PRIMARY KEY,
        organization_id uuid NOT NULL CONSTRAINT fk_api_key_organization_id_organization
            REFERENCES identity.organization (id),
        account_id uuid NOT NULL CONSTRAINT fk_api_key_account_id_account
            REFERENCES identity.account (id),
        name varchar(200) NOT NULL,
        prefix varchar(16) NOT NULL,
        digest bytea NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        last_used_at timestamptz,
        revoked_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX uq_api_key_digest ON identity.api_key (digest)",
    "CREATE UNIQUE INDEX uq_api_key_prefix ON identity.api_key (prefix)",
    "CREATE INDEX ix_api_key_organization_id_id ON identity.api_key (organization_id, id)",
    "CREATE INDEX ix_api_key_account_id ON identity.api_key (account_id)",
)


def upgrade() -> None:
    """Create everything."""
    create_core_tables(SCHEMA)
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    """Remove everything but Alembic's own table."""
    for table in sa.inspect(op.get_bind()).get_table_names(schema=SCHEMA):
        if table != "alembic_version":
            op.execute(f'DROP TABLE {SCHEMA}."{table}" CASCADE')
