"""The tables of hazard-monitoring."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hazard_monitoring.database import Base
from muster_core.columns import Instant, Point
from muster_core.polled import Polled, Quarantined
from muster_core.tables import Identified, Timestamped, Versioned


class Feed(Identified, Polled, Timestamped, Base):
    """Where hazards come from, and how asking there goes."""

    __tablename__ = "feed"
    __table_args__ = (Index(None, "next_poll_at", postgresql_where=text("NOT paused")),)

    key: Mapped[str] = mapped_column(Text, unique=True)


class Hazard(Identified, Base):
    """An event as its feed last reported it."""

    __tablename__ = "hazard"
    __table_args__ = (
        Index(None, "occurred_at", "id"),
        Index("ix_hazard_location", "location", postgresql_using="gist"),
        Index(None, "feed_id"),
        Index(None, "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")),
    )

    feed_id: Mapped[UUID] = mapped_column(ForeignKey(Feed.id))
    external_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    magnitude: Mapped[float | None] = mapped_column(Float)
    magnitude_type: Mapped[str | None] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    alert_level: Mapped[str | None] = mapped_column(Text)
    tsunami: Mapped[bool] = mapped_column(Boolean)
    felt: Mapped[int | None] = mapped_column(Integer)
    place: Mapped[str | None] = mapped_column(Text)
    location: Mapped[tuple[float, float]] = mapped_column(Point)
    depth_km: Mapped[float | None] = mapped_column(Float)
    occurred_at: Mapped[datetime] = mapped_column(Instant)
    reported_at: Mapped[datetime] = mapped_column(Instant)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Integer)
    deleted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(f"{Base.metadata.schema}.hazard.id")
    )
    url: Mapped[str | None] = mapped_column(Text)
    exercise: Mapped[bool] = mapped_column(Boolean)

    @property
    def longitude(self) -> float:
        """Degrees east."""
        return self.location[0]

    @property
    def latitude(self) -> float:
        """Degrees north."""
        return self.location[1]


class HazardIdentifier(Base):
    """Every id under which a feed's networks know an event: two events that share one are one."""

    __tablename__ = "hazard_identifier"
    __table_args__ = (PrimaryKeyConstraint("feed_id", "external_id"),)

    feed_id: Mapped[UUID] = mapped_column(ForeignKey(Feed.id))
    external_id: Mapped[str] = mapped_column(Text)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey(Hazard.id), index=True)


class HazardRevision(Base):
    """What the feed said, word for word, each time it said something new."""

    __tablename__ = "hazard_revision"
    __table_args__ = (PrimaryKeyConstraint("hazard_id", "revision"),)

    hazard_id: Mapped[UUID] = mapped_column(ForeignKey(Hazard.id))
    revision: Mapped[int] = mapped_column(Integer)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    reported_at: Mapped[datetime] = mapped_column(Instant)
    change: Mapped[str] = mapped_column(Text)
    changes: Mapped[list[Any]] = mapped_column(JSONB)
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Quarantine(Identified, Quarantined, Base):
    """A document or an event that was not believed, and why."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("feed_id", "digest"), Index(None, "feed_id", "received_at"))

    feed_id: Mapped[UUID] = mapped_column(ForeignKey(Feed.id))


class Organization(Base):
    """What rules need of an organization, copied from identity's events."""

    __tablename__ = "organization"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    area: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int] = mapped_column(Integer)


class Rule(Identified, Timestamped, Versioned, Base):
    """When a hazard is worth proposing to an organization; conditions left out are not asked."""

    __tablename__ = "rule"

    organization_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    name: Mapped[str] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    kind: Mapped[str | None] = mapped_column(Text)
    minimum_magnitude: Mapped[float | None] = mapped_column(Float)
    alert_levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    tsunami: Mapped[bool | None] = mapped_column(Boolean)
    within_km: Mapped[float | None] = mapped_column(Float)


class Proposal(Identified, Base):
    """A hazard that an organization's rule found worth an incident; one for each of both."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("organization_id", "hazard_id"),
        Index(None, "organization_id", "status", "created_at", "id"),
        CheckConstraint("status IN ('open', 'declared', 'dismissed')", name="status"),
    )

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey(Hazard.id), index=True)
    rule: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    dismissed_because: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class HazardIncident(Base):
    """The incident that an organization declared from a hazard, told by incident-management."""

    __tablename__ = "hazard_incident"
    __table_args__ = (PrimaryKeyConstraint("organization_id", "hazard_id"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey(Hazard.id), index=True)
    incident_id: Mapped[UUID] = mapped_column(Uuid)
