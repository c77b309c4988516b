from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.responses import Response

from incident_management.database import Reads, Session
from incident_management.permissions import Permission
from incident_management.routers.incidents import answer
from incident_management.schemas.answers import Incident
from incident_management.schemas.requests import DeclareFromHazard
from incident_management.service import hazards as service
from muster.hazards.v1.hazards_pb2 import Hazard
from muster_core.auth import Actor
from muster_core.http.dependencies import RpcOf, needs
from muster_core.http.routing import service_router

router = service_router("/hazards", "incidents")
Declares = Annotated[Actor, needs(Permission.DECLARE)]


async def _asked(hazard_id: UUID, actor: Declares, reads: Reads, rpc: RpcOf) -> Hazard | None:
    return await service.ask_hazard(reads, rpc, actor, hazard_id)


# Listed before the session in the endpoint, so that it is asked before the transaction begins.
Asked = Annotated[Hazard | None, Depends(_asked)]


@router.post(
    "/{hazard_id}/incident",
    status_code=201,
    response_model=Incident,
    responses={200: {"model": Incident, "description": "Declared before; this is that incident."}},
)
async def declare_from_hazard(
    hazard_id: UUID,
    actor: Declares,
    hazard: Asked,
    session: Session,
    request: DeclareFromHazard | None = None,
) -> Response:
    """Declare the organization's incident for a hazard, or answer the one declared before."""
    name = request.name if request is not None else None
    view, new = await service.declare_from_hazard(session, actor, hazard_id, hazard, name)
    return answer(view, 201 if new else 200)
