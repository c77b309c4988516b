"""What the stories of alert-management share: the service, with fakes at the two ports it asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from alert_management.main import service
from alert_management.models import Alert
from muster.identity.v1.events import OrganizationUpdated
from muster.incidents.v1.incidents_pb2 import GetIncidentRequest, Incident
from muster.incidents.v1.incidents_pb2_grpc import (
    IncidentsServicer,
    add_IncidentsServicer_to_server,
)
from muster.notification.v1.notification_pb2 import Audience, CountAudienceRequest
from muster.notification.v1.notification_pb2_grpc import (
    NotificationServicer,
    add_NotificationServicer_to_server,
)
from muster.search.v1.search_pb2 import DocumentBatch, StreamDocumentsRequest
from muster_core.auth import system_actor
from muster_core.database import Reader
from muster_core.errors import NotFoundError
from muster_core.microservice import Microservice
from muster_core.outbox import announce
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.people import ORGANIZATION, stepped_up

Json = dict[str, Any]
assert Alert.metadata is service.base.metadata

KERN: Json = {
    "type": "Polygon",
    "coordinates": [[[-120, 34.8], [-117.6, 34.8], [-117.6, 35.8], [-120, 35.8], [-120, 34.8]]],
}
CREEK: Json = {
    "type": "Polygon",
    "coordinates": [
        [[-118.6, 35.6], [-118.4, 35.6], [-118.4, 35.75], [-118.6, 35.75], [-118.6, 35.6]]
    ],
}


def texts(**changes: Any) -> Json:
    """What is said in English."""
    said: Json = {
        "language": "en-US",
        "event": "Flood",
        "headline": "Flood at Cedar Creek",
        "description": "The creek is rising fast. Roads are under water.",
        "instruction": "Move to high ground now. Do not drive through water.",
    }
    return said | changes


def flood(**changes: Any) -> Json:
    """An alert that lacks nothing."""
    content: Json = {
        "term": "flood",
        "categories": ["Met"],
        "response_types": ["Evacuate"],
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "expires_after_minutes": 120,
        "texts": [texts()],
        "areas": [{"description": "Cedar Creek", "geometry": CREEK}],
    }
    return content | changes


@dataclass
class FakeNotification(NotificationServicer):
    """notification's gRPC face: counts what a test tells it, and can be silent."""

    people: int = 4211
    silent: bool = False
    asked: list[CountAudienceRequest] = field(default_factory=list[CountAudienceRequest])

    async def CountAudience(  # noqa: N802 - the contract's name
        self,
        request: CountAudienceRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC hands it to every method
    ) -> Audience:
        self.asked.append(request)
        if self.silent:
            await asyncio.sleep(5)
        return Audience(people=self.people, by_channel={"sms": self.people})


@dataclass
class FakeIncidents(IncidentsServicer):
    """incident-management's gRPC face: knows what a test tells it."""

    known: dict[str, Incident] = field(default_factory=dict[str, Incident])

    async def GetIncident(  # noqa: N802 - the contract's name
        self,
        request: GetIncidentRequest,
        context: grpc.aio.ServicerContext[Any, Any],  # noqa: ARG002 - gRPC hands it to every method
    ) -> Incident:
        if request.incident_id not in self.known:
            raise NotFoundError("There is no such incident.")
        return self.known[request.incident_id]

    async def StreamDocuments(  # noqa: N802 - the contract's name
        self,
        request: StreamDocumentsRequest,  # noqa: ARG002 - the contract's
        context: grpc.aio.ServicerContext[Any, Any],
    ) -> AsyncIterator[DocumentBatch]:
        """Nobody rebuilds an index from the fake."""
        await context.abort(grpc.StatusCode.UNIMPLEMENTED)
        yield DocumentBatch()


_notification, _incidents = FakeNotification(), FakeIncidents()


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """This service, and fakes at the two ports it asks."""

    def fakes(server: grpc.aio.Server, _runtime: Runtime) -> None:
        add_NotificationServicer_to_server(_notification, server)
        add_IncidentsServicer_to_server(_incidents, server)

    return [replace(service, rpc=[*service.rpc, fakes])]


@pytest.fixture
def notification() -> Iterator[FakeNotification]:
    """notification, as this test wants it."""
    _notification.people, _notification.silent = 4211, False
    _notification.asked.clear()
    yield _notification
    _notification.silent = False


@pytest.fixture
def incidents() -> FakeIncidents:
    """incident-management, as this test wants it."""
    _incidents.known.clear()
    return _incidents


@dataclass
class Desk:
    """What people do again and again in the stories; every step must succeed."""

    officer: httpx.AsyncClient
    commander: httpx.AsyncClient

    async def draft(self, content: Json | None = None, **request: Any) -> Json:
        """The Public Information Officer begins an alert."""
        body = {"content": content if content is not None else flood(), **request}
        return await self.ok(self.officer.post("/alerts", json=body))

    async def submit(self, alert: Json) -> Json:
        """The same officer submits it."""
        return await self.ok(self.officer.post(f"/alerts/{alert['id']}/submit"))

    async def approve(self, alert: Json) -> Json:
        """The Incident Commander approves it, with a second factor."""
        stepped_up(self.commander)
        return await self.ok(self.commander.post(f"/alerts/{alert['id']}/approve"))

    async def publish(self, alert: Json) -> Json:
        """The Incident Commander sends it."""
        stepped_up(self.commander)
        return await self.ok(self.commander.post(f"/alerts/{alert['id']}/publish"))

    async def send(self, content: Json | None = None, **request: Any) -> Json:
        """From nothing to the public."""
        return await self.finish(await self.draft(content, **request))

    async def finish(self, alert: Json) -> Json:
        """From a draft to the public."""
        return await self.publish(await self.approve(await self.submit(alert)))

    async def see(self, alert: Json) -> Json:
        """Look at an alert."""
        return await self.ok(self.officer.get(f"/alerts/{alert['id']}"))

    @staticmethod
    async def ok(call: Any) -> Json:
        """The answer of a call that must succeed."""
        response = await call
        assert response.status_code < 300, response.text
        return response.json() if response.content else {}


@pytest.fixture
def as_officer(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """The Public Information Officer."""
    return sign_in("public-information-officer")


@pytest_asyncio.fixture
async def desk(as_officer: httpx.AsyncClient, as_commander: httpx.AsyncClient, kern: None) -> Desk:
    """The officer and the commander of Kern County."""
    return Desk(as_officer, as_commander)


@pytest_asyncio.fixture
async def kern(app: FastAPI, runtime: Runtime, deliver: Delivery) -> None:
    """Identity has told of Kern County."""
    async with runtime.session("alert_management", system_actor("identity")) as session:
        await announce(
            session,
            OrganizationUpdated(
                organization_id=ORGANIZATION,
                name="Kern County Emergency Services",
                area=KERN,
                time_zone="America/Los_Angeles",
                version=1,
            ),
        )
    await deliver()


@pytest.fixture
def reader(app: FastAPI, runtime: Runtime) -> Reader:
    """A look behind the curtain, at the rows."""
    return runtime.database("alert_management").reader


def soon(**delta: float) -> str:
    """A moment from now."""
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


class Made:
    """The factories, as a fixture: test folders are no packages to import from."""

    texts = staticmethod(texts)
    flood = staticmethod(flood)
    soon = staticmethod(soon)
    kern = KERN
    creek = CREEK
    nobody = staticmethod(uuid4)


@pytest.fixture
def make() -> type[Made]:
    """Factories of content."""
    return Made
