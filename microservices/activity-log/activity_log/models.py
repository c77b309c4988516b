"""The tables of activity-log. `entry` and `seal` are insert-only: triggers refuse everything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from activity_log.database import Base
from muster_core.columns import Instant


class JournalEntry(Base):
    """One thing that happened. `time` is when; `recorded_at` when the service that announced it wrote it down.

    The platform's own entries belong to the nil UUID. `data` is `json`, not `jsonb`, which keeps the text to the
    letter: the hash covers it.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("organization_id", "sequence"),
        UniqueConstraint("id"),
        Index(None, "organization_id", "position"),
        Index(None, "incident_id", "position", postgresql_where=text("incident_id IS NOT NULL")),
        Index(None, "actor_id", "position", postgresql_where=text("actor_id IS NOT NULL")),
        Index(None, "person_id", "position", postgresql_where=text("person_id IS NOT NULL")),
        Index(
            None,
            "subject",
            "position",
            postgresql_where=text("starts_with(type, 'muster.organization.')"),
        ),
        Index(None, "time"),
    )

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    sequence: Mapped[int] = mapped_column(BigInteger)
    id: Mapped[UUID] = mapped_column(Uuid)
    time: Mapped[datetime] = mapped_column(Instant)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    type: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    incident_id: Mapped[UUID | None] = mapped_column(Uuid)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    actor_name: Mapped[str | None] = mapped_column(Text)
    actor_kind: Mapped[str | None] = mapped_column(Text)
    exercise: Mapped[bool] = mapped_column(Boolean)
    requires: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    data: Mapped[Any] = mapped_column(JSON)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Head(Base):
    """The end of each chain, kept beside it: finds a chain that was cut short."""

    __tablename__ = "head"
    __table_args__ = (Index(None, "position"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class Seal(Base):
    """A head signed with a key that is not in the database: finds a chain that was cut short or written anew."""

    __tablename__ = "seal"
    __table_args__ = (Index(None, "organization_id", "sequence"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    sequence: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(Instant)
    key_id: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class Share(Base):
    """An incident shared with another organization until a date, as its events said."""

    __tablename__ = "share"
    __table_args__ = (PrimaryKeyConstraint("organization_id", "incident_id"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    incident_id: Mapped[UUID] = mapped_column(Uuid)
    until: Mapped[datetime] = mapped_column(Instant)
    access: Mapped[str] = mapped_column(Text)


class Verification(Base):
    """A walk through the journal: how far it has come, and what it found. `ok` is NULL until it has been through."""

    __tablename__ = "verification"

    walk: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    ok: Mapped[bool | None] = mapped_column(Boolean)
    problem: Mapped[Any | None] = mapped_column(JSONB)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)


class VerifiedChain(Base):
    """Where a walk stands in each chain, to take it up again."""

    __tablename__ = "verified_chain"
    __table_args__ = (PrimaryKeyConstraint("walk", "organization_id"),)

    walk: Mapped[str] = mapped_column(Text)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
