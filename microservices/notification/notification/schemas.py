"""The shapes that cross the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, StrictBool

from muster_core.schemas import Schema
from notification.domain.subscribers import ChannelKind, Kind, Source, Status

Severity = Literal["Minor", "Moderate", "Severe", "Extreme"]


class SubscriberContact(Schema):
    """A contact point; its address is shown masked."""

    id: UUID
    channel: ChannelKind
    masked: str
    confirmed: bool


class Subscriber(Schema):
    """A subscription as staff see it: no address, name or place."""

    id: UUID
    kind: Kind
    source: Source
    status: Status
    list_name: str | None
    language: str
    min_severity: Severity
    hazards: list[str] | None = Field(description="Groups of hazards; null: all.")
    placed: Literal["point", "area", "none"]
    exercise: bool
    created_at: datetime
    contacts: list[SubscriberContact]


class SubscriberPage(Schema):
    """A page of subscriptions."""

    items: list[Subscriber]
    next: str | None


class PauseSubscriber(Schema):
    """Whether nothing is to be sent for a while."""

    paused: StrictBool


class SubscriberListImported(Schema):
    """How much of a list was taken in: all of it."""

    import_id: UUID
    subscribers: int
    contact_points: int


class GiveContactPoint(Schema):
    """How one is to be reached."""

    channel: ChannelKind
    address: str = Field(min_length=1, max_length=4000)
    language: str = Field(default="en", min_length=2, max_length=35)


class ConfirmContactPoint(Schema):
    """The six digits that were sent."""

    code: str = Field(min_length=1, max_length=20)


class OwnContactPoints(Schema):
    """One's own contact points."""

    items: list[SubscriberContact]
