"""Web hooks to partner systems, what is to be delivered to them, and each attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from alert_management.database import Base
from alert_management.domain.hooks import DeliveryState
from muster_core.columns import Instant, Json, word
from muster_core.tables import Identified, Timestamped, Versioned


class PartnerHook(Identified, Timestamped, Versioned, Base):
    """An address of a partner; it hears of one world only. `generation` counts its secrets."""

    __tablename__ = "partner_hook"
    __table_args__ = (Index(None, "organization_id", "name", "id"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    exercise: Mapped[bool] = mapped_column(Boolean)
    active: Mapped[bool] = mapped_column(Boolean)
    generation: Mapped[int] = mapped_column(Integer)


class HookDelivery(Identified, Base):
    """One message to one partner. `lease` fences off a worker that comes too late."""

    __tablename__ = "hook_delivery"
    __table_args__ = (
        UniqueConstraint("hook_id", "event_id"),
        Index("ix_hook_delivery_due", "next_at", postgresql_where=text("state = 'pending'")),
        Index(None, "hook_id", "id"),
    )

    hook_id: Mapped[UUID] = mapped_column(ForeignKey(PartnerHook.id))
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"))
    event_id: Mapped[UUID] = mapped_column(Uuid)
    type: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[DeliveryState] = mapped_column(word(DeliveryState, "state"))
    attempts: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime] = mapped_column(Instant)
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)


class HookAttempt(Base):
    """What one attempt came to: the partner's status, or why there was none."""

    __tablename__ = "hook_attempt"
    __table_args__ = (PrimaryKeyConstraint("delivery_id", "number"),)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey(HookDelivery.id))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    milliseconds: Mapped[int] = mapped_column(Integer)
