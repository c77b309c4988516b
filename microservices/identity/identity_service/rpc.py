"""What the other services ask identity."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from identity_service import listings
from identity_service.database import SCHEMA
from identity_service.service import api_keys, searching
from muster.identity.v1 import identity_pb2 as messages
from muster.identity.v1 import identity_pb2_grpc
from muster.search.v1.documents import batch_of, batch_size
from muster_core.errors import InvalidInputError
from muster_core.rpc import current_caller

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import grpc

    from muster.search.v1.search_pb2 import DocumentBatch, StreamDocumentsRequest
    from muster_core.database import Reader
    from muster_core.runtime import Runtime


class IdentityServicer(identity_pb2_grpc.IdentityServicer):
    """Answers by bare reads: every process asks each second, and none of it waits for a transaction."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @property
    def _reads(self) -> Reader:
        return self._runtime.database(SCHEMA).reader

    async def ListSigningKeys(  # noqa: N802 - gRPC's name
        self,
        request: messages.ListSigningKeysRequest,  # noqa: ARG002
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002
    ) -> messages.ListSigningKeysResponse:
        """The public keys, the current one first."""
        body = cast("bytes", await self._reads.fetch_json(listings.JWKS))
        keys = cast("list[object]", json.loads(body)["keys"])
        return messages.ListSigningKeysResponse(keys=[json.dumps(key) for key in keys])

    async def ListRevocations(  # noqa: N802 - gRPC's name
        self,
        request: messages.ListRevocationsRequest,  # noqa: ARG002
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002
    ) -> messages.ListRevocationsResponse:
        """What was ended or changed in the last quarter of an hour."""
        found = await api_keys.revocations(self._reads)
        return messages.ListRevocationsResponse(
            session_ids=[str(session) for session in found.sessions],
            epochs=[
                messages.ListRevocationsResponse.Epoch(account_id=str(account), epoch=epoch)
                for account, epoch in found.epochs.items()
            ],
        )

    async def IntrospectApiKey(  # noqa: N802 - gRPC's name
        self,
        request: messages.IntrospectApiKeyRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002
    ) -> messages.IntrospectApiKeyResponse:
        """Who an API key stands for."""
        actor = await api_keys.introspect(self._reads, request.secret)
        if actor is None:
            return messages.IntrospectApiKeyResponse(active=False)
        return messages.IntrospectApiKeyResponse(
            active=True,
            id=str(actor.id),
            name=actor.name,
            organization_id=str(actor.organization_id),
            permissions=sorted(actor.permissions),
        )

    async def ListRights(  # noqa: N802 - gRPC's name
        self,
        request: messages.ListRightsRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002
    ) -> messages.ListRightsResponse:
        """What accounts may do now."""
        try:
            accounts = [UUID(account) for account in request.account_ids]
        except ValueError as error:
            raise InvalidInputError.at("/account_ids", "must be UUIDs") from error
        rows = await searching.rights_of(self._reads, current_caller(), accounts)
        return messages.ListRightsResponse(
            accounts=[
                messages.ListRightsResponse.Rights(
                    account_id=str(row["id"]),
                    organization_id=str(row["organization_id"]),
                    permissions=row["permissions"],
                )
                for row in rows
            ]
        )

    async def StreamDocuments(  # noqa: N802 - gRPC's name
        self,
        request: StreamDocumentsRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002
    ) -> AsyncIterator[DocumentBatch]:
        """Every organization, and everyone whose account is enabled."""
        caller, size = current_caller(), batch_size(request)
        async for documents in searching.searchable(self._reads, caller, size):
            yield batch_of(documents)


def register(server: grpc.aio.Server, runtime: Runtime) -> None:
    """Serve it."""
    identity_pb2_grpc.add_IdentityServicer_to_server(IdentityServicer(runtime), server)
