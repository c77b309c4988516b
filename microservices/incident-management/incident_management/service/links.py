"""What incidents are to each other: duplicates, parts, relations."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.incidents import Access, LinkKind, would_circle
from incident_management.models import Incident, IncidentLink
from incident_management.permissions import Permission
from incident_management.repository.incidents import IncidentRepository
from incident_management.schemas import answers
from incident_management.schemas.requests import LinkIncident
from incident_management.service.access import about, load_incident, not_found
from incident_management.service.errors import LinkRefusedError
from muster.incidents.v1.events import IncidentLinked, IncidentUnlinked
from muster_core.auth import Actor, authorize
from muster_core.errors import InvalidInputError
from muster_core.identifiers import uuid7
from muster_core.outbox import announce


async def link_incident(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: LinkIncident
) -> answers.IncidentLink:
    """Say what one's own incident is to another that one sees. Neither changes its status by it.

    Raises:
        LinkRefusedError: a circle, said already, or one is live and the other an exercise.
    """
    authorize(actor, Permission.UPDATE)
    if request.incident_id == incident_id:
        raise InvalidInputError.at("/incident_id", "An incident is not linked to itself.")
    incident = await load_incident(session, actor, incident_id, Access.OWN)
    other = await load_incident(session, actor, request.incident_id)
    if incident.exercise != other.exercise:
        live, drill = (other, incident) if incident.exercise else (incident, other)
        raise LinkRefusedError(
            f"'{drill.name}' is an exercise and '{live.name}' is real; the two worlds stay apart."
        )
    repository = IncidentRepository(session)
    await repository.lock_links()
    await _check_sense(repository, incident, other, request.kind)
    link = IncidentLink(id=uuid7(), incident_id=incident.id, other_id=other.id, kind=request.kind)
    repository.save(link)
    await announce(
        session,
        _told(IncidentLinked, link, incident, other, "outgoing"),
        _told(IncidentLinked, link, other, incident, "incoming"),
    )
    return answers.IncidentLink(
        id=link.id,
        kind=link.kind,
        direction="outgoing",
        incident_id=other.id,
        name=other.name,
        number=other.number,
        status=other.status,
    )


async def unlink_incident(
    session: AsyncSession, actor: Actor, incident_id: UUID, link_id: UUID
) -> None:
    """Take a link back, from either end that is one's own."""
    authorize(actor, Permission.UPDATE)
    await load_incident(session, actor, incident_id, Access.OWN)
    repository = IncidentRepository(session)
    link = await repository.link(incident_id, link_id)
    if link is None:
        raise not_found("link", link_id)
    # The other end may have been shared for a while only: the link can be taken back all the same.
    start, target = await repository.ends(link)
    await repository.remove(link)
    await announce(
        session,
        _told(IncidentUnlinked, link, start, target, "outgoing"),
        _told(IncidentUnlinked, link, target, start, "incoming"),
    )


async def _check_sense(
    repository: IncidentRepository, incident: Incident, other: Incident, kind: LinkKind
) -> None:
    known = await repository.link_between(incident.id, other.id, kind)
    if known is not None and (kind is LinkKind.RELATED or known.incident_id == incident.id):
        raise LinkRefusedError(f"'{incident.name}' and '{other.name}' are linked so already.")
    if kind is LinkKind.RELATED:
        return
    if would_circle(incident.id, other.id, await repository.links_from(other.id, kind)):
        relation = str(kind).replace("_", " ")
        raise LinkRefusedError(
            f"'{other.name}' is already {relation} '{incident.name}', directly or by way of others;"
            " take that link back first."
        )


def _told(
    kind: type[IncidentLinked | IncidentUnlinked],
    link: IncidentLink,
    here: Incident,
    there: Incident,
    direction: str,
) -> IncidentLinked | IncidentUnlinked:
    return kind(
        **about(here),
        version=here.version,
        link_id=link.id,
        kind=link.kind,
        direction=direction,
        other_id=there.id,
        other_name=there.name,
    )
