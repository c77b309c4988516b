"""A broadcast and its chunks, written with one statement per area: a million recipients in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.domain.delivery import BEGUN
from notification.models.delivery import Broadcast
from notification.repository.audience import CHUNK, plan_for_a_crowd, select_audience

_INTO = f"""
    INSERT INTO {SCHEMA}.chunks
        (id, broadcast_id, thread_id, number, lane, rank, channel, piece, contact_point_ids, size)
    SELECT uuidv7(), :broadcast_id, :thread_id, :number, :lane, :severity_rank, s.channel, s.piece, s.contact_point_ids,
        cardinality(s.contact_point_ids)
    FROM"""

# Who lies in several areas is told once, for the first of them; so is who has several subscriptions.
_PARTED = f"""{_INTO} (
        SELECT channel, piece, array_agg(id ORDER BY place) AS contact_point_ids
        FROM (
            SELECT id, channel, piece, (row_number() OVER own - 1) / {CHUNK} AS part, row_number() OVER own AS place
            FROM (
                SELECT DISTINCT ON (p.channel, p.address_index) p.id, p.channel, f.piece
                FROM found_by_area f JOIN {SCHEMA}.contact_points p ON p.id = f.contact_point_id
                ORDER BY p.channel, p.address_index, f.piece, p.id
            ) AS once
            WINDOW own AS (PARTITION BY channel, piece ORDER BY id)
        ) AS placed
        GROUP BY channel, piece, part
    ) AS s ORDER BY s.piece, s.channel"""

_WARNED = f"""{_INTO} (
        SELECT channel, piece, array_agg(id ORDER BY place) AS contact_point_ids
        FROM (
            SELECT id, channel, piece, (row_number() OVER own - 1) / {CHUNK} AS part, row_number() OVER own AS place
            FROM (
                SELECT DISTINCT ON (d.contact_point_id) d.contact_point_id AS id, d.channel,
                    LEAST(c.piece, CAST(:last_piece AS smallint)) AS piece
                FROM {SCHEMA}.broadcasts b
                JOIN {SCHEMA}.deliveries d ON d.broadcast_id = b.id
                JOIN {SCHEMA}.chunks c ON c.id = d.chunk_id
                WHERE b.thread_id = :thread_id AND b.number < :number AND d.state = ANY(:begun)
                ORDER BY d.contact_point_id, b.number DESC
            ) AS once
            WINDOW own AS (PARTITION BY channel, piece ORDER BY id)
        ) AS placed
        GROUP BY channel, piece, part
    ) AS s ORDER BY s.piece, s.channel"""


class IntakeRepository:
    """What one published alert writes, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold_thread(self, thread_id: UUID) -> None:
        """Messages of one thread are taken in one after the other, until this transaction ends."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('alert thread ' || :thread, 0))"),
            {"thread": str(thread_id)},
        )

    async def overtake(self, thread_id: UUID, number: int) -> None:
        """Nothing of an earlier message is begun after this transaction.

        Whoever claims a chunk or begins a part of one holds its broadcast in share mode: this waits for them.
        """
        await self._session.execute(
            update(Broadcast)
            .where(
                Broadcast.thread_id == thread_id,
                Broadcast.number < number,
                Broadcast.superseded_at.is_(None),
            )
            .values(superseded_at=func.clock_timestamp())
        )

    async def overtaken(self, thread_id: UUID, number: int) -> bool:
        """Whether a later message of the thread was taken in already."""
        later = select(Broadcast.id).where(
            Broadcast.thread_id == thread_id, Broadcast.number > number
        )
        return await self._session.scalar(later.limit(1)) is not None

    async def add(self, values: dict[str, Any]) -> bool:
        """Write the broadcast; False if its alert was taken in before."""
        added = await self._session.execute(
            insert(Broadcast)
            .values(values)
            .on_conflict_do_nothing(index_elements=["alert_id"])
            .returning(Broadcast.id)
        )
        return added.first() is not None

    async def part(
        self,
        chunk: dict[str, Any],
        areas: Sequence[dict[str, Any]],
        severity: str,
        hazard: str,
        *,
        exercise: bool,
    ) -> None:
        """Write the chunks of everyone in the areas."""
        await plan_for_a_crowd(self._session)
        if len(areas) == 1:
            audience = select_audience(areas[0], severity, hazard, exercise=exercise)
            sql = f"""{_INTO} (SELECT channel, 0 AS piece, contact_point_ids FROM ({audience.chunks}) AS a) AS s"""
            await self._session.execute(text(sql), audience.parameters | chunk)
            return
        await self._session.execute(
            text(
                "CREATE TEMPORARY TABLE found_by_area (contact_point_id uuid, piece smallint) ON COMMIT DROP"
            )
        )
        for piece, area in enumerate(areas):
            audience = select_audience(area, severity, hazard, exercise=exercise)
            sql = f"INSERT INTO found_by_area SELECT contact_point_id, :piece FROM ({audience.select}) AS a"
            await self._session.execute(text(sql), audience.parameters | {"piece": piece})
        await self._session.execute(text(_PARTED), chunk)

    async def part_warned(self, chunk: dict[str, Any], pieces: int) -> None:
        """Write the chunks of those to whom something of the thread was sent, or nobody knows whether."""
        more = {"begun": [state.value for state in BEGUN], "last_piece": pieces - 1}
        await self._session.execute(text(_WARNED), chunk | more)

    async def count(self, broadcast_id: UUID) -> int:
        """Count the recipients in the chunks, and keep the number."""
        size = (
            f"SELECT coalesce(sum(size), 0) FROM {SCHEMA}.chunks WHERE broadcast_id = :broadcast_id"
        )
        found = await self._session.scalar(
            text(
                f"UPDATE {SCHEMA}.broadcasts SET recipients = ({size}) WHERE id = :broadcast_id RETURNING recipients"
            ),
            {"broadcast_id": broadcast_id},
        )
        return int(found or 0)
