"""An incident declared from a hazard: once per organization, however many people click."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.incidents import Severity
from incident_management.domain.kinds import kind_for_hazard
from incident_management.permissions import Permission
from incident_management.repository import views
from incident_management.repository.incidents import IncidentRepository
from incident_management.repository.views import IncidentView
from incident_management.service.errors import HazardWithdrawnError
from incident_management.service.incidents import record_declaration
from muster.hazards.v1.hazards_pb2 import GetHazardRequest, Hazard
from muster.hazards.v1.hazards_pb2_grpc import HazardsStub
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.rpc import Rpc

_LONGEST_NAME = 200


async def ask_hazard(reads: Reader, rpc: Rpc, actor: Actor, hazard_id: UUID) -> Hazard | None:
    """What hazard-monitoring knows of a hazard; None if an incident was declared from it already.

    Asked before the transaction begins, so that no lock waits for another service. A second
    declaration is answered even while hazard-monitoring is away.

    Raises:
        NotFoundError: there is no such hazard.
        UnavailableError: hazard-monitoring does not answer within a second.
    """
    authorize(actor, Permission.DECLARE)
    if await views.incident_of_hazard(reads, actor.organization, hazard_id) is not None:
        return None
    stub = rpc.stub(HazardsStub, "hazard-monitoring")
    return await rpc.call(stub.GetHazard, GetHazardRequest(hazard_id=str(hazard_id)), actor=actor)


async def declare_from_hazard(
    session: AsyncSession, actor: Actor, hazard_id: UUID, hazard: Hazard | None, name: str | None
) -> tuple[IncidentView, bool]:
    """The organization's incident for a hazard, and whether it was declared just now.

    `hazard` is the answer of `ask_hazard`. A hazard that was merged into another counts as that one.

    Raises:
        HazardWithdrawnError: the feed has withdrawn it.
    """
    authorize(actor, Permission.DECLARE)
    hazard_id = UUID(hazard.id) if hazard is not None else hazard_id
    known = await IncidentRepository(session).find_by_hazard(actor.organization, hazard_id)
    if known is None and hazard is not None:
        if hazard.deleted:
            raise HazardWithdrawnError(
                f"The feed has withdrawn '{hazard.title}'. If there is an emergency all the same,"
                " declare an incident by hand."
            )
        try:
            async with session.begin_nested():
                return await _declare(session, actor, hazard, name), True
        except IntegrityError:
            # Someone else clicked at the same moment; their number stays, ours was never taken.
            known = await IncidentRepository(session).find_by_hazard(actor.organization, hazard_id)
    assert known is not None
    return await views.incident_item(session, actor.organization, known), False


async def _declare(
    session: AsyncSession, actor: Actor, hazard: Hazard, name: str | None
) -> IncidentView:
    known_severities = {str(severity) for severity in Severity}
    return await record_declaration(
        session,
        actor,
        {
            "name": name or hazard.title[:_LONGEST_NAME],
            "kind": kind_for_hazard(hazard.kind),
            "severity": Severity(
                hazard.severity if hazard.severity in known_severities else Severity.UNKNOWN
            ),
            "location": {"type": "Point", "coordinates": [hazard.longitude, hazard.latitude]},
            "address": hazard.place if hazard.HasField("place") else None,
        },
        exercise=hazard.exercise,
        hazard_id=UUID(hazard.id),
    )
