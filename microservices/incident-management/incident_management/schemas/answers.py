"""What people are answered.

Lists and incidents are JSON made in SQL (repository.views); tests hold those bytes to these shapes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from incident_management.domain.incidents import LinkKind, Severity, ShareAccess
from incident_management.domain.lifecycle import (
    CloseReason,
    IncidentStatus,
    ObjectiveStatus,
    TaskStatus,
)
from muster_core.geo import AreaGeometry, PointGeometry
from muster_core.schemas import Schema


class Person(Schema):
    """A person as known when it happened."""

    id: UUID
    name: str


class PositionHeld(Schema):
    """Who holds or held a position; `unified` while command is shared between organizations."""

    id: UUID
    position: str
    person_id: UUID
    person_name: str
    organization_id: UUID
    organization_name: str | None = None
    started_at: datetime
    ended_at: datetime | None
    unified: bool = False


class OperationalPeriod(Schema):
    """An operational period."""

    id: UUID
    number: int
    starts_at: datetime
    ends_at: datetime
    version: int


class Objective(Schema):
    """An incident objective."""

    id: UUID
    text: str
    priority: int | None
    period_id: UUID | None
    status: ObjectiveStatus
    next_statuses: list[ObjectiveStatus]
    version: int


class Task(Schema):
    """A task."""

    id: UUID
    title: str
    assignee: str | None
    due_at: datetime | None
    objective_id: UUID | None
    status: TaskStatus
    next_statuses: list[TaskStatus]
    version: int


class IncidentLink(Schema):
    """A link as seen from one end: `outgoing` says what this incident is to the other."""

    id: UUID
    kind: LinkKind
    direction: Literal["outgoing", "incoming"]
    incident_id: UUID
    name: str
    number: str
    status: IncidentStatus


class Share(Schema):
    """Another organization's view of an incident."""

    id: UUID
    organization_id: UUID
    organization_name: str | None = None
    access: ShareAccess
    until: datetime


class _IncidentFacts(Schema):
    id: UUID
    name: str
    number: str
    kind: str | None
    complexity_type: int | None
    status: IncidentStatus
    severity: Severity | None
    location: PointGeometry | None
    has_area: bool
    address: str | None
    summary: str | None
    hazard_id: UUID | None
    organization_id: UUID
    organization_name: str | None
    shared: bool
    declared_at: datetime
    declared_by: Person
    closed_at: datetime | None
    close_reason: CloseReason | None
    close_note: str | None
    commander: Person | None
    objectives_open: int
    tasks_open: int
    exercise: bool
    version: int
    updated_at: datetime


class Incident(_IncidentFacts):
    """An incident as lists show it; `watchers` are counted."""

    watchers: int


class IncidentDetail(_IncidentFacts):
    """An incident with everything that belongs to it."""

    watchers: list[Person]
    area: AreaGeometry | None
    access: Literal["own", "work", "read"]
    next_statuses: list[IncidentStatus]
    positions: list[PositionHeld]
    periods: list[OperationalPeriod]
    objectives: list[Objective]
    tasks: list[Task]
    links: list[IncidentLink]
    shares: list[Share]


class IncidentPage(Schema):
    """A page of incidents."""

    items: list[Incident]
    next: str | None


class IncidentKind(Schema):
    """A kind of incident from the published list."""

    key: str
    name: str
    group: str


class IncidentKinds(Schema):
    """The published list of kinds; it has one page."""

    items: list[IncidentKind]
    next: None = None


class IcsPosition(Schema):
    """A position of the Incident Command System."""

    key: str
    title: str
    section: str
    unified: bool


class IcsPositions(Schema):
    """The published list of positions; it has one page."""

    items: list[IcsPosition]
    next: None = None


HelpStatus = Literal["open", "accepted", "dismissed"]


class HelpRequest(Schema):
    """Somebody who was warned answered that they need help; the number they wrote from is not kept."""

    id: UUID
    incident_id: UUID | None
    incident_name: str | None = None
    alert_id: UUID
    headline: str
    text: str
    place: PointGeometry | None
    language: str
    exercise: bool
    asked_at: datetime
    status: HelpStatus
    task_id: UUID | None
    reason: str | None
    decided_at: datetime | None
    decided_by: str | None
    version: int


class HelpRequestPage(Schema):
    """A page of calls, the oldest first."""

    items: list[HelpRequest]
    next: str | None
