"""What the stories of incident-management share: the service with a hazard service that is a fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from incident_management.main import service
from muster.hazards.v1.hazards_pb2 import GetHazardRequest, Hazard
from muster.hazards.v1.hazards_pb2_grpc import HazardsServicer, add_HazardsServicer_to_server
from muster.search.v1.search_pb2 import DocumentBatch, StreamDocumentsRequest
from muster_core.database import Reader
from muster_core.errors import NotFoundError
from muster_core.identifiers import uuid7
from muster_core.microservice import Microservice
from muster_core.runtime import Runtime
from muster_testing.people import FOREIGN_ORGANIZATION

Json = dict[str, Any]


@dataclass
class FakeHazards(HazardsServicer):
    """hazard-monitoring's gRPC face: knows what a test tells it, and can be silent."""

    known: dict[str, Hazard] = field(default_factory=dict[str, Hazard])
    silent: bool = False
    asked: int = 0

    async def GetHazard(  # noqa: N802 - the contract's name
        self,
        request: GetHazardRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC hands it to every method
    ) -> Hazard:
        self.asked += 1
        if self.silent:
            await asyncio.sleep(5)
        if request.hazard_id not in self.known:
            raise NotFoundError("There is no such hazard.")
        return self.known[request.hazard_id]

    def reports(self, **changes: Any) -> UUID:
        """A feed has reported a hazard; answers its id."""
        hazard_id = uuid7()
        values: Json = {
            "id": str(hazard_id),
            "kind": "earthquake",
            "title": "M 7.1 - 2019 Ridgecrest Earthquake Sequence",
            "severity": "Severe",
            "place": "18km W of Searles Valley, CA",
            "longitude": -117.599,
            "latitude": 35.77,
        }
        self.known[str(hazard_id)] = Hazard(**(values | changes))
        return hazard_id

    async def StreamDocuments(  # noqa: N802 - the contract's name
        self,
        request: StreamDocumentsRequest,  # noqa: ARG002 - the contract's
        context: grpc.aio.ServicerContext[Any, Any],
    ) -> AsyncIterator[DocumentBatch]:
        """Nobody rebuilds an index from the fake."""
        await context.abort(grpc.StatusCode.UNIMPLEMENTED)
        yield DocumentBatch()


_hazards = FakeHazards()


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """This service, and a fake at the one port it asks."""

    def fake(server: grpc.aio.Server, _runtime: Runtime) -> None:
        add_HazardsServicer_to_server(_hazards, server)

    return [replace(service, rpc=[*service.rpc, fake])]


@pytest.fixture
def hazards() -> Iterator[FakeHazards]:
    """hazard-monitoring, as this test wants it."""
    _hazards.known.clear()
    _hazards.silent, _hazards.asked = False, 0
    yield _hazards
    _hazards.known.clear()


class Desk:
    """What people do again and again in the stories; every step must succeed."""

    @staticmethod
    async def declare(client: AsyncClient, name: str = "Cedar Creek Fire", **facts: Any) -> Json:
        """Declare an incident."""
        return await Desk.ok(client.post("/incidents", json={"name": name, **facts}))

    @staticmethod
    async def move(client: AsyncClient, incident: Json, *steps: str) -> Json:
        """Move an incident along its life; closing it as resolved."""
        for status in steps:
            reason = {"reason": "resolved"} if status == "closed" else {}
            url = f"/incidents/{incident['id']}/status"
            incident = await Desk.ok(client.post(url, json={"status": status, **reason}))
        return incident

    @staticmethod
    async def see(client: AsyncClient, incident: Json) -> Json:
        """Look at an incident."""
        return await Desk.ok(client.get(f"/incidents/{incident['id']}"))

    @staticmethod
    async def add(client: AsyncClient, incident: Json, what: str, **values: Any) -> Json:
        """Add something to an incident."""
        return await Desk.ok(client.post(f"/incidents/{incident['id']}/{what}", json=values))

    @staticmethod
    async def share(
        client: AsyncClient, incident: Json, access: str = "read", **until: Any
    ) -> Json:
        """Share an incident with the neighbours, for an hour unless told otherwise."""
        moment = datetime.now(UTC) + timedelta(**(until or {"hours": 1}))
        return await Desk.add(
            client,
            incident,
            "shares",
            organization_id=str(FOREIGN_ORGANIZATION),
            access=access,
            until=moment.isoformat(),
        )

    @staticmethod
    def person(name: str = "Ada Moreno") -> Json:
        """Someone for a position."""
        return {"person_id": str(uuid4()), "person_name": name}

    @staticmethod
    async def ok(call: Any) -> Json:
        """The answer of a call that must succeed."""
        response = await call
        assert response.status_code < 300, response.text
        return response.json() if response.content else {}


@pytest.fixture
def desk() -> type[Desk]:
    """What people do again and again."""
    return Desk


@pytest.fixture
def reader(app: FastAPI, runtime: Runtime) -> Reader:
    """A look behind the curtain, at the rows; the application closes it."""
    return runtime.database("incident_management").reader
