"""Alerts of others: the feeds they come from, each as it was said, and the threads they form."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from alert_management.database import Base
from alert_management.domain.received import Effect, ReceivedState
from alert_management.domain.threads import How, Kind
from muster_core.columns import Box, Corner, Instant, Json, word
from muster_core.polled import Polled, Quarantined
from muster_core.tables import Identified, Timestamped, Versioned


class AlertFeed(Identified, Polled, Timestamped, Versioned, Base):
    """A publisher that an organization listens to, and how asking there goes."""

    __tablename__ = "alert_feed"
    __table_args__ = (
        UniqueConstraint("organization_id", "url"),
        Index(None, "next_poll_at", postgresql_where=text("NOT paused")),
    )

    organization_id: Mapped[UUID] = mapped_column(Uuid)


class AlertFeedQuarantine(Identified, Quarantined, Base):
    """A document, or an alert in one, that was not believed, and why."""

    __tablename__ = "alert_feed_quarantine"
    __table_args__ = (UniqueConstraint("feed_id", "digest"), Index(None, "feed_id", "received_at"))

    feed_id: Mapped[UUID] = mapped_column(ForeignKey(AlertFeed.id, ondelete="CASCADE"))


class AlertFeedLink(Identified, Base):
    """A document that a feed's entry points to; `stamp` is what the entry said of its age: a new one is read anew."""

    __tablename__ = "alert_feed_link"
    __table_args__ = (
        UniqueConstraint("feed_id", "url", "stamp"),
        Index(None, "feed_id", "next_at", postgresql_where=text("state = 'pending'")),
    )

    feed_id: Mapped[UUID] = mapped_column(ForeignKey(AlertFeed.id, ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    stamp: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'pending'"))
    """pending, read, or given_up."""
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))
    last_seen_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))


class AlertThread(Identified, Versioned, Base):
    """One event as its publishers tell of it. A thread whose alerts all went elsewhere stays, and says where."""

    __tablename__ = "alert_thread"
    __table_args__ = (Index(None, "organization_id", "last_sent_at", "id"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    last_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    """When its newest alert was sent; None: it has none any more."""
    exercise: Mapped[bool] = mapped_column(Boolean)
    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(f"{Base.metadata.schema}.alert_thread.id")
    )
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))


class ReceivedAlert(Identified, Versioned, Base):
    """An alert of somebody else, word for word, with what lists and maps need of it.

    `feed_id` None: a person imported it. `headline` and the like are of the first `info`; `severity` the highest.
    """

    __tablename__ = "received_alert"
    __table_args__ = (
        UniqueConstraint("organization_id", "exercise", "sender", "identifier", "sent"),
        Index(None, "organization_id", "sent", "id"),
        Index(None, "organization_id", "expires_at", postgresql_where=text("state = 'in_force'")),
        Index(
            "ix_received_alert_lapsing",
            "expires_at",
            postgresql_where=text("state = 'in_force' AND NOT lapse_told"),
        ),
        Index(None, "thread_id", "sent"),
        Index(None, "feed_id"),
        Index(None, "geocodes", postgresql_using="gin"),
    )

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    feed_id: Mapped[UUID | None] = mapped_column(ForeignKey(AlertFeed.id, ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(Text)
    """The feed's name when it came, or `import`."""
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_by_name: Mapped[str | None] = mapped_column(Text)
    exercise: Mapped[bool] = mapped_column(Boolean)
    identifier: Mapped[str] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(Text)
    sender_name: Mapped[str | None] = mapped_column(Text)
    sent: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(Text)
    msg_type: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    severity: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    certainty: Mapped[str] = mapped_column(Text)
    headline: Mapped[str] = mapped_column(Text)
    area: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    expires_given: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[ReceivedState] = mapped_column(word(ReceivedState, "state"))
    lapse_told: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Its time was over when it came, or its end was announced since."""
    signature: Mapped[str] = mapped_column(Text)
    signer: Mapped[str | None] = mapped_column(Text)
    signature_detail: Mapped[str | None] = mapped_column(Text)
    cap_version: Mapped[str] = mapped_column(Text)
    tolerated: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    message: Mapped[dict[str, Any]] = mapped_column(Json)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(Text)
    geocodes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    geometry: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """All its areas as one GeoJSON geometry within -180 to 180; None where it names only codes that we do not know."""
    outline: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The same with few corners, for maps and lists."""
    by_codes: Mapped[bool] = mapped_column(Boolean)
    """The area is that of the organization's own boundaries with its codes, as they were when it came."""
    thread_id: Mapped[UUID] = mapped_column(ForeignKey(AlertThread.id))
    how: Mapped[How] = mapped_column(word(How, "how"))
    why: Mapped[str] = mapped_column(Text)
    anchor_id: Mapped[UUID | None] = mapped_column(Uuid)
    measures: Mapped[dict[str, float]] = mapped_column(Json)


class ReceivedBox(Base):
    """The boxes around an alert's areas, so that a map and a comparison find it quickly."""

    __tablename__ = "received_box"
    __table_args__ = (
        PrimaryKeyConstraint("received_id", "number"),
        Index(None, "extent", postgresql_using="gist"),
    )

    received_id: Mapped[UUID] = mapped_column(ForeignKey(ReceivedAlert.id, ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    extent: Mapped[tuple[Corner, Corner]] = mapped_column(Box)


class ReceivedReference(Base):
    """What an alert refers to, whether or not that is known yet, and what it did to it."""

    __tablename__ = "received_reference"
    __table_args__ = (
        PrimaryKeyConstraint("received_id", "number"),
        Index(None, "organization_id", "sender", "identifier"),
    )

    received_id: Mapped[UUID] = mapped_column(ForeignKey(ReceivedAlert.id, ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    exercise: Mapped[bool] = mapped_column(Boolean)
    sender: Mapped[str] = mapped_column(Text)
    identifier: Mapped[str] = mapped_column(Text)
    sent: Mapped[datetime | None] = mapped_column(Instant)
    """None: the reference is not whole, which ties them together and does nothing else."""
    effect: Mapped[Effect | None] = mapped_column(word(Effect, "effect"))
    why: Mapped[str | None] = mapped_column(Text)


class ThreadChange(Identified, Base):
    """A split or a join of threads, by a person or by the machine, with all that taking it back needs."""

    __tablename__ = "thread_change"
    __table_args__ = (Index(None, "threads", postgresql_using="gin"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """In the order in which they were made."""
    kind: Mapped[Kind] = mapped_column(word(Kind, "kind"))
    thread_id: Mapped[UUID] = mapped_column(ForeignKey(AlertThread.id))
    others: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    threads: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """All that it touched."""
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    stayed: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    added: Mapped[list[list[str]]] = mapped_column(Json)
    removed: Mapped[list[list[str]]] = mapped_column(Json)
    why: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(Uuid)
    by_name: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    undone_by_name: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class ThreadsApart(Base):
    """Two threads that a person keeps apart; `one` is the lesser id."""

    __tablename__ = "threads_apart"
    __table_args__ = (PrimaryKeyConstraint("one", "other"), Index(None, "other"))

    one: Mapped[UUID] = mapped_column(ForeignKey(AlertThread.id))
    other: Mapped[UUID] = mapped_column(ForeignKey(AlertThread.id))
