"""What this service keeps of organizations, told by identity."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.repository.incidents import IncidentRepository


async def keep_organization(
    session: AsyncSession, organization_id: UUID, name: str, version: int
) -> None:
    """Keep an organization's name; older news than what is known is ignored."""
    await IncidentRepository(session).keep_organization(organization_id, name, version)
