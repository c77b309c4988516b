"""Calls for help of people who were warned."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from incident_management import models
from incident_management.database import Reads, Session
from incident_management.permissions import Permission
from incident_management.schemas.answers import HelpRequest, HelpRequestPage, HelpStatus
from incident_management.schemas.requests import AcceptHelp, DismissHelp
from incident_management.service import help_requests as service
from muster_core.auth import Actor
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/help-requests", "help")
Reader = Annotated[Actor, needs(Permission.READ)]
Works = Annotated[Actor, needs(Permission.WORK)]


@router.get("", response_model=HelpRequestPage)
async def list_requests(
    actor: Reader,
    reads: Reads,
    status: HelpStatus | None = None,
    incident_id: UUID | None = None,
    exercise: Annotated[bool | None, Query(description="Only exercises, or only the real.")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Who answered a warning with a call for help, the oldest first."""
    return json_response(
        await service.list_requests(
            reads,
            actor,
            status=status,
            incident_id=incident_id,
            exercise=exercise,
            limit=limit,
            cursor=cursor,
        )
    )


@router.post("/{request_id}/accept", response_model=HelpRequest)
async def accept(
    request_id: UUID, request: AcceptHelp, actor: Works, session: Session
) -> models.HelpRequest:
    """Make it a task of the alert's incident, or of the one that is named."""
    return await service.accept(session, actor, request_id, request)


@router.post("/{request_id}/dismiss", response_model=HelpRequest)
async def dismiss(
    request_id: UUID, request: DismissHelp, actor: Works, session: Session
) -> models.HelpRequest:
    """Close it without a task, and say why."""
    return await service.dismiss(session, actor, request_id, request.reason)
