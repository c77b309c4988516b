"""The shapes that cross the edge: what people ask for, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, StrictBool

from alert_management.domain import AlertStatus
from muster_core.schemas import LongText, Name, Schema


def _left_alone() -> Any:
    """A field of a PATCH that keeps its value when it is not sent."""

    def without_default(schema: dict[str, Any]) -> None:
        schema.pop("default", None)

    return Field(default=None, json_schema_extra=without_default)


class OpenAlertManagementAlert(Schema):
    """A name is enough; what is opened for an incident belongs to the incident's world."""

    name: Name
    details: LongText | None = None
    incident_id: UUID | None = None
    exercise: StrictBool = Field(
        default=False, description="Without an incident; fixed from here on."
    )


class ChangeAlertManagementAlert(Schema):
    """What is to be corrected; what is not sent stays."""

    name: Name = _left_alone()
    details: LongText | None = _left_alone()


class MoveAlertManagementAlert(Schema):
    """The next step of its life."""

    status: AlertStatus


class AlertManagementPerson(Schema):
    """A person as known when it happened."""

    id: UUID
    name: str


class AlertManagementAlert(Schema):
    """A alert. Its JSON is made in SQL (repository.py); tests hold those bytes to this shape."""

    id: UUID
    name: str
    details: str | None
    status: AlertStatus
    next_statuses: list[AlertStatus]
    overdue: bool
    incident_id: UUID | None
    incident_name: str | None
    exercise: bool
    opened_at: datetime
    opened_by: AlertManagementPerson
    updated_at: datetime
    version: int


class AlertManagementAlertPage(Schema):
    """A page of alerts."""

    items: list[AlertManagementAlert]
    next: str | None
