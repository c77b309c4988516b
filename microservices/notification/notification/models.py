"""The tables of notification."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Enum, ForeignKey, Index, Integer, Text, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from muster_core.tables import Identified, Versioned
from notification.database import Base
from notification.domain import SubscriptionStatus

Instant = DateTime(timezone=True)


def _words(kind: type[StrEnum]) -> list[str]:
    """An enumeration is stored by its words, not by the names in the code."""
    return [str(one.value) for one in kind]


class Incident(Base):
    """What is known of an incident, copied from its events; `version` tells older facts from newer."""

    __tablename__ = "incident"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    closed: Mapped[bool] = mapped_column(Boolean)
    exercise: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)


class Subscription(Identified, Versioned, Base):
    """A subscription of an organization; `version` counts its edits."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index(None, "organization_id", "opened_at", "id"),
        Index(None, "incident_id", "status"),
    )

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)
    status: Mapped[SubscriptionStatus] = mapped_column(
        Enum(
            SubscriptionStatus,
            native_enum=False,
            create_constraint=True,
            length=20,
            name="status",
            values_callable=_words,
        )
    )
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey(Incident.id))
    exercise: Mapped[bool] = mapped_column(Boolean)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by_id: Mapped[UUID] = mapped_column(Uuid)
    opened_by_name: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(
        Instant, server_default=func.now(), onupdate=func.now()
    )
