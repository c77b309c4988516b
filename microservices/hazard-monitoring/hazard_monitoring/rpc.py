"""gRPC: the questions other services ask about hazards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from hazard_monitoring.database import SCHEMA
from hazard_monitoring.models import Feed, Hazard
from hazard_monitoring.service import hazards as service
from muster.hazards.v1 import hazards_pb2 as messages
from muster.hazards.v1.documents import hazard_document
from muster.hazards.v1.hazards_pb2_grpc import (
    HazardsServicer,
    add_HazardsServicer_to_server,
)
from muster.search.v1.documents import batch_of, batch_size
from muster.search.v1.search_pb2 import DocumentBatch, StreamDocumentsRequest
from muster_core.errors import NotFoundError
from muster_core.rpc import current_caller

if TYPE_CHECKING:
    from muster_core.runtime import Runtime


class Servicer(HazardsServicer):
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def GetHazard(  # noqa: N802 - the contract's name
        self,
        request: messages.GetHazardRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC's signature
    ) -> messages.Hazard:
        """Answer one hazard, on behalf of the caller."""
        actor = current_caller()
        try:
            hazard_id = UUID(request.hazard_id)
        except ValueError:
            raise NotFoundError("There is no such hazard.") from None
        async with self._runtime.session(SCHEMA, actor) as session:
            hazard, feed = await service.get_hazard(session, actor, hazard_id)
            return _message(hazard, feed)

    async def StreamDocuments(  # noqa: N802 - the contract's name
        self,
        request: StreamDocumentsRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC's signature
    ) -> AsyncIterator[DocumentBatch]:
        """Every hazard that is listed, a batch in a transaction of its own."""
        actor, last = current_caller(), UUID(int=0)
        while True:
            async with self._runtime.session(SCHEMA, actor) as session:
                found = await service.searchable_after(session, actor, last, batch_size(request))
            if not found:
                return
            last = found[-1].hazard_id
            yield batch_of(map(hazard_document, found))


def _message(hazard: Hazard, feed: Feed) -> messages.Hazard:
    return messages.Hazard(
        id=str(hazard.id),
        feed=feed.key,
        external_id=hazard.external_id,
        kind=hazard.kind,
        title=hazard.title,
        magnitude=hazard.magnitude,
        magnitude_type=hazard.magnitude_type,
        severity=hazard.severity,
        alert_level=hazard.alert_level,
        tsunami=hazard.tsunami,
        place=hazard.place,
        longitude=hazard.longitude,
        latitude=hazard.latitude,
        depth_km=hazard.depth_km,
        occurred_at=_timestamp(hazard.occurred_at),
        reported_at=_timestamp(hazard.reported_at),
        revision=hazard.revision,
        deleted=hazard.deleted,
        exercise=hazard.exercise,
        url=hazard.url,
    )


def _timestamp(instant: datetime) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(instant)
    return found


def register_rpc(server: grpc.aio.Server, runtime: Runtime) -> None:
    """Serve the contract."""
    add_HazardsServicer_to_server(Servicer(runtime), server)
