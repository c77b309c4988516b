"""Who is to be warned, where, of what and how. Addresses are sealed (vault.py); what selects an audience is not."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
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
    SmallInteger,
    Text,
    Time,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from muster_core.columns import Instant, Point, Polygon
from muster_core.tables import Identified, Timestamped, Versioned
from notification.database import Base
from notification.domain.subscribers import ChannelKind, Kind, Source, Status


def _one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    words = ", ".join(f"'{one.value}'" for one in kind)
    return CheckConstraint(f"{column} IN ({words})", name=column)


class Subscription(Identified, Timestamped, Versioned, Base):
    """One subscriber's wish: a place or an area, and one or more contact points."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        _one_of("kind", Kind),
        _one_of("source", Source),
        _one_of("status", Status),
        Index(None, "organization_id", "id"),
        Index(None, "created_at", postgresql_where=text("status = 'unconfirmed'")),
        Index(None, "account_id", postgresql_where=text("account_id IS NOT NULL")),
    )

    organization_id: Mapped[UUID | None] = mapped_column(Uuid)
    """Whose list; NULL: somebody of the public."""
    account_id: Mapped[UUID | None] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    list_name: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The name, and the place in the subscriber's own words."""
    area: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    exercise: Mapped[bool] = mapped_column(Boolean)


class ContactPoint(Identified, Base):
    """One address on one channel: what a delivery goes to. `at` is NULL where an area, or no place, counts."""

    __tablename__ = "contact_points"
    __table_args__ = (
        _one_of("channel", ChannelKind),
        CheckConstraint("min_severity BETWEEN 1 AND 4", name="min_severity"),
        CheckConstraint("NOT active OR verified_at IS NOT NULL", name="verified"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
        CheckConstraint("per_day BETWEEN 1 AND 100", name="per_day"),
        # What an audience is selected by, so that a million of them are counted without a look at the table.
        Index(
            "ix_contact_points_alone",
            "at",
            postgresql_using="gist",
            postgresql_where=text("active AND single"),
            postgresql_include=["exercise", "min_severity", "hazards", "channel", "id"],
        ),
        Index(
            "ix_contact_points_several",
            "at",
            postgresql_using="gist",
            postgresql_where=text("active AND NOT single"),
        ),
        Index(None, "subscription_id"),
        Index(None, "address_index"),
        Index(None, "created_at", postgresql_where=text("verified_at IS NULL")),
    )

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey(Subscription.id, ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(Text)
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    address_index: Mapped[UUID] = mapped_column(Uuid)
    """The blind index of channel and address: who has it cannot tell the address, but equal is equal."""
    single: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Known to be the only one of its address and of its subscription. False is always right, and slower."""
    language: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    exercise: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[tuple[float, float] | None] = mapped_column(Point)
    min_severity: Mapped[int] = mapped_column(SmallInteger)
    hazards: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    tz: Mapped[str] = mapped_column(Text)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    per_day: Mapped[int | None] = mapped_column(SmallInteger)
    """At most so many Minor and Moderate messages in 24 hours."""
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))


class SubscriptionArea(Base):
    """An area to be warned in, cut into simple polygons without holes within -180 to 180."""

    __tablename__ = "subscription_areas"
    __table_args__ = (
        PrimaryKeyConstraint("subscription_id", "number"),
        Index("ix_subscription_areas_piece", "piece", postgresql_using="gist"),
    )

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey(Subscription.id, ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    piece: Mapped[Any] = mapped_column(Polygon)


class Confirmation(Base):
    """That a contact point was sent a code, which lives 15 minutes and five tries.

    The code itself is stored nowhere: it follows from the seed by the key file (vault.py), so that a task that runs
    twice sends the same one.
    """

    __tablename__ = "confirmations"

    contact_point_id: Mapped[UUID] = mapped_column(
        ForeignKey(ContactPoint.id, ondelete="CASCADE"), primary_key=True
    )
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    expires_at: Mapped[datetime] = mapped_column(Instant)


class Asking(Identified, Base):
    """That somebody asked for a code, by digests of address and network: so that asking is slowed down."""

    __tablename__ = "askings"
    __table_args__ = (Index(None, "subject", "asked_at"), Index(None, "asked_at"))

    subject: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(Instant, server_default=text("clock_timestamp()"))
