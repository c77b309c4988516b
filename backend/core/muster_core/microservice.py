"""A microservice as a value, and the application made of one of them or of all."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from muster_core.asyncapi import asyncapi_document
from muster_core.beat import Beat
from muster_core.cached import dropper
from muster_core.celery_app import TaskSender, make_celery
from muster_core.consumers import Consumer, Consumers
from muster_core.housekeeping import housekeeping
from muster_core.http.edge import Edge
from muster_core.http.health import health_router
from muster_core.http.idempotency import ReplayedAnswer
from muster_core.http.limits import Limits
from muster_core.http.openapi import describe_api
from muster_core.http.problems import add_problem_handlers
from muster_core.lanes import declare_lanes, fetch_dead_work
from muster_core.listener import Listener
from muster_core.ports.amqp import opened
from muster_core.ports.in_process import InProcessBroker
from muster_core.ports.rabbitmq import RabbitMQBroker, declare
from muster_core.relay import WAKE_CHANNEL, Relay
from muster_core.rpc import RpcServer
from muster_core.rpc.health import Health
from muster_core.scrape import watched
from muster_core.tasks import Task, Tasks
from muster_core.tracing import exporting, service_name

if TYPE_CHECKING:
    from enum import StrEnum

    import grpc
    from sqlalchemy.orm import DeclarativeBase

    from muster_core.ports.broker import Broker
    from muster_core.runtime import Runtime
    from muster_core.settings import ServiceSettings

FACES = frozenset({"api", "rpc", "relay", "consumers", "beat"})

_STUCK_SECONDS = 10
# In one process a batch is handled while it is relayed, which may take longer than handing it to RabbitMQ.
_STUCK_EMBEDDED_SECONDS = 30

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
    rpc_callers: frozenset[str] | None = None
    """Services whose certificate may ask it by gRPC; None: every service of the house."""
    consumers: Consumers | None = None
    tasks: Tasks | None = None
    settings: Sequence[type[ServiceSettings]] = ()
    lifespan: Lifespan | None = None
    companion: Lifespan | None = None
    """Runs beside the consumers: what goes on by itself with what they took in."""
    gauges: Gauges | None = None
    """Sets the service's own gauges when /metrics is asked for; cheap, and at most two seconds."""
    anonymous: frozenset[str] = field(default_factory=frozenset[str])
    """Paths that need no account; a test holds every other route to refusing strangers."""

    @property
    def schema(self) -> str:
        """The service's schema in PostgreSQL."""
        return self.name.replace("-", "_")

    @property
    def listeners(self) -> list[Consumer]:
        """Its consumers, and the one that drops what events make wrong in the cache."""
        return [*(self.consumers.all if self.consumers else ()), *dropper(self.name)]

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
        app.add_api_route("/api/v1/asyncapi.json", _asyncapi, include_in_schema=False)
    app.add_middleware(cast("Any", Limits), runtime=runtime)
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
        server = serve_rpc(services, runtime)
        await server.start()
        stack.push_async_callback(server.close)
    await runtime.start()
    broker = open_broker(runtime)
    stack.push_async_callback(broker.close)
    if "consumers" in faces:
        await broker.subscribe([one for s in services for one in s.listeners])
    if "relay" in faces:
        relay = await _start_relay(stack, services, runtime, broker)
        listener.on(WAKE_CHANNEL, relay.wake)
    if "beat" in faces:
        for service in services:
            beat = Beat(runtime, service.name, service.work)
            await beat.start()
            stack.push_async_callback(beat.close)
    for service in services:
        if service.lifespan is not None and "api" in faces:
            await stack.enter_async_context(service.lifespan(runtime, listener))
        if service.companion is not None and "consumers" in faces:
            await stack.enter_async_context(service.companion(runtime, listener))
    await listener.start()
    stack.push_async_callback(listener.close)


def serve_rpc(services: Sequence[Microservice], runtime: Runtime) -> RpcServer:
    """The gRPC faces of the services, with a probe for each of their contracts; not yet listening."""
    server = RpcServer(runtime.settings)
    probes: dict[str, Callable[[], Awaitable[object]]] = {}
    for service in services:
        reader = runtime.database(service.schema).reader
        probe = partial(reader.fetch, f"SELECT 1 FROM {service.schema}.outbox LIMIT 1")  # noqa: S608 - our own schema
        for register in service.rpc:
            for contract in server.add(register, runtime, service.rpc_callers):
                probes[contract] = probe
    server.report(Health(probes, runtime.draining))
    return server


async def _start_relay(
    stack: AsyncExitStack, services: Sequence[Microservice], runtime: Runtime, broker: Broker
) -> Relay:
    names = [service.name for service in services]
    sender = TaskSender(make_celery(runtime.settings.tasks_url or "memory://", names))
    stack.push_async_callback(sender.close)
    distributed = runtime.settings.broker_url
    if distributed is not None:
        dead = fetch_dead_work(runtime, distributed.get_secret_value(), names)
        stack.push_async_callback(dead.close)
    relay = Relay(
        runtime,
        [service.schema for service in services],
        broker,
        sender.send,
        stuck_seconds=_STUCK_SECONDS if distributed else _STUCK_EMBEDDED_SECONDS,
    )
    await relay.start()
    stack.push_async_callback(relay.close)
    return relay


def open_broker(runtime: Runtime) -> Broker:
    """The adapter that the settings ask for: RabbitMQ, or this process itself."""
    url = runtime.settings.broker_url
    return RabbitMQBroker(runtime, url.get_secret_value()) if url else InProcessBroker(runtime)


async def declare_topology(services: Sequence[Microservice], url: str) -> None:
    """Every queue of these services on RabbitMQ, before the first message that belongs in one."""
    async with opened(url) as connection:
        channel = await connection.channel()
        await declare(channel, [one for service in services for one in service.listeners])
        await declare_lanes(channel, [service.name for service in services])


async def _asyncapi(request: Request) -> JSONResponse:
    """Every event, as AsyncAPI 3.0."""
    return JSONResponse(asyncapi_document(request.app.state.services))


async def _replay(_request: Request, error: Exception) -> Response:
    return cast("ReplayedAnswer", error).response


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[FastAPI]:
    """The application with its lifespan, for tests and tools that do not serve HTTP."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield app
