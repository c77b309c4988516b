"""What gRPC's health service says of a process, and who is told what there is to ask."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from muster_core import errors
from muster_core.rpc import Rpc, RpcServer
from muster_core.rpc import health as watching
from muster_core.rpc.health import Health
from muster_core.settings import Settings
from muster_testing.notes import SERVICE, Notes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path


class House:
    """A process whose database a test takes away."""

    def __init__(self, folder: Path, *, reflects: bool = False) -> None:
        self.stopping = asyncio.Event()
        self.database = True
        self.settings = Settings(rpc_address=f"unix:{folder}/rpc.sock", rpc_reflection=reflects)
        self.rpc = Rpc(self.settings)

    async def probe(self) -> None:
        if not self.database:
            raise ConnectionRefusedError

    async def status(self, name: str = SERVICE) -> str:
        stub: Any = self.rpc.stub(health_pb2_grpc.HealthStub, "notes")
        answer = await self.rpc.call(stub.Check, health_pb2.HealthCheckRequest(service=name))
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))

    async def until(self, status: str) -> None:
        async with asyncio.timeout(10):
            while {await self.status(), await self.status("")} != {status}:  # noqa: ASYNC110 - asked, not told
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(house: House) -> AsyncGenerator[RpcServer]:
    server = RpcServer(house.settings)
    (contract,) = server.add(Notes().add_to, None)
    server.report(Health({contract: house.probe}, house.stopping))
    await server.start()
    try:
        yield server
    finally:
        await house.rpc.close()
        await server.close(0.2)


async def test_a_service_without_its_database_says_so_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_EVERY_SECONDS", 0.05)
    house = House(tmp_path)
    async with running(house):
        await house.until("SERVING")
        house.database = False
        await house.until("NOT_SERVING")
        house.database = True
        await house.until("SERVING")


async def test_a_draining_process_says_so_and_still_answers(tmp_path: Path) -> None:
    house = House(tmp_path)
    async with running(house):
        await house.until("SERVING")
        house.stopping.set()
        await house.until("NOT_SERVING")


async def test_an_unknown_contract_is_not_found(tmp_path: Path) -> None:
    house = House(tmp_path)
    async with running(house):
        with pytest.raises(errors.UnavailableError):
            await house.status("nobody")


@pytest.mark.parametrize("reflects", [True, False])
async def test_contracts_are_listed_in_development_only(tmp_path: Path, *, reflects: bool) -> None:
    house = House(tmp_path, reflects=reflects)
    async with running(house):
        kind: Any = reflection_pb2_grpc.ServerReflectionStub
        stub: Any = house.rpc.stub(kind, "notes")
        call = stub.ServerReflectionInfo(timeout=5)
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        await call.done_writing()
        if reflects:
            answer = await call.read()
            assert SERVICE in {one.name for one in answer.list_services_response.service}
        else:
            assert (await call.code()).name == "UNIMPLEMENTED"
