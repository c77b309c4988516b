"""The tables every service has in its schema, beside its own: outbox, inbox, dead letters, idempotency keys, ticks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from muster_core.identifiers import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata(schema: str) -> MetaData:
    """The metadata of a service's `Base`: its schema, our constraint names, and the tables of the core."""
    metadata = MetaData(schema=schema, naming_convention=NAMING)
    now = text("clock_timestamp()")
    Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("kind", String(8), nullable=False),
        Column("body", Text, nullable=False),
        Column("written_at", DateTime(timezone=True), nullable=False, server_default=now),
    )
    Table(
        "inbox",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("event_id", Uuid, nullable=False),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=now),
        PrimaryKeyConstraint("consumer", "event_id"),
        Index(None, "received_at"),
    )
    Table(
        "dead_letter",
        metadata,
        Column("id", Uuid, primary_key=True, default=uuid7),
        Column("consumer", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("died_at", DateTime(timezone=True), nullable=False, server_default=now),
    )
    Table(
        "idempotency_key",
        metadata,
        Column("account_id", Uuid, nullable=False),
        Column("key", String(200), nullable=False),
        Column("request_digest", LargeBinary(32), nullable=False),
        Column("status", SmallInteger),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=now),
        PrimaryKeyConstraint("account_id", "key"),
        Index(None, "created_at"),
    )
    Table(
        "tick",
        metadata,
        Column("task", Text, primary_key=True),
        Column("slot", BigInteger, nullable=False),
        Column("ticked_at", DateTime(timezone=True), nullable=False, server_default=now),
    )
    return metadata


def core_table(metadata: MetaData, name: str) -> Table:
    """One of the core's tables in a service's metadata."""
    return metadata.tables[f"{metadata.schema}.{name}"]


class Identified:
    """Mixin: a UUIDv7 primary key, made by the application so that it is known before the insert."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid7, sort_order=-10)


class Timestamped:
    """Mixin: when the row was made and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), sort_order=90
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now(), sort_order=91
    )


class Versioned:
    """Mixin: counts the edits, for ETag and If-Match; `touch()` it in the same transaction as the edit."""

    version: Mapped[int] = mapped_column(
        Integer, default=1, server_default=text("1"), sort_order=92
    )

    def touch(self) -> None:
        """Count one edit. The row must be locked or guarded by If-Match."""
        self.version += 1


# Which tables came with which version of the core: a migration makes those of its day.
_CAME_WITH: dict[int, tuple[str, ...]] = {
    1: ("outbox", "inbox", "dead_letter", "idempotency_key"),
    2: ("tick",),
}


def create_core_tables(schema: str, *versions: int) -> None:
    """For a service's migrations: create the core's tables that came with these versions (none named: the first)."""
    from alembic import op  # noqa: PLC0415 - only migrations need Alembic

    metadata = service_metadata(schema)
    for version in versions or (1,):
        for name in _CAME_WITH[version]:
            core_table(metadata, name).create(op.get_bind())


def drop_core_tables(schema: str, version: int) -> None:
    """The way back from `create_core_tables`."""
    from alembic import op  # noqa: PLC0415 - only migrations need Alembic

    for name in reversed(_CAME_WITH[version]):
        op.execute(f"DROP TABLE {schema}.{name}")
