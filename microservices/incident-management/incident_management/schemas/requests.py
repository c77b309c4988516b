"""What people send. Unknown fields, wrong types, bad geometry and dates are refused here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StrictBool

from incident_management.domain.command import POSITIONS
from incident_management.domain.incidents import LinkKind, Severity, ShareAccess
from incident_management.domain.kinds import KIND_KEYS
from incident_management.domain.lifecycle import (
    CloseReason,
    IncidentStatus,
    ObjectiveStatus,
    TaskStatus,
)
from muster_core.geo import AreaGeometry, PointGeometry
from muster_core.schemas import Instant, LongText, Name, Schema, ShortText


def _known_kind(key: str) -> str:
    if key not in KIND_KEYS:
        message = "is not a kind of incident; GET /api/v1/incidents/kinds lists them"
        raise ValueError(message)
    return key


def _known_position(key: str) -> str:
    if key not in POSITIONS:
        message = "is not an ICS position; GET /api/v1/incidents/positions lists them"
        raise ValueError(message)
    return key


def _left_alone() -> Any:
    """A field of a PATCH that keeps its value when it is not sent."""

    def without_default(schema: dict[str, Any]) -> None:
        schema.pop("default", None)

    return Field(default=None, json_schema_extra=without_default)


def _one_of(keys: Iterable[str]) -> Any:
    return Field(json_schema_extra={"enum": [*keys]})


Kind = Annotated[str, AfterValidator(_known_kind), _one_of(sorted(KIND_KEYS))]
PositionKey = Annotated[str, AfterValidator(_known_position), _one_of(POSITIONS)]
ComplexityType = Annotated[int, Field(ge=1, le=5, strict=True, description="NIMS: 1 is the most.")]
Priority = Annotated[int, Field(ge=1, le=9, strict=True, description="1 comes first.")]
PeriodNumber = Annotated[int, Field(ge=1, le=9999, strict=True)]


class DeclareIncident(Schema):
    """A name is enough at 3 a.m.; all else can follow."""

    name: Name
    kind: Kind | None = None
    complexity_type: ComplexityType | None = None
    severity: Severity | None = None
    location: PointGeometry | None = None
    area: AreaGeometry | None = None
    address: ShortText | None = None
    summary: LongText | None = None
    exercise: StrictBool = Field(default=False, description="Fixed from here on.")


class DeclareFromHazard(Schema):
    """Everything is taken from the hazard; the name may be given."""

    name: Name | None = None


class ChangeIncident(Schema):
    """The facts to change; null clears one, a field that is left out stays."""

    name: Name = _left_alone()
    kind: Kind | None = _left_alone()
    complexity_type: ComplexityType | None = _left_alone()
    severity: Severity | None = _left_alone()
    location: PointGeometry | None = _left_alone()
    area: AreaGeometry | None = _left_alone()
    address: ShortText | None = _left_alone()
    summary: LongText | None = _left_alone()


class MoveIncident(Schema):
    """The next status; closing needs a reason, and the reason "other" a note."""

    status: IncidentStatus
    reason: CloseReason | None = None
    note: ShortText | None = None


class AssignPosition(Schema):
    """Who takes which ICS position; without an organization, one's own."""

    position: PositionKey
    person_id: UUID
    person_name: Name
    organization_id: UUID | None = None
    started_at: Instant | None = None


class OpenPeriod(Schema):
    """The next operational period; its number follows the last."""

    number: PeriodNumber | None = None
    starts_at: Instant
    ends_at: Instant


class ChangePeriod(Schema):
    """The times to change."""

    starts_at: Instant = _left_alone()
    ends_at: Instant = _left_alone()


class AddObjective(Schema):
    """What is to be achieved, in one sentence."""

    text: ShortText
    priority: Priority | None = None
    period_id: UUID | None = None


class ChangeObjective(Schema):
    """What to change of an objective."""

    text: ShortText = _left_alone()
    priority: Priority | None = _left_alone()
    period_id: UUID | None = _left_alone()


class MoveObjective(Schema):
    """The next status of an objective."""

    status: ObjectiveStatus


class AddTask(Schema):
    """A piece of work; the assignee is a person, team or unit as people call it."""

    title: ShortText
    assignee: Name | None = None
    due_at: Instant | None = None
    objective_id: UUID | None = None


class ChangeTask(Schema):
    """What to change of a task."""

    title: ShortText = _left_alone()
    assignee: Name | None = _left_alone()
    due_at: Instant | None = _left_alone()
    objective_id: UUID | None = _left_alone()


class MoveTask(Schema):
    """The next status of a task."""

    status: TaskStatus


class LinkIncident(Schema):
    """What this incident is to the other one."""

    kind: LinkKind
    incident_id: UUID


class ShareIncident(Schema):
    """Who may see or work on this incident until when; said again, it replaces what was said."""

    organization_id: UUID
    until: Instant
    access: ShareAccess


class AcceptHelp(Schema):
    """Which incident answers a call for help; left out, that of the alert."""

    incident_id: UUID | None = None
    title: ShortText | None = None
    assignee: Name | None = None


class DismissHelp(Schema):
    """Why a call for help is no task."""

    reason: ShortText
