"""What crosses the HTTP edge about broadcasts and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from muster_core.schemas import Schema
from notification.domain.delivery import State
from notification.domain.subscribers import ChannelKind


class Counts(Schema):
    """Contact points by what became of the message; each is counted once."""

    recipients: int
    reached: int = Field(description="Accepted by a provider or delivered by its receipt.")
    waiting: int = Field(description="Not begun yet, or under way.")
    held: int = Field(description="Held until quiet hours end.")
    accepted: int
    delivered: int
    failed: int
    in_doubt: int = Field(description="Perhaps sent: the provider's answer was lost.")
    expired: int
    superseded: int = Field(description="Not begun when a later message of the thread came.")
    suppressed: int = Field(description="Held back by a cap, or its subscriber has left.")


class Broadcast(Schema):
    """A published alert on its way."""

    id: UUID
    alert_id: UUID
    thread_id: UUID
    number: int = Field(description="Which message of its thread it is, from 1.")
    incident_id: UUID | None
    headline: str
    msg_type: str
    status: str
    severity: str
    hazard: str
    exercise: bool
    state: Literal["running", "stopped", "superseded", "finished"]
    created_at: datetime
    expires: datetime
    finished_at: datetime | None
    stopped_at: datetime | None
    stopped_by: str | None
    counts: Counts


class BroadcastPage(Schema):
    """A page of broadcasts, newest first."""

    items: list[Broadcast]
    next: str | None


class ChannelProgress(Schema):
    """How far one channel has come."""

    channel: ChannelKind
    counts: Counts


class AreaProgress(Schema):
    """How far one area of the alert has come; who lies in several is counted in the first."""

    piece: int
    description: str
    geometry: dict[str, Any]
    counts: Counts


class Replies(Schema):
    """What subscribers answered."""

    ok: int
    help: int
    stop: int
    other: int


class BroadcastDetail(Broadcast):
    """A broadcast, by channel and by area."""

    by_channel: list[ChannelProgress]
    by_area: list[AreaProgress]
    replies: Replies


class DeliveryLine(Schema):
    """What became of one message to one recipient."""

    id: UUID
    recipient: UUID
    channel: ChannelKind
    address: str | None = Field(description="Masked; null once the subscriber has left.")
    language: str | None
    state: State
    provider: str | None
    reason: str | None
    attempts: int
    begun_at: datetime | None
    changed_at: datetime
    due_at: datetime | None


class DeliveryPage(Schema):
    """A page of the log of recipients."""

    items: list[DeliveryLine]
    next: str | None


class ProviderHealth(Schema):
    """How a provider does, as the worker processes saw it that used it within a day."""

    channel: str
    provider: str
    choice: int | None = Field(
        default=None, description="1 is asked first, 2 when that one cannot take it."
    )
    breaker: Literal["closed", "half_open", "open"]
    rate: float = Field(description="Messages a second over the last minute.")
    limit: float = Field(description="Messages a second at most.")
    last_success: datetime | None
    last_failure: datetime | None
    last_reason: str | None
    failures: int = Field(description="In a row.")
    seen_at: datetime


class ProviderHealths(Schema):
    """Every provider that was used within a day."""

    items: list[ProviderHealth]


class SinkMessage(Schema):
    """A message that an exercise would have sent."""

    key: UUID
    channel: ChannelKind
    language: str
    subject: str
    text: str
    html: str | None
    kept_at: datetime


class SinkPage(Schema):
    """A page of them."""

    items: list[SinkMessage]
    next: str | None


class Retried(Schema):
    """How many failed deliveries wait again."""

    deliveries: int
