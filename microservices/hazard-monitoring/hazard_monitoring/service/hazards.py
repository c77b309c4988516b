"""Hazards as other services ask for them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.models import Feed, Hazard
from hazard_monitoring.permissions import Permission
from hazard_monitoring.repository.hazards import HazardRepository
from muster_core.auth import Actor, authorize


async def get_hazard(session: AsyncSession, actor: Actor, hazard_id: UUID) -> tuple[Hazard, Feed]:
    """One hazard and its feed; a merged hazard answers as the one it was merged into."""
    authorize(actor, Permission.READ)
    hazards = HazardRepository(session)
    hazard = await hazards.get(hazard_id)
    return hazard, await hazards.feed_of(hazard)
