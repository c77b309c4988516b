"""What still works while identity does not answer: what was verified before, and nothing that was not."""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from pydantic import SecretStr

from muster.identity.v1 import identity_pb2 as messages
from muster.identity.v1.gateway import GrpcIdentity
from muster.identity.v1.identity_pb2_grpc import IdentityServicer, add_IdentityServicer_to_server
from muster_core.errors import UnauthorizedError, UnavailableError
from muster_core.rpc import RpcServer
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from muster_testing.people import ORGANIZATION, TestIdentity, actor_with_role

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

COMMANDER = actor_with_role("incident-commander")


class Identity(IdentityServicer):
    """Identity with the tests' signing key, one API key, and one session that was ended."""

    async def ListSigningKeys(self, request: Any, context: Any) -> messages.ListSigningKeysResponse:  # noqa: ARG002, N802
        keys = await TestIdentity.shared().signing_keys()
        return messages.ListSigningKeysResponse(keys=[json.dumps(key) for key in keys])

    async def ListRevocations(self, request: Any, context: Any) -> messages.ListRevocationsResponse:  # noqa: ARG002, N802
        return messages.ListRevocationsResponse(session_ids=[str(COMMANDER.session_id)])

    async def IntrospectApiKey(  # noqa: N802
        self,
        request: messages.IntrospectApiKeyRequest,
        context: Any,  # noqa: ARG002
    ) -> messages.IntrospectApiKeyResponse:
        return messages.IntrospectApiKeyResponse(
            active=request.secret == "muster_good",
            id=str(COMMANDER.id),
            name="A program",
            organization_id=str(ORGANIZATION),
        )


@asynccontextmanager
async def identity(settings: Settings) -> AsyncGenerator[None]:
    servicer: Any = Identity
    answering = servicer()
    server = RpcServer(settings)

    def register(to: grpc.aio.Server, _runtime: None) -> None:
        add_IdentityServicer_to_server(answering, to)

    server.add(register, None)
    await server.start()
    try:
        yield
    finally:
        await server.close(0.2)


async def test_identity_is_down_and_what_was_verified_stays_good(tmp_path: Path) -> None:
    settings = Settings(
        database_url=SecretStr("postgresql://nobody@127.0.0.1:9/none"),
        rpc_address=f"unix:{tmp_path}/rpc.sock",
    )
    runtime = Runtime(settings, GrpcIdentity)
    tokens, signed = runtime.tokens, TestIdentity.shared()
    dispatcher = actor_with_role("dispatcher")
    async with identity(settings):
        assert (await tokens.verify(signed.token(dispatcher))).id == dispatcher.id
        assert (await tokens.verify("muster_good")).name == "A program"
        await tokens.refresh_revocations()

    # Signed by a key that is known: verified here, also what was never seen before.
    assert (await tokens.verify(signed.token(actor_with_role("auditor")))).name == "Auditor"
    assert (await tokens.verify("muster_good")).name == "A program"
    with pytest.raises(UnauthorizedError, match="signed out"):
        await tokens.verify(signed.token(COMMANDER))
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        await tokens.verify("muster_unseen")
    with pytest.raises(UnavailableError):
        await tokens.refresh_revocations()
    assert time.monotonic() - began < 2.5
    with pytest.raises(UnauthorizedError, match="signed out"):
        await tokens.verify(signed.token(COMMANDER))
    await runtime.rpc.close()


async def test_before_identity_ever_answered_nobody_is_let_in(tmp_path: Path) -> None:
    settings = Settings(
        database_url=SecretStr("postgresql://nobody@127.0.0.1:9/none"),
        rpc_address=f"unix:{tmp_path}/rpc.sock",
    )
    runtime = Runtime(settings, GrpcIdentity)
    with pytest.raises(UnavailableError):
        await runtime.tokens.verify(TestIdentity.shared().token(COMMANDER))
    await runtime.rpc.close()
