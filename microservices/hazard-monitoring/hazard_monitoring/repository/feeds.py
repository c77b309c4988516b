"""Feeds, their leases, and what was quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.models import Feed, Quarantine
from muster_core.errors import NotFoundError
from muster_core.identifiers import uuid7

KEPT_IN_QUARANTINE = 500


class FeedRepository:
    """Feeds by id or key."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, feed_id: UUID, *, lock: bool = False) -> Feed:
        """The feed; NotFoundError if there is none."""
        found = await self._one(select(Feed).where(Feed.id == feed_id), lock=lock)
        if found is None:
            raise NotFoundError("There is no such feed.")
        return found

    async def by_key(self, key: str, *, lock: bool = False) -> Feed | None:
        """The feed with this key, if there is one."""
        return await self._one(select(Feed).where(Feed.key == key), lock=lock)

    async def with_prefix(self, prefix: str) -> Sequence[Feed]:
        """Feeds whose key begins so, locked."""
        query = select(Feed).where(Feed.key.startswith(prefix, autoescape=True)).order_by(Feed.id)
        return (await self._session.scalars(query.with_for_update())).all()

    async def be_the_clock(self) -> bool:
        """Whether this transaction alone may do what the clock asks for; a second tick has nothing to do."""
        held = await self._session.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended('hazard_monitoring tick', 0))")
        )
        return bool(held)

    async def polled(self) -> Sequence[Feed]:
        """Every feed that is not paused, skipping those that another transaction holds."""
        query = select(Feed).where(~Feed.paused).order_by(Feed.id)
        return (await self._session.scalars(query.with_for_update(skip_locked=True))).all()

    async def claim_due(self, now: datetime, lease: timedelta) -> list[Feed]:
        """Take a lease on every feed that is due and that nobody holds: each is claimed once."""
        query = (
            select(Feed)
            .where(
                ~Feed.paused,
                Feed.next_poll_at <= now,
                or_(Feed.leased_until.is_(None), Feed.leased_until < now),
            )
            .order_by(Feed.next_poll_at)
            .with_for_update(skip_locked=True)
        )
        due = list((await self._session.scalars(query)).all())
        for feed in due:
            feed.lease = uuid7()
            feed.leased_until = now + lease
        return due

    def add(self, feed: Feed) -> None:
        """Remember a new feed."""
        self._session.add(feed)

    async def _one(self, query: Select[Feed], *, lock: bool) -> Feed | None:
        found: Feed | None = await self._session.scalar(query.with_for_update() if lock else query)
        return found

    async def quarantine(self, feed_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
        """Set documents aside; one that is already there is counted, the oldest make room.

        `rows` have digest, received_at, reason, detail, external_id, size_bytes and excerpt.
        """
        if not rows:
            return
        added = insert(Quarantine).on_conflict_do_update(
            index_elements=["feed_id", "digest"],
            set_={
                "times": Quarantine.times + 1,
                "last_received_at": func.now(),
            },
        )
        by_digest = {row["digest"]: row for row in rows[:KEPT_IN_QUARANTINE]}
        await self._session.execute(
            added,
            [
                {
                    "id": uuid7(),
                    "feed_id": feed_id,
                    "last_received_at": row["received_at"],
                    "times": 1,
                    **row,
                }
                for row in by_digest.values()
            ],
        )
        keep = (
            select(Quarantine.id)
            .where(Quarantine.feed_id == feed_id)
            .order_by(Quarantine.last_received_at.desc(), Quarantine.id.desc())
            .offset(KEPT_IN_QUARANTINE)
        )
        await self._session.execute(delete(Quarantine).where(Quarantine.id.in_(keep)))
