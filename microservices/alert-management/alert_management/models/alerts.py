"""Alerts, every version of what they say, and every step and word of their review."""

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
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from alert_management.database import Base
from alert_management.domain.life import OPEN, PUBLIC, AlertStatus
from alert_management.domain.words import MsgType, Severity
from alert_management.models.known import Incident
from muster_core.columns import Box, Corner, Instant, Json, word
from muster_core.tables import Identified, Versioned


def _among(statuses: frozenset[AlertStatus]) -> str:
    return ", ".join(f"'{one}'" for one in AlertStatus if one in statuses)


class Alert(Identified, Versioned, Base):
    """A message to the public. `version` counts its edits and steps, `revision` the versions of its content."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("identifier"),
        # The messages of a thread are numbered from 1 as the public sees them, without a gap.
        UniqueConstraint("thread_id", "number"),
        # One click twice is one draft.
        Index(
            "uq_alert_follow_up",
            "follows_id",
            "msg_type",
            unique=True,
            postgresql_where=text(f"status IN ({_among(OPEN)})"),
        ),
        Index(None, "organization_id", "drafted_at", "id"),
        Index(None, "thread_id"),
        Index(None, "extent", postgresql_using="gist"),
        Index("ix_alert_in_force", "expires", postgresql_where=text("status = 'published'")),
        Index(
            "ix_alert_public",
            "sent",
            "id",
            postgresql_where=text(f"status IN ({_among(PUBLIC)})"),
        ),
        # What reached the public is whole, and what did not has none of it.
        CheckConstraint(
            f"(status IN ({_among(PUBLIC)})) = (num_nonnulls(identifier, sender, sent, expires, number, cap) = 6)",
            name="published_whole",
        ),
        CheckConstraint(
            "num_nonnulls(identifier, sender, sent, expires, number, cap) IN (0, 6)",
            name="published_whole_or_not",
        ),
        CheckConstraint("exercise IS FALSE OR test IS FALSE", name="one_world"),
    )

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    thread_id: Mapped[UUID] = mapped_column(Uuid)
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert.id"))
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey(Incident.id))
    msg_type: Mapped[MsgType] = mapped_column(word(MsgType, "msg_type"))
    exercise: Mapped[bool] = mapped_column(Boolean)
    test: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[AlertStatus] = mapped_column(word(AlertStatus, "status"))
    revision: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    headline: Mapped[str] = mapped_column(Text)
    hazard: Mapped[str] = mapped_column(Text)
    severity: Mapped[Severity] = mapped_column(word(Severity, "severity"))
    # The box around the areas, for questions about a part of the map.
    extent: Mapped[tuple[Corner, Corner] | None] = mapped_column(Box)
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    drafted_by_id: Mapped[UUID] = mapped_column(Uuid)
    drafted_by_name: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    submitted_by_name: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    approved_by_name: Mapped[str | None] = mapped_column(Text)
    # Frozen at publication: what was sent, as it was sent.
    number: Mapped[int | None] = mapped_column(Integer)
    identifier: Mapped[str | None] = mapped_column(Text)
    sender: Mapped[str | None] = mapped_column(Text)
    sent: Mapped[datetime | None] = mapped_column(Instant)
    expires: Mapped[datetime | None] = mapped_column(Instant)
    cap: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    signed: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    replaces: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), server_default=text("'{}'"), default=list
    )
    told: Mapped[dict[str, Any] | None] = mapped_column(Json)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(
        Instant, server_default=func.now(), onupdate=func.now()
    )


class AlertVersion(Base):
    """What an alert said at one time, by whom; kept whole, for the difference view and the inquiry after."""

    __tablename__ = "alert_version"
    __table_args__ = (PrimaryKeyConstraint("alert_id", "revision"),)

    alert_id: Mapped[UUID] = mapped_column(ForeignKey(Alert.id))
    revision: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by_id: Mapped[UUID] = mapped_column(Uuid)
    written_by_name: Mapped[str] = mapped_column(Text)


class AlertEntry(Identified, Base):
    """A step of an alert, or something said about it; `place` is the JSON pointer that it is said about."""

    __tablename__ = "alert_entry"
    __table_args__ = (
        Index(None, "alert_id", "id"),
        CheckConstraint("after IS NOT NULL OR comment IS NOT NULL", name="says_something"),
    )

    alert_id: Mapped[UUID] = mapped_column(ForeignKey(Alert.id))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[UUID] = mapped_column(Uuid)
    by_name: Mapped[str] = mapped_column(Text)
