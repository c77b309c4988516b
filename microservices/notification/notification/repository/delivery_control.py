"""Broadcasts that a person stops, lets go on, or tries again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.models.delivery import Broadcast
from notification.repository.delivery import DeliveryRepository


class ControlRepository:
    """The broadcasts of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, organization: UUID, broadcast_id: UUID) -> Broadcast | None:
        """A broadcast, locked: nobody begins a part of it meanwhile."""
        query = select(Broadcast).where(
            Broadcast.id == broadcast_id, Broadcast.organization_id == organization
        )
        return await self._session.scalar(query.with_for_update())

    async def stop(self, broadcast: Broadcast, who: str) -> None:
        """Note when, by the database's clock, and who."""
        broadcast.stopped_at = await self._session.scalar(select(func.clock_timestamp()))
        broadcast.stopped_by = who
        await self._session.flush()

    async def expired(self, broadcast: Broadcast) -> bool:
        """Whether it is too late, by the database's clock."""
        now = await self._session.scalar(select(func.clock_timestamp()))
        return now is not None and broadcast.expires <= now

    async def reopen_failed(self, broadcast_id: UUID) -> int:
        """Failed deliveries whose contact point is still there wait again; their chunks are open again."""
        chunks = (
            await self._session.scalars(
                text(
                    f"SELECT id FROM {SCHEMA}.chunks WHERE broadcast_id = :id AND failed > 0 AND state <> 'leased'"
                    " ORDER BY id FOR UPDATE"
                ),
                {"id": broadcast_id},
            )
        ).all()
        count = await self._session.scalar(
            text(
                f"WITH again AS (UPDATE {SCHEMA}.deliveries d SET state = 'pending', changed_at = clock_timestamp()"
                f" FROM {SCHEMA}.contact_points p WHERE d.chunk_id = ANY(:chunks) AND d.state = 'failed'"
                " AND p.id = d.contact_point_id AND p.active RETURNING d.id) SELECT count(*) FROM again"
            ),
            {"chunks": list(chunks)},
        )
        if count:
            await self._session.execute(
                text(
                    f"UPDATE {SCHEMA}.chunks SET state = 'open', due_at = clock_timestamp(), attempts = 0"
                    f" WHERE id = ANY(:chunks) AND EXISTS (SELECT FROM {SCHEMA}.deliveries d"
                    " WHERE d.chunk_id = chunks.id AND d.state = 'pending')"
                ),
                {"chunks": list(chunks)},
            )
            await DeliveryRepository(self._session).recount(list(chunks))
        return int(count or 0)

    async def next_number(self, broadcast_id: UUID) -> int:
        """The number of what is told of a broadcast next."""
        found = await self._session.scalar(
            text(
                f"INSERT INTO {SCHEMA}.progress (broadcast_id, told, told_at, number)"
                " VALUES (:id, '{}', clock_timestamp(), 1) ON CONFLICT (broadcast_id) DO UPDATE"
                " SET number = progress.number + 1, told_at = excluded.told_at RETURNING number"
            ),
            {"id": broadcast_id},
        )
        return int(found or 1)
