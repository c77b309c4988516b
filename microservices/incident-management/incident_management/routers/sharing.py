from __future__ import annotations

from typing import Annotated
from uuid import UUID

from incident_management.database import Session
from incident_management.permissions import Permission
from incident_management.schemas.answers import Share
from incident_management.schemas.requests import ShareIncident
from incident_management.service import sharing as service
from muster_core.auth import Actor
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router

router = service_router("/incidents", "sharing")
Shares = Annotated[Actor, needs(Permission.SHARE)]
Reads = Annotated[Actor, needs(Permission.READ)]


@router.post("/{incident_id}/shares", status_code=201)
async def share_incident(
    incident_id: UUID, request: ShareIncident, actor: Shares, session: Session
) -> Share:
    """Let another organization see an incident, or work on it, until a date."""
    return await service.share_incident(session, actor, incident_id, request)


@router.delete("/{incident_id}/shares/{share_id}", status_code=204)
async def unshare_incident(
    incident_id: UUID, share_id: UUID, actor: Shares, session: Session
) -> None:
    """End another organization's view of an incident."""
    await service.unshare_incident(session, actor, incident_id, share_id)


@router.put("/{incident_id}/watch", status_code=204)
async def watch_incident(incident_id: UUID, actor: Reads, session: Session) -> None:
    """Begin to watch an incident."""
    await service.watch_incident(session, actor, incident_id)


@router.delete("/{incident_id}/watch", status_code=204)
async def unwatch_incident(incident_id: UUID, actor: Reads, session: Session) -> None:
    """Stop watching an incident."""
    await service.unwatch_incident(session, actor, incident_id)
