"""Feeds of others' alerts: their leases, the documents they link to, and what was quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.models.received import AlertFeed, AlertFeedLink, AlertFeedQuarantine
from muster_core.errors import NotFoundError
from muster_core.identifiers import uuid7
from muster_core.polled import be_the_clock, claim_due, set_aside, unpaused

MOST_ATTEMPTS = 5
FORGOTTEN = timedelta(days=30)


class AlertFeedRepository:
    """Feeds, each of one organization."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, feed_id: UUID, organization: UUID) -> AlertFeed:
        """The feed, locked.

        Raises:
            NotFoundError: absent, or another organization's.
        """
        found = await self.find(feed_id)
        if found is None or found.organization_id != organization:
            raise NotFoundError("Your organization has no such feed.")
        return found

    async def find(self, feed_id: UUID) -> AlertFeed | None:
        """The feed of whichever organization, locked."""
        query = select(AlertFeed).where(AlertFeed.id == feed_id)
        return await self._session.scalar(query.with_for_update())

    async def by_url(self, organization: UUID, url: str) -> AlertFeed | None:
        """The feed with this address, if there is one."""
        return await self._session.scalar(
            select(AlertFeed).where(AlertFeed.organization_id == organization, AlertFeed.url == url)
        )

    async def be_the_clock(self) -> bool:
        """Whether this transaction alone may do what the clock asks for."""
        return await be_the_clock(self._session, "alert_management feeds tick")

    async def polled(self) -> Sequence[AlertFeed]:
        """Every feed that is not paused, skipping those that another transaction holds."""
        return await unpaused(self._session, AlertFeed)

    async def claim_due(self, now: datetime, lease: timedelta) -> list[AlertFeed]:
        """Take a lease on every feed that is due and that nobody holds: each is claimed once."""
        return await claim_due(self._session, AlertFeed, now, lease)

    def add(self, feed: AlertFeed) -> None:
        """Remember a new feed."""
        self._session.add(feed)

    async def remove(self, feed: AlertFeed) -> None:
        """Forget a feed; what it brought stays."""
        await self._session.delete(feed)

    async def quarantine(self, feed_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
        """Set documents aside; one that is already there is counted, the oldest make room."""
        await set_aside(self._session, AlertFeedQuarantine, feed_id, rows)

    async def note_links(
        self, feed_id: UUID, links: Sequence[tuple[str, str]], now: datetime
    ) -> None:
        """Note the documents that a feed links to now: (address, stamp); those known are seen again."""
        if links:
            rows = [
                {"id": uuid7(), "feed_id": feed_id, "url": url, "stamp": stamp, "last_seen_at": now}
                for url, stamp in dict.fromkeys(links)
            ]
            noted = insert(AlertFeedLink).on_conflict_do_update(
                index_elements=["feed_id", "url", "stamp"], set_={"last_seen_at": now}
            )
            await self._session.execute(noted, rows)
        await self._session.execute(
            delete(AlertFeedLink).where(
                AlertFeedLink.feed_id == feed_id,
                AlertFeedLink.last_seen_at < now - FORGOTTEN,
            )
        )

    async def pending_links(
        self, feed_id: UUID, most: int, now: datetime
    ) -> list[tuple[UUID, str]]:
        """The documents to be read next, the newest first."""
        query = (
            select(AlertFeedLink.id, AlertFeedLink.url)
            .where(
                AlertFeedLink.feed_id == feed_id,
                AlertFeedLink.state == "pending",
                AlertFeedLink.next_at <= now,
            )
            .order_by(AlertFeedLink.id.desc())
            .limit(most)
        )
        return [(row[0], row[1]) for row in await self._session.execute(query)]

    async def more_pending(self, feed_id: UUID, now: datetime) -> bool:
        """Whether documents are left to be read at once."""
        query = select(func.count()).where(
            AlertFeedLink.feed_id == feed_id,
            AlertFeedLink.state == "pending",
            AlertFeedLink.next_at <= now,
        )
        return bool(await self._session.scalar(query))

    async def link_read(self, link_id: UUID) -> None:
        """A document was read, for good."""
        await self._settle(link_id, state="read")

    async def link_failed(self, link_id: UUID, now: datetime, *, final: bool) -> None:
        """A document could not be read: again later, later each time, and at most five times."""
        attempts = await self._session.scalar(
            select(AlertFeedLink.attempts + 1).where(AlertFeedLink.id == link_id)
        )
        if attempts is None:
            return
        given_up = final or attempts >= MOST_ATTEMPTS
        await self._settle(
            link_id,
            state="given_up" if given_up else "pending",
            attempts=attempts,
            next_at=now + timedelta(seconds=30 * 4**attempts),
        )

    async def _settle(self, link_id: UUID, **values: Any) -> None:
        await self._session.execute(
            update(AlertFeedLink).where(AlertFeedLink.id == link_id).values(**values)
        )
