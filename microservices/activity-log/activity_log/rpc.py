from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import grpc

from activity_log.database import SCHEMA
from activity_log.service import searching
from muster.activity.v1.activity_pb2_grpc import ActivityServicer, add_ActivityServicer_to_server
from muster.search.v1.documents import batch_of, batch_size
from muster.search.v1.search_pb2 import DocumentBatch, StreamDocumentsRequest
from muster_core.rpc import current_caller

if TYPE_CHECKING:
    from muster_core.runtime import Runtime


class Activity(ActivityServicer):
    """What other services ask."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def StreamDocuments(  # noqa: N802 - the contract's name
        self,
        request: StreamDocumentsRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC's signature
    ) -> AsyncIterator[DocumentBatch]:
        """Every entry of the journal."""
        reads, caller = self._runtime.database(SCHEMA).reader, current_caller()
        async for documents in searching.searchable(reads, caller, batch_size(request)):
            yield batch_of(documents)


def register(server: grpc.aio.Server, runtime: Runtime) -> None:
    """Serve the contract."""
    add_ActivityServicer_to_server(Activity(runtime), server)
