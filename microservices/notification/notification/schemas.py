"""The shapes that cross the edge: what people ask for, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, StrictBool

from muster_core.schemas import LongText, Name, Schema
from notification.domain import SubscriptionStatus


def _left_alone() -> Any:
    """A field of a PATCH that keeps its value when it is not sent."""

    def without_default(schema: dict[str, Any]) -> None:
        schema.pop("default", None)

    return Field(default=None, json_schema_extra=without_default)


class OpenNotificationSubscription(Schema):
    """A name is enough; what is opened for an incident belongs to the incident's world."""

    name: Name
    details: LongText | None = None
    incident_id: UUID | None = None
    exercise: StrictBool = Field(
        default=False, description="Without an incident; fixed from here on."
    )


class ChangeNotificationSubscription(Schema):
    """What is to be corrected; what is not sent stays."""

    name: Name = _left_alone()
    details: LongText | None = _left_alone()


class MoveNotificationSubscription(Schema):
    """The next step of its life."""

    status: SubscriptionStatus


class NotificationPerson(Schema):
    """A person as known when it happened."""

    id: UUID
    name: str


class NotificationSubscription(Schema):
    """A subscription. Its JSON is made in SQL (repository.py); tests hold those bytes to this shape."""

    id: UUID
    name: str
    details: str | None
    status: SubscriptionStatus
    next_statuses: list[SubscriptionStatus]
    overdue: bool
    incident_id: UUID | None
    incident_name: str | None
    exercise: bool
    opened_at: datetime
    opened_by: NotificationPerson
    updated_at: datetime
    version: int


class NotificationSubscriptionPage(Schema):
    """A page of subscriptions."""

    items: list[NotificationSubscription]
    next: str | None
