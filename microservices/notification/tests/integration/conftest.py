"""What the stories of subscribers share: this service alone, and what people send and get."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio

from muster_core.tasks import TaskContext
from notification.channels.port import ChannelName, RealSender
from notification.database import SCHEMA
from notification.main import service
from notification.service.delivery import plant
from notification.testing import SITE, Kept, Post, Visitor

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.microservice import Microservice
    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """This service alone."""
    return [service]


@pytest.fixture
def post(runtime: Runtime, deliver: Delivery) -> Post:
    senders = {name: Kept(name) for name in ChannelName}
    real: dict[ChannelName, list[RealSender]] = {name: [one] for name, one in senders.items()}
    plant.make_pump(TaskContext(runtime, "notification"), real)
    return Post(runtime, deliver, senders)


@pytest_asyncio.fixture
async def visitor(app: FastAPI) -> AsyncIterator[Visitor]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
        yield Visitor(client)


@pytest.fixture
def visitor_from(app: FastAPI) -> Callable[[str], Visitor]:
    """Somebody at a network address."""

    def at(address: str) -> Visitor:
        transport = httpx.ASGITransport(app=app, client=(address, 1), raise_app_exceptions=False)
        return Visitor(httpx.AsyncClient(transport=transport, base_url=SITE))

    return at


@pytest.fixture
def rows(runtime: Runtime) -> Callable[..., Any]:
    """Look into the database: `await rows("SELECT …")`."""
    return runtime.database(SCHEMA).reader.fetch
