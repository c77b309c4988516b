"""Feeds, their leases, and what was quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.models import Feed, Quarantine
from muster_core.errors import NotFoundError
from muster_core.polled import be_the_clock, claim_due, set_aside, unpaused


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
        return await be_the_clock(self._session, "hazard_monitoring tick")

    async def polled(self) -> Sequence[Feed]:
        """Every feed that is not paused, skipping those that another transaction holds."""
        return await unpaused(self._session, Feed)

    async def claim_due(self, now: datetime, lease: timedelta) -> list[Feed]:
        """Take a lease on every feed that is due and that nobody holds: each is claimed once."""
        return await claim_due(self._session, Feed, now, lease)

    def add(self, feed: Feed) -> None:
        """Remember a new feed."""
        self._session.add(feed)

    async def _one(self, query: Select[Feed], *, lock: bool) -> Feed | None:
        found: Feed | None = await self._session.scalar(query.with_for_update() if lock else query)
        return found

    async def quarantine(self, feed_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
        """Set documents aside; one that is already there is counted, the oldest make room."""
        await set_aside(self._session, Quarantine, feed_id, rows)
