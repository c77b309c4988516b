from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from incident_management.database import SCHEMA
from incident_management.service.incidents import incident_record, searchable_after
from muster.incidents.v1.documents import incident_document
from muster.incidents.v1.incidents_pb2 import GetIncidentRequest, Incident
from muster.incidents.v1.incidents_pb2_grpc import (
    IncidentsServicer,
    add_IncidentsServicer_to_server,
)
from muster.search.v1.documents import batch_of, batch_size
from muster.search.v1.search_pb2 import DocumentBatch, StreamDocumentsRequest
from muster_core.errors import InvalidInputError
from muster_core.rpc import current_caller

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    import grpc

    from incident_management import models
    from muster_core.runtime import Runtime


class Incidents(IncidentsServicer):
    """What other services ask."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def GetIncident(  # noqa: N802 - the contract's name
        self,
        request: GetIncidentRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC hands it to every method
    ) -> Incident:
        """One incident that the caller may see."""
        try:
            incident_id = UUID(request.incident_id)
        except ValueError as error:
            raise InvalidInputError.at("/incident_id", "must be a UUID") from error
        actor = current_caller()
        async with self._runtime.session(SCHEMA, actor) as session:
            incident, access = await incident_record(session, actor, incident_id)
            return _message(incident, str(access))

    async def StreamDocuments(  # noqa: N802 - the contract's name
        self,
        request: StreamDocumentsRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC hands it to every method
    ) -> AsyncIterator[DocumentBatch]:
        """Every incident, a batch in a transaction of its own."""
        actor, last = current_caller(), UUID(int=0)
        while True:
            async with self._runtime.session(SCHEMA, actor) as session:
                facts, shares = await searchable_after(session, actor, last, batch_size(request))
            if not facts:
                return
            last = facts[-1].incident_id
            yield batch_of(map(incident_document, facts), shares)


def _message(incident: models.Incident, access: str) -> Incident:
    longitude, latitude = (
        incident.location["coordinates"][:2] if incident.location else (None, None)
    )
    return Incident(
        id=str(incident.id),
        number=incident.number,
        name=incident.name,
        kind=incident.kind,
        complexity_type=incident.complexity_type,
        status=incident.status,
        severity=incident.severity,
        longitude=longitude,
        latitude=latitude,
        area=json.dumps(incident.area) if incident.area else None,
        organization_id=str(incident.organization_id),
        exercise=incident.exercise,
        version=incident.version,
        declared_at=_timestamp(incident.declared_at),
        closed_at=_timestamp(incident.closed_at) if incident.closed_at else None,
        hazard_id=str(incident.hazard_id) if incident.hazard_id else None,
        access=access,
    )


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def register(server: grpc.aio.Server, runtime: Runtime) -> None:
    """Serve the contract."""
    add_IncidentsServicer_to_server(Incidents(runtime), server)
