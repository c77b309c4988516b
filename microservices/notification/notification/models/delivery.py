"""What is sent to whom: a broadcast per published alert, its chunks, a delivery per recipient, and what came back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from muster_core.columns import Instant, Point
from muster_core.tables import Identified
from notification.database import Base
from notification.domain.delivery import Lane, State

_NOW = text("clock_timestamp()")
_ZERO = text("0")
COUNTED = (
    "held", "accepted", "delivered", "failed", "in_doubt", "expired", "superseded", "suppressed",
)  # fmt: skip
"""The states that a chunk counts; the rest of its size waits or is being sent."""


def _words(column: str, words: tuple[str, ...]) -> CheckConstraint:
    allowed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


class Broadcast(Identified, Base):
    """One published alert on its way; its words are frozen in `content`, as the event told them."""

    __tablename__ = "broadcasts"
    __table_args__ = (
        UniqueConstraint("alert_id"),
        _words("lane", tuple(Lane)),
        Index(None, "organization_id", "created_at", "id"),
        Index(None, "thread_id", "number"),
        Index(None, "expires", postgresql_where=text("finished_at IS NULL")),
    )

    organization_id: Mapped[UUID | None] = mapped_column(Uuid)
    alert_id: Mapped[UUID] = mapped_column(Uuid)
    thread_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    incident_id: Mapped[UUID | None] = mapped_column(Uuid)
    exercise: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(Text)
    msg_type: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    hazard: Mapped[str] = mapped_column(Text)
    headline: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    areas: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Description and GeoJSON of each; a chunk's `piece` counts them from 0."""
    lane: Mapped[str] = mapped_column(Text)
    expires: Mapped[datetime] = mapped_column(Instant)
    recipients: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=_NOW)
    superseded_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a later message of the thread came: nothing of this one is begun any more."""
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    stopped_by: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class Chunk(Identified, Base):
    """At most 500 contact points of one channel and one piece of the area, claimed by one worker at a time.

    `fence` grows with each claim: a write that carries an older one is refused.
    """

    __tablename__ = "chunks"
    __table_args__ = (
        _words("state", ("open", "leased", "done")),
        Index(
            "ix_chunks_claimable",
            "lane",
            "rank",
            "id",
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_chunks_leased", "thread_id", "number", postgresql_where=text("state = 'leased'")),
        Index(None, "broadcast_id"),
    )

    broadcast_id: Mapped[UUID] = mapped_column(ForeignKey(Broadcast.id, ondelete="CASCADE"))
    thread_id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    lane: Mapped[str] = mapped_column(Text)
    rank: Mapped[int] = mapped_column(SmallInteger)
    channel: Mapped[str] = mapped_column(Text)
    piece: Mapped[int] = mapped_column(SmallInteger)
    contact_point_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    size: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    fence: Mapped[int] = mapped_column(BigInteger, server_default=_ZERO)
    attempts: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    due_at: Mapped[datetime] = mapped_column(Instant, server_default=_NOW)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    held: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    accepted: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    delivered: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    failed: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    in_doubt: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    expired: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    superseded: Mapped[int] = mapped_column(Integer, server_default=_ZERO)
    suppressed: Mapped[int] = mapped_column(Integer, server_default=_ZERO)


class Delivery(Base):
    """One message to one recipient; its id is the key that a provider is given at every attempt.

    The row is made when its chunk is claimed. The contact point may be gone later; what was sent stays told.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("contact_point_id", "broadcast_id", "channel"),
        _words("state", tuple(State)),
        Index(None, "chunk_id"),
        Index(
            "ix_deliveries_provider_id",
            "provider_id",
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))
    # No foreign keys: a million rows would each lock and look up the same broadcast.
    broadcast_id: Mapped[UUID] = mapped_column(Uuid)
    chunk_id: Mapped[UUID] = mapped_column(Uuid)
    contact_point_id: Mapped[UUID] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a held one may go out."""
    provider: Mapped[str | None] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=_ZERO)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant, server_default=_NOW)


class LaneCall(Base):
    """When workers were last called to a lane that had work waiting, and how long until they are called again."""

    __tablename__ = "lane_calls"

    lane: Mapped[str] = mapped_column(Text, primary_key=True)
    called_at: Mapped[datetime] = mapped_column(Instant)
    pause_seconds: Mapped[float] = mapped_column(Float)


class Progress(Base):
    """What was last told of a running broadcast, so that the same is not told twice."""

    __tablename__ = "progress"

    broadcast_id: Mapped[UUID] = mapped_column(
        ForeignKey(Broadcast.id, ondelete="CASCADE"), primary_key=True
    )
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    told_at: Mapped[datetime] = mapped_column(Instant)
    number: Mapped[int] = mapped_column(Integer)


class ProviderHealth(Base):
    """How a provider did, as the process saw that last used it."""

    __tablename__ = "provider_health"
    __table_args__ = (PrimaryKeyConstraint("process", "channel", "provider"),)

    process: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    health: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Receipt(Base):
    """A provider's verified word about one message. The same word again is not kept: that is the replay table.

    It may come before we have written what it is about: then it waits.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id", "state"),
        Index("ix_receipts_waiting", "received_at", postgresql_where=text("settled_at IS NULL")),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    key: Mapped[UUID | None] = mapped_column(Uuid)
    reason: Mapped[str | None] = mapped_column(Text)
    gone: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant, server_default=_NOW)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)


class Reply(Identified, Base):
    """A text that a subscriber answered, without the number it came from."""

    __tablename__ = "replies"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        Index(None, "broadcast_id", "received_at"),
    )

    provider: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[str] = mapped_column(Text)
    broadcast_id: Mapped[UUID | None] = mapped_column(ForeignKey(Broadcast.id, ondelete="CASCADE"))
    contact_point_id: Mapped[UUID] = mapped_column(Uuid)
    """Gone after a STOP."""
    meaning: Mapped[str] = mapped_column(Text)
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[tuple[float, float] | None] = mapped_column(Point)
    received_at: Mapped[datetime] = mapped_column(Instant, server_default=_NOW)


class SinkMessage(Base):
    """What an exercise or a test would have sent."""

    __tablename__ = "sink_messages"
    __table_args__ = (Index(None, "broadcast_id", "key"),)

    key: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    broadcast_id: Mapped[UUID] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(Instant, server_default=_NOW)
