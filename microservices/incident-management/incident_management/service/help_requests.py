"""Calls for help of people who were warned: a proposal on the board until somebody decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.models import HelpRequest
from incident_management.permissions import Permission
from incident_management.repository import help_requests as reading
from incident_management.repository.help_requests import HelpRepository
from incident_management.schemas.requests import AcceptHelp, AddTask
from incident_management.service.access import open_incident
from incident_management.service.tasks import add_task
from muster.incidents.v1.events import HelpDecided
from muster.notification.v1.events import HelpRequested
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import ConflictError, InvalidInputError, NotFoundError
from muster_core.outbox import announce

_LONGEST_TITLE = 200


async def hear(session: AsyncSession, actor: Actor, told: HelpRequested, at: datetime) -> None:
    """Keep a call for help. One that belongs to no organization is nobody's to answer."""
    authorize(actor, Permission.WORK)
    if told.organization_id is None:
        return
    await HelpRepository(session).keep(
        {
            "id": told.request_id,
            "organization_id": told.organization_id,
            "incident_id": told.incident_id,
            "alert_id": told.alert_id,
            "headline": told.headline,
            "text": told.text,
            "place": told.place,
            "language": told.language,
            "exercise": told.exercise,
            "asked_at": at,
            "version": 1,
        }
    )


async def list_requests(
    reads: Reader,
    actor: Actor,
    *,
    status: str | None,
    incident_id: UUID | None,
    exercise: bool | None,
    limit: int,
    cursor: str | None,
) -> bytes:
    """The calls that reached the organization, the oldest first."""
    authorize(actor, Permission.READ)
    return await reading.list_requests(
        reads,
        actor.organization,
        status=status,
        incident_id=incident_id,
        exercise=exercise,
        limit=limit,
        cursor=cursor,
    )


async def accept(
    session: AsyncSession, actor: Actor, request_id: UUID, asked: AcceptHelp
) -> HelpRequest:
    """Make it a task of the alert's incident, or of the one that is named.

    Raises:
        ConflictError: somebody has decided on it.
        InvalidInputError: the alert had no incident and none is named, or one is real and the other an exercise.
        IncidentClosedError: nothing is added to a closed incident.
    """
    authorize(actor, Permission.WORK)
    found = await _undecided(session, actor, request_id)
    incident_id = asked.incident_id or found.incident_id
    if incident_id is None:
        raise InvalidInputError.at(
            "/incident_id", "name an incident: the alert that was answered belongs to none"
        )
    incident = await open_incident(session, actor, incident_id)
    if incident.exercise != found.exercise:
        kinds = ("an exercise", "real") if incident.exercise else ("real", "an exercise")
        raise InvalidInputError.at(
            "/incident_id",
            f"'{incident.name}' is {kinds[0]} and the call is {kinds[1]}; the two worlds stay apart",
        )
    title = asked.title or f"Help: {found.text}"[:_LONGEST_TITLE].replace("\n", " ")
    task = await add_task(
        session, actor, incident_id, AddTask(title=title, assignee=asked.assignee)
    )
    await session.flush()
    found.incident_id, found.task_id = incident_id, task.id
    await _decide(session, actor, found, "accepted")
    return found


async def dismiss(
    session: AsyncSession, actor: Actor, request_id: UUID, reason: str
) -> HelpRequest:
    """Close it without a task, and say why.

    Raises:
        ConflictError: somebody has decided on it.
    """
    authorize(actor, Permission.WORK)
    found = await _undecided(session, actor, request_id)
    found.reason = reason
    await _decide(session, actor, found, "dismissed")
    return found


async def _undecided(session: AsyncSession, actor: Actor, request_id: UUID) -> HelpRequest:
    found = await HelpRepository(session).get(actor.organization, request_id)
    if found is None:
        raise NotFoundError(f"Your organization has no call for help {request_id}.")
    if found.status != "open":
        raise ConflictError(
            f"{found.decided_by} has {found.status} this call already. Load the list again."
        )
    return found


async def _decide(session: AsyncSession, actor: Actor, found: HelpRequest, status: str) -> None:
    found.status, found.decided_by = status, actor.name
    found.decided_at = await HelpRepository(session).now()
    found.touch()
    await announce(
        session,
        HelpDecided(
            organization_id=found.organization_id,
            exercise=found.exercise,
            incident_id=found.incident_id,
            request_id=found.id,
            alert_id=found.alert_id,
            status=status,
            task_id=found.task_id,
            reason=found.reason,
            version=found.version,
        ),
    )
