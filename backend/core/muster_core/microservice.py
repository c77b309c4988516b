"""A microservice as a value, and the application made of one of them or of all."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from muster_core import tasks as celery_tasks
from muster_core.consumers import Consumers
from muster_core.housekeeping import housekeeping
from muster_core.http.edge import Edge
from muster_core.http.health import health_router
from muster_core.http.idempotency import ReplayedAnswer
from muster_core.http.openapi import describe_api
from muster_core.http.problems import add_problem_handlers
from muster_core.listener import Listener
from muster_core.ports.in_process import InProcessBroker
from muster_core.relay import WAKE_CHANNEL, Relay
from muster_core.rpc import RpcServer
from muster_core.scrape import watched
from muster_core.tasks import Task, Tasks
from muster_core.tracing import exporting, service_name

if TYPE_CHECKING:
    from enum import StrEnum

    import grpc
    from sqlalchemy.orm import DeclarativeBase

    from muster_core.runtime import Runtime
    from muster_core.settings import ServiceSettings

FACES = frozenset({"api", "rpc", "relay", "consumers"})

RegisterRpc = Callable[["grpc.aio.Server", "Runtime"], None]
Lifespan = Callable[["Runtime", "Listener"], AbstractAsyncContextManager[None]]
Gauges = Callable[["Runtime"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Microservice:
    """What a service registers: its faces and what they need."""

    name: str
    package: str
    base: type[DeclarativeBase]
    permissions: type[StrEnum]
    routers: Sequence[APIRouter] = ()
    rpc: Sequence[RegisterRpc] = ()
    consumers: Consumers | None = None
    tasks: Tasks | None = None
    settings: Sequence[type[ServiceSettings]] = ()
    lifespan: Lifespan | None = None
    gauges: Gauges | None = None
    """Sets the service's own gauges when /metrics is asked for; cheap, and at most two seconds."""
    anonymous: frozenset[str] = field(default_factory=frozenset[str])
    """Paths that need no account; a test holds every other route to refusing strangers."""

    @property
    def schema(self) -> str:
        """The service's schema in PostgreSQL."""
        return self.name.replace("-", "_")

    @property
    def work(self) -> list[Task]:
        """Its tasks, and the housekeeping that every service has."""
        return [*(self.tasks.all if self.tasks else ()), housekeeping(self.name)]


def installed_microservices() -> list[Microservice]:
    """Every service that this installation has (entry points of the group `muster.microservices`), by name."""
    found = entry_points(group="muster.microservices")
    return [
        cast("Microservice", entry.load()) for entry in sorted(found, key=lambda entry: entry.name)
    ]


def create_app(*services: Microservice, runtime: Runtime, faces: frozenset[str] = FACES) -> FastAPI:
    """One application with the given faces of the given services; the runtime is started and closed with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        name = service_name([service.name for service in services], sorted(faces))
        async with AsyncExitStack() as stack:
            stack.enter_context(exporting(runtime.settings, name))
            await stack.enter_async_context(watched(services, faces))
            await _start(stack, services, runtime, faces)
            yield

    app = FastAPI(
        title="Muster",
        version="1",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.runtime = runtime
    app.state.services = services
    add_problem_handlers(app)
    app.add_exception_handler(ReplayedAnswer, _replay)
    app.include_router(health_router)
    if "api" in faces:
        for service in services:
            for router in service.routers:
                app.include_router(router)
        describe_api(app, services)
    app.add_middleware(cast("Any", Edge), max_body_bytes=runtime.settings.max_body_bytes)
    return app


async def _start(
    stack: AsyncExitStack, services: Sequence[Microservice], runtime: Runtime, faces: frozenset[str]
) -> None:
    """Start the faces; what starts first is closed last."""
    stack.push_async_callback(runtime.close)
    schemas = [service.schema for service in services]
    database = runtime.database(schemas[0] if schemas else "")
    listener = Listener(database.url)
    if "rpc" in faces:
        server = RpcServer(runtime.settings.rpc_address)
        for service in services:
            for register in service.rpc:
                register(server.server, runtime)
        await server.start()
        stack.push_async_callback(server.close)
    await runtime.start()
    broker = InProcessBroker(runtime)
    if "consumers" in faces:
        await broker.subscribe([one for s in services if s.consumers for one in s.consumers.all])
    if "relay" in faces:
        url = runtime.settings.cache_url
        celery = celery_tasks.make_celery(url.get_secret_value() if url else "memory://")

        async def start(work: dict[str, Any]) -> None:
            await celery_tasks.start_task(celery, work)

        relay = Relay(runtime, schemas, broker, start)
        listener.on(WAKE_CHANNEL, relay.wake)
        await relay.start()
        stack.push_async_callback(relay.close)
    for service in services:
        if service.lifespan is not None and "api" in faces:
            await stack.enter_async_context(service.lifespan(runtime, listener))
    await listener.start()
    stack.push_async_callback(listener.close)


async def _replay(_request: Request, error: Exception) -> Response:
    return cast("ReplayedAnswer", error).response


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[FastAPI]:
    """The application with its lifespan, for tests and tools that do not serve HTTP."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield app
