from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from incident_management import models
from incident_management.database import Session
from incident_management.permissions import Permission
from incident_management.schemas.answers import Objective, OperationalPeriod
from incident_management.schemas.requests import (
    AddObjective,
    ChangeObjective,
    ChangePeriod,
    MoveObjective,
    OpenPeriod,
)
from incident_management.service import planning as service
from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router

router = service_router("/incidents", "planning")
Plans = Annotated[Actor, needs(Permission.PLAN)]


@router.post("/{incident_id}/periods", status_code=201, response_model=OperationalPeriod)
async def open_operational_period(
    incident_id: UUID, request: OpenPeriod, actor: Plans, session: Session, response: Response
) -> models.OperationalPeriod:
    """Set the next operational period."""
    period = await service.open_operational_period(session, actor, incident_id, request)
    response.headers.update(etag(period.version))
    return period


@router.patch("/{incident_id}/periods/{period_id}", response_model=OperationalPeriod)
async def change_operational_period(
    incident_id: UUID,
    period_id: UUID,
    request: ChangePeriod,
    actor: Plans,
    if_match: IfMatch,
    session: Session,
    response: Response,
) -> models.OperationalPeriod:
    """Change when an operational period begins or ends."""
    period = await service.change_operational_period(
        session, actor, incident_id, period_id, request, if_match
    )
    response.headers.update(etag(period.version))
    return period


@router.post("/{incident_id}/objectives", status_code=201, response_model=Objective)
async def add_objective(
    incident_id: UUID, request: AddObjective, actor: Plans, session: Session, response: Response
) -> models.Objective:
    """Set an objective."""
    objective = await service.add_objective(session, actor, incident_id, request)
    response.headers.update(etag(objective.version))
    return objective


@router.patch("/{incident_id}/objectives/{objective_id}", response_model=Objective)
async def change_objective(
    incident_id: UUID,
    objective_id: UUID,
    request: ChangeObjective,
    actor: Plans,
    if_match: IfMatch,
    session: Session,
    response: Response,
) -> models.Objective:
    """Reword an objective, or give it another priority or period."""
    objective = await service.change_objective(
        session, actor, incident_id, objective_id, request, if_match
    )
    response.headers.update(etag(objective.version))
    return objective


@router.post("/{incident_id}/objectives/{objective_id}/status", response_model=Objective)
async def move_objective(
    incident_id: UUID,
    objective_id: UUID,
    request: MoveObjective,
    actor: Plans,
    session: Session,
    response: Response,
) -> models.Objective:
    """Say that an objective is met or dropped, or take it up again."""
    objective = await service.move_objective(
        session, actor, incident_id, objective_id, request.status
    )
    response.headers.update(etag(objective.version))
    return objective
