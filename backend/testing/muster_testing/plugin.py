"""Fixtures that every service's tests share: a real database each, roles as clients, delivery on demand.

Nothing here pretends: PostgreSQL is real, the application is the one that runs in production, tokens are signed and
verified. Only identity is replaced, by one that knows a key made for the tests (override `identity_gateway` to use
the real service).
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION, TestIdentity, actor_with_role

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.auth import Actor, IdentityGateway
    from muster_core.microservice import Microservice
    from muster_core.runtime import Runtime
    from muster_core.settings import Settings
    from muster_host.engines import Postgres
    from muster_testing.delivery import Delivery

pytest_plugins = ["muster_testing.engines"]
_numbers = count(1)
BASE = "http://muster.test/api/v1"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for this test process; without fsync, since nothing here outlives it."""
    from muster_host.engines import embedded_postgres  # noqa: PLC0415 - only tests that need it pay

    folder = Path(tempfile.mkdtemp(prefix="muster-test-"))
    try:
        with embedded_postgres(folder, durable=False) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """Every installed service."""
    from muster_core.microservice import installed_microservices  # noqa: PLC0415

    return installed_microservices()


@pytest.fixture(scope="session")
def prepared(postgres: Postgres) -> Callable[[list[Microservice]], str]:
    """Call it with services for a database in which their migrations have run, made once for each set of them."""
    from muster_core.database import Database  # noqa: PLC0415
    from muster_core.migrations import migrate  # noqa: PLC0415

    made: dict[tuple[str, ...], str] = {}

    def prepare(services: list[Microservice]) -> str:
        key = tuple(service.name for service in services)
        if key not in made:
            name = f"template_{len(made)}"
            postgres.query(f"CREATE DATABASE {name}", "postgres")

            async def run() -> None:
                database = Database(postgres.database_url(name), 2)
                await migrate(database, services)
                await database.close()

            asyncio.run(run())
            made[key] = name
        return made[key]

    return prepare


@pytest.fixture
def template(services: list[Microservice], prepared: Callable[[list[Microservice]], str]) -> str:
    """The database from which each test's is copied. A folder's tests may have `services` of their own."""
    return prepared(services)


@pytest.fixture
def database_url(postgres: Postgres, template: str) -> Iterator[str]:
    """A fresh migrated database for one test."""
    name = f"test_{next(_numbers)}"
    postgres.query(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy", "postgres")
    yield postgres.database_url(name)
    postgres.query(f"DROP DATABASE {name} WITH (FORCE)", "postgres")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Iterator[Settings]:
    """A process's settings for one test. The socket lies where its path stays short."""
    from muster_core.settings import Settings  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="mt-", dir="/tmp"))
    yield Settings(
        home=tmp_path,
        database_url=SecretStr(database_url),
        rpc_address=f"unix:{folder}/rpc.sock",
        database_pool=5,
    )
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def identity_gateway() -> Callable[[Runtime], IdentityGateway]:
    """What makes the identity gateway of the test's runtime."""
    return lambda _runtime: TestIdentity.shared()


@pytest.fixture
def runtime(settings: Settings, identity_gateway: Callable[[Runtime], IdentityGateway]) -> Runtime:
    """The surroundings of the services; the application starts and closes it."""
    from muster_core.runtime import Runtime  # noqa: PLC0415

    return Runtime(settings, identity_gateway)


@pytest.fixture
def faces() -> frozenset[str]:
    """The faces that run by themselves; relay and consumers run when a test calls `deliver`."""
    return frozenset({"api", "rpc"})


@pytest_asyncio.fixture
async def app(
    runtime: Runtime, services: list[Microservice], faces: frozenset[str]
) -> AsyncIterator[FastAPI]:
    """Every service in one application, started."""
    from muster_core.microservice import create_app, running  # noqa: PLC0415

    async with running(create_app(*services, runtime=runtime, faces=faces)) as application:
        yield application


@pytest_asyncio.fixture
async def live_address(app: FastAPI) -> AsyncIterator[str]:
    """The application served on a real port, for streams and real clients: `http://127.0.0.1:PORT`."""
    from muster_testing.serving import served  # noqa: PLC0415

    async with served(app) as address:
        yield address


@pytest_asyncio.fixture
async def deliver(runtime: Runtime, services: list[Microservice], app: FastAPI) -> Delivery:  # noqa: ARG001 - it must run
    """Call it to relay every outbox to every consumer until nothing is left."""
    from muster_testing.delivery import Delivery  # noqa: PLC0415

    return Delivery(runtime, services)


def client_for(app: FastAPI, actor: Actor | None) -> httpx.AsyncClient:
    """A client signed in as an actor, or a stranger. `people.stepped_up(client)` proves a second factor."""
    headers = {"Authorization": f"Bearer {TestIdentity.shared().token(actor)}"} if actor else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)


@pytest_asyncio.fixture
async def sign_in(app: FastAPI) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Call it with a starting role's key, and optionally an organization, for a client of that person."""
    opened: list[httpx.AsyncClient] = []

    def signed_in(role: str, organization: object = ORGANIZATION) -> httpx.AsyncClient:
        client = client_for(app, actor_with_role(role, organization))
        opened.append(client)
        return client

    yield signed_in
    for client in opened:
        await client.aclose()


@pytest.fixture
def as_commander(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """The Incident Commander."""
    return sign_in("incident-commander")


@pytest.fixture
def as_dispatcher(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """A Dispatcher."""
    return sign_in("dispatcher")


@pytest.fixture
def as_planning(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """The Planning Section Chief."""
    return sign_in("planning-section-chief")


@pytest.fixture
def as_responder(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """A Responder in the field."""
    return sign_in("responder")


@pytest.fixture
def as_auditor(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """An Auditor, who reads everything and changes nothing."""
    return sign_in("auditor")


@pytest.fixture
def as_administrator(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """The Administrator."""
    return sign_in("administrator")


@pytest.fixture
def as_neighbour(sign_in: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """The Incident Commander of another organization."""
    return sign_in("incident-commander", FOREIGN_ORGANIZATION)


@pytest_asyncio.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger."""
    async with client_for(app, None) as client:
        yield client
