"""What is known of others' records, copied from their events; `version` tells older facts from newer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from alert_management.database import Base
from muster_core.columns import Instant, Json


class Organization(Base):
    """An organization and the area it may alert."""

    __tablename__ = "organization"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    area: Mapped[dict[str, Any] | None] = mapped_column(Json)
    time_zone: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)


class Account(Base):
    """Who had an account in hand last, and when: they made it, or set its password anew."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    handled_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    handled_at: Mapped[datetime] = mapped_column(Instant)


class Incident(Base):
    """An incident's name and world."""

    __tablename__ = "incident"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    exercise: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)
