"""Hazards, their revisions, and the ids they are known by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.domain.hazards import Known
from hazard_monitoring.models import (
    Feed,
    Hazard,
    HazardIdentifier,
    HazardIncident,
    HazardRevision,
    Proposal,
)
from muster_core.errors import NotFoundError

_KNOWN = text(
    """
    WITH hit AS (
        SELECT DISTINCT hazard_id FROM hazard_monitoring.hazard_identifier
        WHERE feed_id = :feed_id AND external_id = ANY(:ids)
    )
    SELECT h.id, h.external_id, h.reported_at, h.first_seen_at, h.deleted,
           array_agg(i.external_id) AS ids
    FROM hit
    JOIN hazard_monitoring.hazard h ON h.id = hit.hazard_id
    JOIN hazard_monitoring.hazard_identifier i ON i.hazard_id = h.id
    GROUP BY h.id
    """
)


class HazardRepository:
    """Hazards of all feeds; whoever writes holds the lock of the hazard's feed."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, hazard_id: UUID) -> Hazard:
        """The hazard, or the one it was merged into; NotFoundError if there is none."""
        found = await self._session.get(Hazard, hazard_id)
        if found is not None and found.merged_into_id is not None:
            found = await self._session.get(Hazard, found.merged_into_id)
        if found is None:
            raise NotFoundError("There is no such hazard.")
        return found

    async def after(self, hazard_id: UUID, limit: int) -> list[tuple[Hazard, Feed]]:
        """The next hazards in order of their ids, neither withdrawn nor merged, each with its feed."""
        query = (
            select(Hazard, Feed)
            .join(Feed, Feed.id == Hazard.feed_id)
            .where(Hazard.id > hazard_id, ~Hazard.deleted, Hazard.merged_into_id.is_(None))
            .order_by(Hazard.id)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in (await self._session.execute(query)).all()]

    async def known(self, feed_id: UUID, external_ids: Collection[str]) -> list[Known]:
        """What is known under any of these ids."""
        rows = await self._session.execute(_KNOWN, {"feed_id": feed_id, "ids": [*external_ids]})
        return [
            Known(
                hazard_id=row.id,
                external_id=row.external_id,
                ids=frozenset(row.ids),
                reported_at=row.reported_at,
                first_seen_at=row.first_seen_at,
                deleted=row.deleted,
            )
            for row in rows
        ]

    async def load(self, hazard_ids: Collection[UUID]) -> dict[UUID, Hazard]:
        """Hazards to be changed, by id."""
        found = await self._session.scalars(select(Hazard).where(Hazard.id.in_(hazard_ids)))
        return {hazard.id: hazard for hazard in found}

    async def present(self, feed_ids: Collection[UUID]) -> Sequence[Hazard]:
        """The hazards of some feeds that were not withdrawn."""
        query = select(Hazard).where(Hazard.feed_id.in_(feed_ids), ~Hazard.deleted)
        return (await self._session.scalars(query)).all()

    async def feed_of(self, hazard: Hazard) -> Feed:
        """Who reported it."""
        feed = await self._session.get(Feed, hazard.feed_id)
        assert feed is not None
        return feed

    async def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add new hazards, in one go."""
        if rows:
            await self._session.execute(insert(Hazard), [dict(row) for row in rows])

    async def add_revisions(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep what the feed said, in one go."""
        if rows:
            await self._session.flush()
            await self._session.execute(insert(HazardRevision), [dict(row) for row in rows])

    async def identify(self, feed_id: UUID, owner: Mapping[str, UUID]) -> None:
        """Remember under which ids hazards are known; an id that moved to another event moves."""
        if not owner:
            return
        added = postgresql.insert(HazardIdentifier)
        added = added.on_conflict_do_update(
            index_elements=["feed_id", "external_id"],
            set_={"hazard_id": added.excluded.hazard_id},
            where=HazardIdentifier.hazard_id != added.excluded.hazard_id,
        )
        rows = [
            {"feed_id": feed_id, "external_id": external_id, "hazard_id": hazard_id}
            for external_id, hazard_id in owner.items()
        ]
        await self._session.execute(added, rows)

    async def absorb(self, survivor_id: UUID, absorbed: Sequence[UUID]) -> None:
        """Point everything that names the absorbed hazards to the survivor, but themselves.

        Where an organization already has a proposal or an incident for the survivor, that one stands
        and the other keeps pointing to the record that is no longer shown.
        """
        await self._session.execute(
            update(Hazard)
            .where(Hazard.merged_into_id.in_(absorbed))
            .values(merged_into_id=survivor_id)
            .execution_options(synchronize_session=False)
        )
        await self._session.execute(
            update(HazardIdentifier)
            .where(HazardIdentifier.hazard_id.in_(absorbed))
            .values(hazard_id=survivor_id)
            .execution_options(synchronize_session=False)
        )
        for table in (Proposal, HazardIncident):
            settled = select(table.organization_id).where(table.hazard_id == survivor_id)
            for hazard_id in absorbed:
                await self._session.execute(
                    update(table)
                    .where(table.hazard_id == hazard_id, table.organization_id.not_in(settled))
                    .values(hazard_id=survivor_id)
                    .execution_options(synchronize_session=False)
                )
