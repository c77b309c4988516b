"""The tables of incident-management. What belongs to an incident is locked through it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from incident_management.database import Base
from incident_management.domain.incidents import LinkKind, Severity, ShareAccess
from incident_management.domain.lifecycle import (
    OBJECTIVE_LIFE,
    TASK_LIFE,
    CloseReason,
    IncidentStatus,
    ObjectiveStatus,
    TaskStatus,
    next_statuses,
)
from incident_management.domain.periods import Span
from muster_core.columns import Box, Corner, Instant, Json, word
from muster_core.tables import Identified, Timestamped, Versioned


class Incident(Identified, Versioned, Base):
    """An occurrence that an organization responds to; `version` counts edits of these facts."""

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        # A hazard becomes one incident of an organization, however many people click at once.
        Index(
            "uq_incident_hazard",
            "organization_id",
            "hazard_id",
            unique=True,
            postgresql_where=text("hazard_id IS NOT NULL"),
        ),
        Index(None, "organization_id", "declared_at", "id"),
        Index(None, "extent", postgresql_using="gist"),
        CheckConstraint("complexity_type BETWEEN 1 AND 5", name="complexity_type"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("(status = 'closed') = (close_reason IS NOT NULL)", name="close_reason"),
    )

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)
    complexity_type: Mapped[int | None] = mapped_column(SmallInteger)
    status: Mapped[IncidentStatus] = mapped_column(
        word(IncidentStatus, "status"), default=IncidentStatus.REPORTED
    )
    severity: Mapped[Severity | None] = mapped_column(word(Severity, "severity"))
    location: Mapped[dict[str, Any] | None] = mapped_column(Json)
    area: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # The box around location and area, for questions about a part of the map.
    extent: Mapped[tuple[Corner, Corner] | None] = mapped_column(Box)
    address: Mapped[str | None] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    hazard_id: Mapped[UUID | None] = mapped_column(Uuid)
    exercise: Mapped[bool] = mapped_column(Boolean)
    declared_at: Mapped[datetime] = mapped_column(Instant)
    declared_by_id: Mapped[UUID] = mapped_column(Uuid)
    declared_by_name: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    close_reason: Mapped[CloseReason | None] = mapped_column(word(CloseReason, "close_reason_word"))
    close_note: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(
        Instant, server_default=func.now(), onupdate=func.now()
    )


class IncidentCounter(Base):
    """The last incident number given out, counted in the transaction that uses it: no gaps."""

    __tablename__ = "incident_counter"
    __table_args__ = (PrimaryKeyConstraint("organization_id", "year", "exercise"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    year: Mapped[int] = mapped_column(SmallInteger)
    exercise: Mapped[bool] = mapped_column(Boolean)
    last: Mapped[int] = mapped_column(Integer)


class PositionAssignment(Identified, Base):
    """Who held an ICS position, from when to when; the history is kept."""

    __tablename__ = "position_assignment"
    __table_args__ = (
        Index(None, "incident_id", "started_at"),
        Index(
            "uq_position_assignment_seat",
            "incident_id",
            "seat",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id))
    position: Mapped[str] = mapped_column(Text)
    # What cannot be held twice at a time; see domain.command.seat.
    seat: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class OperationalPeriod(Identified, Timestamped, Versioned, Base):
    """A span of time for which an Incident Action Plan holds."""

    __tablename__ = "operational_period"
    __table_args__ = (
        UniqueConstraint("incident_id", "number"),
        CheckConstraint("starts_at < ends_at", name="span"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id))
    number: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def span(self) -> Span:
        """Its number and times."""
        return Span(self.number, self.starts_at, self.ends_at)


class Objective(Identified, Timestamped, Versioned, Base):
    """What is to be achieved on an incident; priority 1 comes first."""

    __tablename__ = "objective"
    __table_args__ = (Index(None, "incident_id", "status"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id))
    period_id: Mapped[UUID | None] = mapped_column(ForeignKey(OperationalPeriod.id))
    text: Mapped[str] = mapped_column(Text)
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    status: Mapped[ObjectiveStatus] = mapped_column(
        word(ObjectiveStatus, "status"), default=ObjectiveStatus.OPEN
    )

    @property
    def next_statuses(self) -> list[ObjectiveStatus]:
        """Where it can go from here."""
        return next_statuses(OBJECTIVE_LIFE, self.status)


class Task(Identified, Timestamped, Versioned, Base):
    """A piece of work; the assignee is a person, team or unit as people call it."""

    __tablename__ = "task"
    __table_args__ = (Index(None, "incident_id", "status"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id))
    objective_id: Mapped[UUID | None] = mapped_column(ForeignKey(Objective.id))
    title: Mapped[str] = mapped_column(Text)
    assignee: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    status: Mapped[TaskStatus] = mapped_column(word(TaskStatus, "status"), default=TaskStatus.OPEN)

    @property
    def next_statuses(self) -> list[TaskStatus]:
        """Where it can go from here."""
        return next_statuses(TASK_LIFE, self.status)


class IncidentLink(Identified, Base):
    """What one incident is to another; seen from both ends."""

    __tablename__ = "incident_link"
    __table_args__ = (
        UniqueConstraint("incident_id", "other_id", "kind"),
        CheckConstraint("incident_id <> other_id", name="itself"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id))
    other_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id), index=True)
    kind: Mapped[LinkKind] = mapped_column(word(LinkKind, "kind"))
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class IncidentShare(Identified, Base):
    """Another organization's view of an incident; past `until` it counts as absent."""

    __tablename__ = "incident_share"
    __table_args__ = (
        UniqueConstraint("incident_id", "organization_id"),
        Index(None, "organization_id", "until"),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id))
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    access: Mapped[ShareAccess] = mapped_column(word(ShareAccess, "access"))
    until: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Watcher(Base):
    """Someone who wants to hear of an incident."""

    __tablename__ = "watcher"
    __table_args__ = (PrimaryKeyConstraint("incident_id", "person_id"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id))
    person_id: Mapped[UUID] = mapped_column(Uuid)
    person_name: Mapped[str] = mapped_column(Text)


class Organization(Base):
    """The name of an organization, copied from identity's events."""

    __tablename__ = "organization"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)


class HelpRequest(Identified, Versioned, Base):
    """Somebody who was warned answered that they need help: a person makes it a task, or dismisses it."""

    __tablename__ = "help_request"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'accepted', 'dismissed')", name="status"),
        Index(None, "organization_id", "status", "asked_at", "id"),
    )

    status: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    incident_id: Mapped[UUID | None] = mapped_column(Uuid)
    """That of the alert they answered to; once accepted, that of the task."""
    alert_id: Mapped[UUID] = mapped_column(Uuid)
    headline: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[dict[str, Any] | None] = mapped_column(Json)
    language: Mapped[str] = mapped_column(Text)
    exercise: Mapped[bool] = mapped_column(Boolean)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey(Task.id))
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(Text)
