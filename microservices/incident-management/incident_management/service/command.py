"""The command structure: who fills which ICS position, from when to when."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.command import POSITIONS, seat
from incident_management.models import Incident, PositionAssignment
from incident_management.permissions import Permission
from incident_management.repository.incidents import IncidentRepository
from incident_management.schemas.answers import PositionHeld
from incident_management.schemas.requests import AssignPosition
from incident_management.service.access import about, held_part, open_incident
from incident_management.service.errors import PositionHeldError, WrongStatusError
from muster.incidents.v1.events import PositionAssigned, PositionRelieved
from muster_core.auth import Actor, authorize
from muster_core.errors import InvalidInputError
from muster_core.identifiers import uuid7
from muster_core.outbox import announce


async def assign_position(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: AssignPosition
) -> PositionHeld:
    """Let a person take an ICS position. Incident Commanders of several organizations are unified.

    Raises:
        PositionHeldError: who holds it must be relieved first, so that a handover is never silent.
        InvalidInputError: a position cannot be taken in the future.
    """
    authorize(actor, Permission.COMMAND)
    incident = await open_incident(session, actor, incident_id, lock="exclusive")
    repository = IncidentRepository(session)
    position = POSITIONS[request.position]
    organization = request.organization_id or actor.organization
    now = datetime.now(UTC)
    if request.started_at is not None and request.started_at > now:
        raise InvalidInputError.at("/started_at", "Must not lie in the future.")
    wanted = seat(position, request.person_id, organization)
    held = await repository.held_positions(incident_id)
    for other in held:
        if other.seat == wanted:
            raise PositionHeldError(
                f"{other.person_name} is {position.title} of '{incident.name}' since"
                f" {other.started_at:%Y-%m-%d %H:%M} UTC. Relieve them first."
            )
    unified = position.unified and any(other.position == position.key for other in held)
    assignment = PositionAssignment(
        id=uuid7(),
        incident_id=incident_id,
        position=position.key,
        seat=wanted,
        person_id=request.person_id,
        person_name=request.person_name,
        organization_id=organization,
        started_at=request.started_at or now,
    )
    repository.save(assignment)
    assigned = PositionAssigned(
        **about(incident),
        version=1,
        assignment_id=assignment.id,
        position=position.key,
        title=position.title,
        person_id=assignment.person_id,
        person_name=assignment.person_name,
        person_organization_id=organization,
        started_at=assignment.started_at,
        unified=unified,
    )
    await announce(session, assigned)
    return await _held(repository, assignment, unified=unified)


async def relieve_position(
    session: AsyncSession, actor: Actor, incident_id: UUID, assignment_id: UUID
) -> PositionHeld:
    """Let a person leave their position; that they held it is kept.

    Raises:
        WrongStatusError: they were relieved before.
    """
    authorize(actor, Permission.COMMAND)
    incident = await open_incident(session, actor, incident_id)
    repository = IncidentRepository(session)
    assignment = await held_part(session, PositionAssignment, incident_id, assignment_id)
    if assignment.ended_at is not None:
        raise WrongStatusError(
            f"{assignment.person_name} was relieved as {POSITIONS[assignment.position].title}"
            f" on {assignment.ended_at:%Y-%m-%d %H:%M} UTC."
        )
    await _relieve(session, incident, assignment, datetime.now(UTC))
    return await _held(repository, assignment)


async def relieve_everyone(session: AsyncSession, incident: Incident, at: datetime) -> None:
    """End every position of an incident that closes: nobody commands what is over."""
    for assignment in await IncidentRepository(session).held_positions(incident.id):
        await _relieve(session, incident, assignment, at)


async def _relieve(
    session: AsyncSession, incident: Incident, assignment: PositionAssignment, at: datetime
) -> None:
    ended_at = assignment.ended_at = max(at, assignment.started_at)
    relieved = PositionRelieved(
        **about(incident),
        version=2,
        assignment_id=assignment.id,
        position=assignment.position,
        title=POSITIONS[assignment.position].title,
        person_id=assignment.person_id,
        person_name=assignment.person_name,
        person_organization_id=assignment.organization_id,
        ended_at=ended_at,
    )
    await announce(session, relieved)


async def _held(
    repository: IncidentRepository, assignment: PositionAssignment, *, unified: bool = False
) -> PositionHeld:
    held = PositionHeld.model_validate(assignment)
    name = await repository.organization_name(assignment.organization_id)
    return held.model_copy(update={"unified": unified, "organization_name": name})
