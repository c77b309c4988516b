from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from alert_management.database import SCHEMA
from alert_management.service.received.facts import searchable_after as received_after
from alert_management.service.search import searchable_after
from muster.alerts.v1.alerts_pb2_grpc import AlertsServicer, add_AlertsServicer_to_server
from muster.alerts.v1.documents import alert_document, received_document
from muster.search.v1.documents import batch_of, batch_size
from muster.search.v1.search_pb2 import DocumentBatch, StreamDocumentsRequest
from muster_core.rpc import current_caller

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import grpc

    from muster_core.runtime import Runtime


class Alerts(AlertsServicer):
    """What other services ask."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def StreamDocuments(  # noqa: N802 - the contract's name
        self,
        request: StreamDocumentsRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC hands it to every method
    ) -> AsyncIterator[DocumentBatch]:
        """Every alert, ours and then others', a batch in a transaction of its own."""
        actor, last = current_caller(), UUID(int=0)
        while True:
            async with self._runtime.session(SCHEMA, actor) as session:
                found = await searchable_after(session, actor, last, batch_size(request))
            if not found:
                break
            last = found[-1].alert_id
            yield batch_of(map(alert_document, found))
        last = UUID(int=0)
        while True:
            async with self._runtime.session(SCHEMA, actor) as session:
                taken_in = await received_after(session, actor, last, batch_size(request))
            if not taken_in:
                return
            last = taken_in[-1].received_id
            yield batch_of(map(received_document, taken_in))


def register(server: grpc.aio.Server, runtime: Runtime) -> None:
    """Serve the contract."""
    add_AlertsServicer_to_server(Alerts(runtime), server)
