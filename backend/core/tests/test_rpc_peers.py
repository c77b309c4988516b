"""Peers that are down, silent, slow or replaced: what the caller answers, and how soon all is well again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from muster.identity.v1.identity_pb2 import ListSigningKeysRequest, ListSigningKeysResponse
from muster.identity.v1.identity_pb2_grpc import (
    IdentityServicer,
    IdentityStub,
    add_IdentityServicer_to_server,
)
from muster_core import errors
from muster_core.rpc import Rpc, RpcServer
from muster_core.rpc.policy import TOKENS, service_config
from muster_core.settings import Settings
from muster_testing.hosting import free_port

if TYPE_CHECKING:
    from collections.abc import Generator

_PEER = """
import asyncio, sys
from muster.identity.v1.identity_pb2 import ListSigningKeysResponse
from muster.identity.v1.identity_pb2_grpc import IdentityServicer, add_IdentityServicer_to_server
from muster_core.rpc import RpcServer
from muster_core.settings import Settings

class Identity(IdentityServicer):
    async def ListSigningKeys(self, request, context):
        return ListSigningKeysResponse(keys=[sys.argv[2]])

async def main():
    server = RpcServer(Settings(rpc_address=f"127.0.0.1:{sys.argv[1]}"))
    server.add(lambda grpc_server, _: add_IdentityServicer_to_server(Identity(), grpc_server), None)
    await server.start()
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@contextmanager
def peer(port: int, name: str) -> Generator[subprocess.Popen[str]]:
    """Identity's contract in a process of its own; it answers its name."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PEER, str(port), name], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


async def ask(rpc: Rpc) -> str:
    stub: Any = rpc.stub(IdentityStub, "identity")
    answer = await rpc.call(stub.ListSigningKeys, ListSigningKeysRequest())
    return str(answer.keys[0])


async def until_answered(rpc: Rpc, seconds: float) -> float:
    """How long it takes until there is an answer."""
    began = time.monotonic()
    while True:
        try:
            await ask(rpc)
        except errors.UnavailableError:
            assert time.monotonic() - began < seconds, "still no answer"
            await asyncio.sleep(0.05)
        else:
            return time.monotonic() - began


async def test_a_peer_that_is_down_is_said_to_be_down_at_once_and_found_again() -> None:
    port = free_port()
    rpc = Rpc(Settings(rpc_address=f"127.0.0.1:{port}"))
    began = time.monotonic()
    with pytest.raises(errors.UnavailableError) as raised:
        await ask(rpc)
    assert time.monotonic() - began < 1.2
    assert raised.value.retry_after
    with peer(port, "first"):
        await until_answered(rpc, 5)
    with peer(port, "second"):
        await until_answered(rpc, 5)
        assert await ask(rpc) == "second"
    await rpc.close()


async def test_a_silent_peer_costs_a_second_and_then_nothing() -> None:
    port = free_port()
    rpc = Rpc(Settings(rpc_address=f"127.0.0.1:{port}"))
    with peer(port, "silent") as process:
        await until_answered(rpc, 5)
        os.kill(process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(errors.UnavailableError):
                await ask(rpc)
            assert time.monotonic() - began < 1.5
            # The unanswered ping ends the connection; from then on nobody waits for it.
            await asyncio.sleep(5)
            began = time.monotonic()
            with pytest.raises(errors.UnavailableError):
                await ask(rpc)
            assert time.monotonic() - began < 1.2
        finally:
            os.kill(process.pid, signal.SIGCONT)
        await until_answered(rpc, 5)
    await rpc.close()


async def test_calls_go_to_every_replica_and_past_one_that_dies_or_falls_silent() -> None:
    ports = [free_port(), free_port()]
    address = "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)
    rpc = Rpc(Settings(rpc_address="unix:/nowhere", rpc_peers={"identity": address}))
    with peer(ports[0], "one") as one, peer(ports[1], "two") as two:
        await until_answered(rpc, 5)
        await asyncio.sleep(0.5)
        assert {await ask(rpc) for _ in range(10)} == {"one", "two"}
        one.kill()
        one.wait()
        assert {await ask(rpc) for _ in range(50)} == {"two"}
        with peer(ports[0], "one again"):
            await asyncio.sleep(2.5)
            assert {await ask(rpc) for _ in range(10)} == {"one again", "two"}
            os.kill(two.pid, signal.SIGSTOP)
            await asyncio.sleep(6)
            assert {await ask(rpc) for _ in range(20)} == {"one again"}
            os.kill(two.pid, signal.SIGCONT)
            await asyncio.sleep(2.5)
            assert "two" in {await ask(rpc) for _ in range(10)}
    await rpc.close()


class Failing(IdentityServicer):
    """Identity that refuses as often as it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.refuse = 0
        self.retry_after: int | None = None

    async def ListSigningKeys(  # noqa: N802 - gRPC's name
        self,
        request: ListSigningKeysRequest,  # noqa: ARG002
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002
    ) -> ListSigningKeysResponse:
        self.asked += 1
        if self.refuse:
            self.refuse -= 1
            raise errors.UnavailableError("Not now.", retry_after=self.retry_after)
        return ListSigningKeysResponse(keys=["good"])


async def failing(folder: Any) -> tuple[Failing, RpcServer, Rpc]:
    settings = Settings(rpc_address=f"unix:{folder}/rpc.sock")
    servicer: Any = Failing  # the other questions of the contract are not asked here
    servicer, server = servicer(), RpcServer(settings)

    def register(to: grpc.aio.Server, _runtime: None) -> None:
        add_IdentityServicer_to_server(servicer, to)

    server.add(register, None)
    await server.start()
    return servicer, server, Rpc(settings)


async def test_a_safe_call_is_tried_again_within_its_deadline(tmp_path: Any) -> None:
    servicer, server, rpc = await failing(tmp_path)
    servicer.refuse = 2
    assert await ask(rpc) == "good"
    assert servicer.asked == 3
    await rpc.close()
    await server.close(0.2)


async def test_who_says_when_to_come_again_is_not_asked_again_before(tmp_path: Any) -> None:
    servicer, server, rpc = await failing(tmp_path)
    servicer.refuse, servicer.retry_after = 2, 5
    with pytest.raises(errors.UnavailableError) as raised:
        await ask(rpc)
    assert raised.value.retry_after == 5
    assert servicer.asked == 1
    await rpc.close()
    await server.close(0.2)


async def test_retries_have_a_budget(tmp_path: Any) -> None:
    servicer, server, rpc = await failing(tmp_path)
    servicer.refuse = 10_000
    for _ in range(100):
        with pytest.raises(errors.UnavailableError):
            await ask(rpc)
    assert 100 < servicer.asked <= 100 + TOKENS
    # A success earns a tenth of a retry: after a hundred of them there is some budget again.
    servicer.refuse = 0
    for _ in range(150):
        await ask(rpc)
    servicer.refuse = 1
    assert await ask(rpc) == "good"
    await rpc.close()
    await server.close(0.2)


def test_only_what_the_contract_calls_safe_is_tried_again() -> None:
    config = service_config(IdentityStub, "identity:1")
    (methods,) = config["methodConfig"]
    named = {(one["service"], one["method"]) for one in methods["name"]}
    assert ("muster.identity.v1.Identity", "IntrospectApiKey") in named

    class Unknown:
        """A stub without a contract beside it."""

    assert "methodConfig" not in service_config(Unknown, "identity:1")
