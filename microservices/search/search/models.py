"""The tables of search. `document` is always kept: it can always answer, and other engines are filled from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from muster_core.columns import Box, Corner, Instant, Point
from muster_core.tables import Identified, Versioned
from search.database import SCHEMA, Base

_FALSE = text("false")
REVISION = Sequence("revision", schema=SCHEMA, metadata=Base.metadata)


class Document(Base):
    """A record that can be found. A removed one keeps its row, so that an older fact does not bring it back.

    `version` is the record's own; `revision` counts all that was ever written here, and orders what other engines get.
    """

    __tablename__ = "document"
    __table_args__ = (
        PrimaryKeyConstraint("kind", "id"),
        Index(None, "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index(None, "extent", postgresql_using="gist"),
        Index(None, "occurred_at", "kind", "id"),
    )

    kind: Mapped[str] = mapped_column(Text)
    id: Mapped[UUID] = mapped_column(Uuid)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    incident_id: Mapped[UUID | None] = mapped_column(Uuid)
    exercise: Mapped[bool] = mapped_column(Boolean)
    listed_by: Mapped[str] = mapped_column(Text)
    requires: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    title_words: Mapped[str] = mapped_column(Text)
    words: Mapped[Any] = mapped_column(TSVECTOR)
    status: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(Instant)
    location: Mapped[Corner | None] = mapped_column(Point)
    extent: Mapped[tuple[Corner, Corner] | None] = mapped_column(Box)
    url: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[int] = mapped_column(BigInteger)
    bucket: Mapped[int] = mapped_column(SmallInteger)
    deleted: Mapped[bool] = mapped_column(Boolean, server_default=_FALSE)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Word(Base):
    """A word that some document has: where to look for what a mistyped one may have meant."""

    __tablename__ = "word"
    __table_args__ = (
        Index(
            "ix_word_trigrams",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )

    word: Mapped[str] = mapped_column(Text, primary_key=True)


class Share(Base):
    """An incident shared with another organization, as last told; `until` NULL: no more."""

    __tablename__ = "share"
    __table_args__ = (PrimaryKeyConstraint("organization_id", "incident_id"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    incident_id: Mapped[UUID] = mapped_column(Uuid)
    until: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Pending(Base):
    """Work that a changed document leaves: `index` it elsewhere, or `watch` for whom it matters."""

    __tablename__ = "pending"
    __table_args__ = (Index(None, "purpose", "position"),)

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    document_id: Mapped[UUID] = mapped_column(Uuid)
    written_at: Mapped[datetime] = mapped_column(Instant, server_default=text("clock_timestamp()"))


class EngineIndex(Base):
    """An index of Elasticsearch that is written to: the one that answers, or one being built."""

    __tablename__ = "engine_index"
    __table_args__ = (CheckConstraint("state IN ('building', 'live')", name="state"),)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Lease(Base):
    """Who does a piece of work that one at a time does; who lets it run out has lost it."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    holder: Mapped[UUID] = mapped_column(Uuid)
    until: Mapped[datetime] = mapped_column(Instant)


class Rebuild(Identified, Base):
    """A rebuild of the index from the services, wanted, under way or over."""

    __tablename__ = "rebuild"
    __table_args__ = (
        CheckConstraint("state IN ('wanted', 'running', 'done', 'failed')", name="state"),
        # One at a time: whoever asks while one is under way is shown that one.
        Index(
            "uq_rebuild_open",
            text("(true)"),
            unique=True,
            postgresql_where=text("state IN ('wanted', 'running')"),
        ),
    )

    requested_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
    requested_by_id: Mapped[UUID] = mapped_column(Uuid)
    requested_by_name: Mapped[str] = mapped_column(Text)
    organization_id: Mapped[UUID | None] = mapped_column(Uuid)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Text, server_default=text("'wanted'"))
    phase: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    progress: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    problem: Mapped[str | None] = mapped_column(Text)


class Seen(Base):
    """What the services have streamed in the rebuild under way; whatever is missing here exists no more."""

    __tablename__ = "seen"
    __table_args__ = (PrimaryKeyConstraint("kind", "id"), {"prefixes": ["UNLOGGED"]})

    kind: Mapped[str] = mapped_column(Text)
    id: Mapped[UUID] = mapped_column(Uuid)


class Watch(Identified, Versioned, Base):
    """A search that somebody saved, and what it has found since they last looked."""

    __tablename__ = "watch"
    __table_args__ = (Index(None, "owner_id", "id"),)

    owner_id: Mapped[UUID] = mapped_column(Uuid)
    organization_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    search: Mapped[dict[str, Any]] = mapped_column(JSONB)
    paused: Mapped[bool] = mapped_column(Boolean, server_default=_FALSE)
    unseen: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    untold: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    matched_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class Match(Base):
    """A document that a watch has found: it is news once."""

    __tablename__ = "match"
    __table_args__ = (
        PrimaryKeyConstraint("watch_id", "kind", "document_id"),
        Index(None, "matched_at"),
    )

    watch_id: Mapped[UUID] = mapped_column(ForeignKey(Watch.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    document_id: Mapped[UUID] = mapped_column(Uuid)
    matched_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())
