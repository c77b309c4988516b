"""Incidents, their command, plans and tasks, links and sharing."""

from __future__ import annotations

from alembic import op

from muster_core.tables import create_core_tables

revision = "0001_initial"
down_revision = None

SCHEMA = "incident_management"

STATEMENTS = (
    """
    CREATE TABLE incident_management.incident (
        id UUID NOT NULL,
        organization_id UUID NOT NULL,
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        kind TEXT,
        complexity_type SMALLINT,
        status VARCHAR(20) NOT NULL,
        severity VARCHAR(20),
        location JSONB,
        area JSONB,
        extent box,
        address TEXT,
        summary TEXT,
        hazard_id UUID,
        exercise BOOLEAN NOT NULL,
        declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
        declared_by_id UUID NOT NULL,
        declared_by_name TEXT NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        close_reason VARCHAR(20),
        close_note TEXT,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_incident PRIMARY KEY (id),
        CONSTRAINT uq_incident_organization_id_number UNIQUE (organization_id, number),
        CONSTRAINT ck_incident_complexity_type CHECK (complexity_type BETWEEN 1 AND 5),
        CONSTRAINT ck_incident_closed_at
            CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
        CONSTRAINT ck_incident_close_reason
            CHECK ((status = 'closed') = (close_reason IS NOT NULL)),
        CONSTRAINT ck_incident_status
            CHECK (status IN ('reported', 'active', 'demobilizing', 'closed')),
        CONSTRAINT ck_incident_severity
            CHECK (severity IN ('Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown')),
        CONSTRAINT ck_incident_close_reason_word
            CHECK (close_reason IN ('resolved', 'false_alarm', 'duplicate', 'transferred', 'other'))
    )
    """,
    """
    CREATE INDEX ix_incident_extent
        ON incident_management.incident USING gist (extent)
    """,
    """
    CREATE INDEX ix_incident_organization_id_declared_at_id
        ON incident_management.incident (organization_id, declared_at, id)
    """,
    """
    CREATE UNIQUE INDEX uq_incident_hazard
        ON incident_management.incident (organization_id, hazard_id) WHERE hazard_id IS NOT NULL
    """,
    """
    CREATE TABLE incident_management.incident_counter (
        organization_id UUID NOT NULL,
        year SMALLINT NOT NULL,
        exercise BOOLEAN NOT NULL,
        last INTEGER NOT NULL,
        CONSTRAINT pk_incident_counter PRIMARY KEY (organization_id, year, exercise)
    )
    """,
    """
    CREATE TABLE incident_management.organization (
        id UUID NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_organization PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE incident_management.incident_link (
        id UUID NOT NULL,
        incident_id UUID NOT NULL,
        other_id UUID NOT NULL,
        kind VARCHAR(20) NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        CONSTRAINT pk_incident_link PRIMARY KEY (id),
        CONSTRAINT uq_incident_link_incident_id_other_id_kind
            UNIQUE (incident_id, other_id, kind),
        CONSTRAINT ck_incident_link_itself CHECK (incident_id <> other_id),
        CONSTRAINT fk_incident_link_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES incident_management.incident (id),
        CONSTRAINT fk_incident_link_other_id_incident
            FOREIGN KEY(other_id) REFERENCES incident_management.incident (id),
        CONSTRAINT ck_incident_link_kind
            CHECK (kind IN ('duplicate_of', 'part_of', 'related'))
    )
    """,
    """
    CREATE INDEX ix_incident_link_other_id
        ON incident_management.incident_link (other_id)
    """,
    """
    CREATE TABLE incident_management.incident_share (
        id UUID NOT NULL,
        incident_id UUID NOT NULL,
        organization_id UUID NOT NULL,
        access VARCHAR(20) NOT NULL,
        until TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_incident_share PRIMARY KEY (id),
        CONSTRAINT uq_incident_share_incident_id_organization_id
            UNIQUE (incident_id, organization_id),
        CONSTRAINT fk_incident_share_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES incident_management.incident (id),
        CONSTRAINT ck_incident_share_access CHECK (access IN ('read', 'work'))
    )
    """,
    """
    CREATE INDEX ix_incident_share_organization_id_until
        ON incident_management.incident_share (organization_id, until)
    """,
    """
    CREATE TABLE incident_management.operational_period (
        id UUID NOT NULL,
        incident_id UUID NOT NULL,
        number INTEGER NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_operational_period PRIMARY KEY (id),
        CONSTRAINT uq_operational_period_incident_id_number UNIQUE (incident_id, number),
        CONSTRAINT ck_operational_period_span CHECK (starts_at < ends_at),
        CONSTRAINT fk_operational_period_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES incident_management.incident (id)
    )
    """,
    """
    CREATE TABLE incident_management.position_assignment (
        id UUID NOT NULL,
        incident_id UUID NOT NULL,
        position TEXT NOT NULL,
        seat TEXT NOT NULL,
        person_id UUID NOT NULL,
        person_name TEXT NOT NULL,
        organization_id UUID NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_position_assignment PRIMARY KEY (id),
        CONSTRAINT fk_position_assignment_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES incident_management.incident (id)
    )
    """,
    """
    CREATE INDEX ix_position_assignment_incident_id_started_at
        ON incident_management.position_assignment (incident_id, started_at)
    """,
    """
    CREATE UNIQUE INDEX uq_position_assignment_seat
        ON incident_management.position_assignment (incident_id, seat) WHERE ended_at IS NULL
    """,
    """
    CREATE TABLE incident_management.watcher (
        incident_id UUID NOT NULL,
        person_id UUID NOT NULL,
        person_name TEXT NOT NULL,
        CONSTRAINT pk_watcher PRIMARY KEY (incident_id, person_id),
        CONSTRAINT fk_watcher_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES incident_management.incident (id)
    )
    """,
    """
    CREATE TABLE incident_management.objective (
        id UUID NOT NULL,
        incident_id UUID NOT NULL,
        period_id UUID,
        text TEXT NOT NULL,
        priority SMALLINT,
        status VARCHAR(20) NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_objective PRIMARY KEY (id),
        CONSTRAINT fk_objective_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES incident_management.incident (id),
        CONSTRAINT fk_objective_period_id_operational_period
            FOREIGN KEY(period_id) REFERENCES incident_management.operational_period (id),
        CONSTRAINT ck_objective_status CHECK (status IN ('open', 'met', 'dropped'))
    )
    """,
    """
    CREATE INDEX ix_objective_incident_id_status
        ON incident_management.objective (incident_id, status)
    """,
    """
    CREATE TABLE incident_management.task (
        id UUID NOT NULL,
        incident_id UUID NOT NULL,
        objective_id UUID,
        title TEXT NOT NULL,
        assignee TEXT,
        due_at TIMESTAMP WITH TIME ZONE,
        status VARCHAR(20) NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        version INTEGER DEFAULT 1 NOT NULL,
        CONSTRAINT pk_task PRIMARY KEY (id),
        CONSTRAINT fk_task_incident_id_incident
            FOREIGN KEY(incident_id) REFERENCES incident_management.incident (id),
        CONSTRAINT fk_task_objective_id_objective
            FOREIGN KEY(objective_id) REFERENCES incident_management.objective (id),
        CONSTRAINT ck_task_status
            CHECK (status IN ('open', 'in_progress', 'done', 'cancelled'))
    )
    """,
    """
    CREATE INDEX ix_task_incident_id_status
        ON incident_management.task (incident_id, status)
    """,
)


def upgrade() -> None:
    create_core_tables(SCHEMA)
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    op.execute(f"CREATE SCHEMA {SCHEMA}")
