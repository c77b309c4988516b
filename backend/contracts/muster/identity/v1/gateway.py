"""How a service asks identity: over gRPC, in either way to run."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster.identity.v1 import identity_pb2 as messages
from muster.identity.v1.identity_pb2_grpc import IdentityStub
from muster_core.auth import Actor, Revocations
from muster_core.ports.cache import MemoryCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster.identity.v1.identity_pb2_grpc import IdentityAsyncStub
    from muster_core.runtime import Runtime

SERVICE = "identity"
# A revoked key dies within this time everywhere; a burst of requests asks once.
_API_KEY_SECONDS = 5.0


class GrpcIdentity:
    """`muster_core.auth.IdentityGateway` over gRPC, with answers about API keys kept for seconds."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        # In this process alone: nobody gets in because a shared cache says so.
        self._api_keys = MemoryCache()

    @property
    def _stub(self) -> IdentityAsyncStub:
        return self._runtime.rpc.stub(IdentityStub, SERVICE)

    async def signing_keys(self) -> Sequence[dict[str, Any]]:
        """The public keys in force, as JWKs."""
        answer = await self._runtime.rpc.call(
            self._stub.ListSigningKeys, messages.ListSigningKeysRequest()
        )
        return [json.loads(key) for key in answer.keys]

    async def revocations(self) -> Revocations:
        """Revocations of the last quarter of an hour."""
        answer = await self._runtime.rpc.call(
            self._stub.ListRevocations, messages.ListRevocationsRequest()
        )
        return Revocations(
            sessions=frozenset(UUID(session) for session in answer.session_ids),
            epochs={UUID(entry.account_id): entry.epoch for entry in answer.epochs},
        )

    async def introspect_api_key(self, secret: str) -> Actor | None:
        """The actor of an API key, or None."""
        name = hashlib.sha256(secret.encode()).hexdigest()
        (known,) = await self._api_keys.get(name)
        if known is None:
            answer = await self._runtime.rpc.call(
                self._stub.IntrospectApiKey, messages.IntrospectApiKeyRequest(secret=secret)
            )
            known = answer.SerializeToString()
            await self._api_keys.set(name, known, seconds=_API_KEY_SECONDS)
        answer = messages.IntrospectApiKeyResponse.FromString(known)
        if not answer.active:
            return None
        return Actor(
            id=UUID(answer.id),
            name=answer.name,
            kind="api_key",
            organization_id=UUID(answer.organization_id),
            permissions=frozenset(answer.permissions),
        )
