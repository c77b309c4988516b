"""The one way to an incident: what is not one's own nor shared is not found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.incidents import Access
from incident_management.domain.lifecycle import IncidentStatus
from incident_management.models import (
    Incident,
    Objective,
    OperationalPeriod,
    PositionAssignment,
    Task,
)
from incident_management.repository.incidents import IncidentRepository, Lock, Part
from incident_management.service.errors import IncidentClosedError
from muster_core.auth import Actor
from muster_core.errors import ForbiddenError, InvalidInputError, NotFoundError

_NAMES: dict[type[Any], str] = {
    Objective: "objective",
    OperationalPeriod: "operational period",
    PositionAssignment: "position",
    Task: "task",
}


def not_found(what: str, record_id: UUID) -> NotFoundError:
    """The same answer for what does not exist and for what may not be seen."""
    return NotFoundError(f"There is no {what} {record_id}, or it is not shared with you.")


async def find_incident(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    wanted: Access = Access.READ,
    *,
    lock: Lock | None = None,
) -> tuple[Incident, Access]:
    """An incident, and what the actor's organization may do with it.

    Raises:
        NotFoundError: absent, of another organization, or its share has expired.
        ForbiddenError: shared with the actor's organization, but for less than is wanted.
    """
    viewer = None if actor.kind in {"system", "service"} else actor.organization
    found = await IncidentRepository(session).get(incident_id, viewer, lock)
    if found is None:
        raise not_found("incident", incident_id)
    incident, access = found
    if not access.allows(wanted):
        raise ForbiddenError(
            f"'{incident.name}' belongs to another organization, which shares it with yours to"
            f" {access}. Ask them to do this{' or to share it to work' if wanted is Access.WORK else ''}."
        )
    return incident, access


async def load_incident(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    wanted: Access = Access.READ,
    *,
    lock: Lock | None = None,
) -> Incident:
    """The incident of `find_incident`."""
    return (await find_incident(session, actor, incident_id, wanted, lock=lock))[0]


async def open_incident(
    session: AsyncSession, actor: Actor, incident_id: UUID, *, lock: Lock = "shared"
) -> Incident:
    """An incident that can be worked on, held open until this transaction ends.

    Raises:
        IncidentClosedError: nothing is added to a closed incident.
    """
    incident = await load_incident(session, actor, incident_id, Access.WORK, lock=lock)
    if incident.status is IncidentStatus.CLOSED:
        raise IncidentClosedError(
            f"'{incident.name}' is closed. Write what came later as a note in the journal, or"
            " declare a new incident and link it to this one as related."
        )
    return incident


async def held_part(
    session: AsyncSession, kind: type[Part], incident_id: UUID, part_id: UUID
) -> Part:
    """Something that belongs to an incident, locked for a change.

    Raises:
        NotFoundError: the incident has no such part.
    """
    part = await IncidentRepository(session).part(kind, incident_id, part_id)
    if part is None:
        raise not_found(_NAMES[kind], part_id)
    return part


async def check_named(
    session: AsyncSession, kind: type[Part], incident_id: UUID, pointer: str, part_id: UUID | None
) -> None:
    """Refuse a request that names a part of another incident, or none that exists.

    Raises:
        InvalidInputError: at the pointer.
    """
    if part_id is None:
        return
    repository = IncidentRepository(session)
    if await repository.part(kind, incident_id, part_id, lock=False) is None:
        raise InvalidInputError.at(pointer, f"This incident has no {_NAMES[kind]} with this id.")


def about(incident: Incident) -> dict[str, Any]:
    """What every event of an incident tells."""
    return {
        "organization_id": incident.organization_id,
        "exercise": incident.exercise,
        "incident_id": incident.id,
        "incident_name": incident.name,
    }
