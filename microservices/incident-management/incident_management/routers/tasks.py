from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from incident_management import models
from incident_management.database import Session
from incident_management.permissions import Permission
from incident_management.schemas.answers import Task
from incident_management.schemas.requests import AddTask, ChangeTask, MoveTask
from incident_management.service import tasks as service
from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router

router = service_router("/incidents", "tasks")
Works = Annotated[Actor, needs(Permission.WORK)]


@router.post("/{incident_id}/tasks", status_code=201, response_model=Task)
async def add_task(
    incident_id: UUID, request: AddTask, actor: Works, session: Session, response: Response
) -> models.Task:
    """Ask for work."""
    task = await service.add_task(session, actor, incident_id, request)
    response.headers.update(etag(task.version))
    return task


@router.patch("/{incident_id}/tasks/{task_id}", response_model=Task)
async def change_task(
    incident_id: UUID,
    task_id: UUID,
    request: ChangeTask,
    actor: Works,
    if_match: IfMatch,
    session: Session,
    response: Response,
) -> models.Task:
    """Reword a task, assign it to someone else or give it another time."""
    task = await service.change_task(session, actor, incident_id, task_id, request, if_match)
    response.headers.update(etag(task.version))
    return task


@router.post("/{incident_id}/tasks/{task_id}/status", response_model=Task)
async def move_task(
    incident_id: UUID,
    task_id: UUID,
    request: MoveTask,
    actor: Works,
    session: Session,
    response: Response,
) -> models.Task:
    """Begin, finish or cancel a task, or take it up again."""
    task = await service.move_task(session, actor, incident_id, task_id, request.status)
    response.headers.update(etag(task.version))
    return task
