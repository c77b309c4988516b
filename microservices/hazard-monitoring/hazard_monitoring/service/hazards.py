"""Hazards as other services ask for them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.models import Feed, Hazard
from hazard_monitoring.permissions import Permission
from hazard_monitoring.repository.hazards import HazardRepository
from hazard_monitoring.service.ingest import facts_of
from muster.hazards.v1.events import HazardFacts
from muster_core.auth import Actor, authorize, authorize_service


async def get_hazard(session: AsyncSession, actor: Actor, hazard_id: UUID) -> tuple[Hazard, Feed]:
    """One hazard and its feed; a merged hazard answers as the one it was merged into."""
    authorize(actor, Permission.READ)
    hazards = HazardRepository(session)
    hazard = await hazards.get(hazard_id)
    return hazard, await hazards.feed_of(hazard)


async def searchable_after(
    session: AsyncSession, actor: Actor, hazard_id: UUID, limit: int
) -> list[HazardFacts]:
    """The next hazards by id for the search index; none left: empty."""
    authorize_service(actor)
    found = await HazardRepository(session).after(hazard_id, limit)
    return [HazardFacts(**facts_of(hazard, feed)) for hazard, feed in found]
