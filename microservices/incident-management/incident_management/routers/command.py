from __future__ import annotations

from typing import Annotated
from uuid import UUID

from incident_management.database import Session
from incident_management.domain.command import POSITIONS
from incident_management.permissions import Permission
from incident_management.schemas.answers import IcsPosition, IcsPositions, PositionHeld
from incident_management.schemas.requests import AssignPosition
from incident_management.service import command as service
from muster_core.auth import Actor
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router

router = service_router("/incidents", "command")
Commands = Annotated[Actor, needs(Permission.COMMAND)]


@router.get("/positions")
async def list_positions(_actor: Annotated[Actor, needs(Permission.READ)]) -> IcsPositions:
    """The positions of the Incident Command System."""
    return IcsPositions(items=[IcsPosition.model_validate(one) for one in POSITIONS.values()])


@router.post("/{incident_id}/positions", status_code=201)
async def assign_position(
    incident_id: UUID, request: AssignPosition, actor: Commands, session: Session
) -> PositionHeld:
    """Let a person take an ICS position."""
    return await service.assign_position(session, actor, incident_id, request)


@router.post("/{incident_id}/positions/{assignment_id}/relieve")
async def relieve_position(
    incident_id: UUID, assignment_id: UUID, actor: Commands, session: Session
) -> PositionHeld:
    """Let a person leave their position."""
    return await service.relieve_position(session, actor, incident_id, assignment_id)
