from __future__ import annotations

from typing import Annotated
from uuid import UUID

from incident_management.database import Session
from incident_management.permissions import Permission
from incident_management.schemas.answers import IncidentLink
from incident_management.schemas.requests import LinkIncident
from incident_management.service import links as service
from muster_core.auth import Actor
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router

router = service_router("/incidents", "links")
Updates = Annotated[Actor, needs(Permission.UPDATE)]


@router.post("/{incident_id}/links", status_code=201)
async def link_incident(
    incident_id: UUID, request: LinkIncident, actor: Updates, session: Session
) -> IncidentLink:
    """Say what an incident is to another."""
    return await service.link_incident(session, actor, incident_id, request)


@router.delete("/{incident_id}/links/{link_id}", status_code=204)
async def unlink_incident(
    incident_id: UUID, link_id: UUID, actor: Updates, session: Session
) -> None:
    """Take a link back."""
    await service.unlink_incident(session, actor, incident_id, link_id)
