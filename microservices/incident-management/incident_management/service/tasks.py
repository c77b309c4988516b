"""Tasks: pieces of work, who does them, and how far they are."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.lifecycle import TASK_LIFE, TaskStatus
from incident_management.models import Incident, Objective, Task
from incident_management.permissions import Permission
from incident_management.repository.incidents import IncidentRepository
from incident_management.schemas.requests import AddTask, ChangeTask
from incident_management.service.access import about, check_named, held_part, open_incident
from incident_management.service.changes import apply_changes, check_step
from muster.incidents.v1.events import TaskAdded, TaskFact, TaskStatusChanged, TaskUpdated
from muster_core.auth import Actor, authorize
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce

Fact = TypeVar("Fact", bound=TaskFact)


async def add_task(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: AddTask
) -> Task:
    """Ask for work; many may do so at once."""
    authorize(actor, Permission.WORK)
    incident = await open_incident(session, actor, incident_id)
    await check_named(session, Objective, incident_id, "/objective_id", request.objective_id)
    task = Task(
        id=uuid7(),
        incident_id=incident_id,
        objective_id=request.objective_id,
        title=request.title,
        assignee=request.assignee,
        due_at=request.due_at,
        status=TaskStatus.OPEN,
        version=1,
    )
    IncidentRepository(session).save(task)
    await announce(session, _told(TaskAdded, incident, task))
    return task


async def change_task(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    task_id: UUID,
    request: ChangeTask,
    if_match: int,
) -> Task:
    """Reword a task, assign it to someone else or give it another time.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.WORK)
    incident = await open_incident(session, actor, incident_id)
    task = await held_part(session, Task, incident_id, task_id)
    check_version(task.version, if_match, f"The task '{task.title}'")
    await check_named(session, Objective, incident_id, "/objective_id", request.objective_id)
    if changed := apply_changes(task, request):
        await announce(session, _told(TaskUpdated, incident, task, changed=changed))
    return task


async def move_task(
    session: AsyncSession, actor: Actor, incident_id: UUID, task_id: UUID, wanted: TaskStatus
) -> Task:
    """Begin, finish or cancel a task, or take it up again.

    Raises:
        WrongStatusError: the step is not allowed; the detail says what is.
    """
    authorize(actor, Permission.WORK)
    incident = await open_incident(session, actor, incident_id)
    task = await held_part(session, Task, incident_id, task_id)
    before = task.status
    check_step(f"The task '{task.title}'", TASK_LIFE, before, wanted)
    task.status = wanted
    task.touch()
    await announce(session, _told(TaskStatusChanged, incident, task, before=before))
    return task


def _told(kind: type[Fact], incident: Incident, task: Task, **more: object) -> Fact:
    return kind.model_validate(
        about(incident)
        | {
            "version": task.version,
            "task_id": task.id,
            "title": task.title,
            "assignee": task.assignee,
            "due_at": task.due_at,
            "objective_id": task.objective_id,
            "status": task.status,
        }
        | more
    )
