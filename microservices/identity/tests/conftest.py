"""The real identity, asked over gRPC by the application it serves, with the demo's people in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio

from identity_service import repository
from identity_service.database import SCHEMA
from identity_service.demo import ORGANIZATIONS, PEOPLE
from identity_service.main import service
from identity_service.passwords import hash_now
from identity_service.service import accounts, organizations
from identity_service.service.accounts import NewAccount
from identity_service.testing import PASSWORD, SignIn, browser, token, use
from muster.identity.v1.gateway import GrpcIdentity
from muster_core.auth import system_actor

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.auth import IdentityGateway
    from muster_core.microservice import Microservice
    from muster_core.runtime import Runtime


@lru_cache(maxsize=1)
def password_hash() -> str:
    return hash_now(PASSWORD)


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    return [service]


@pytest.fixture
def identity_gateway() -> Callable[[Runtime], IdentityGateway]:
    return GrpcIdentity


@pytest_asyncio.fixture
async def town(app: FastAPI, runtime: Runtime) -> FastAPI:
    """The two demo organizations with everybody in them."""
    async with runtime.session(SCHEMA, system_actor("identity")) as session:
        made = {one.name: await organizations.add(session, one) for one in ORGANIZATIONS}
        for person in PEOPLE:
            owner = made[person.organization]
            role_id = await repository.role_with_key(session, owner.id, person.role)
            new = NewAccount(person.username, person.name, None, (role_id,))
            await accounts.add(session, owner, new, password_hash())
    await runtime.database(SCHEMA).reader.execute("DELETE FROM identity.outbox")
    return app


@pytest_asyncio.fixture
async def sign_in_as(town: FastAPI) -> AsyncIterator[SignIn]:
    """Call it with a sign-in name for a client that signed in with the password."""
    opened: list[httpx.AsyncClient] = []

    async def signed_in(
        username: str, password: str = PASSWORD, address: str = "192.0.2.1"
    ) -> httpx.AsyncClient:
        client = browser(town, address)
        opened.append(client)
        use(client, await token(client, username, password))
        return client

    yield signed_in
    for client in opened:
        await client.aclose()


@pytest_asyncio.fixture
async def administrator(sign_in_as: SignIn) -> httpx.AsyncClient:
    return await sign_in_as("administrator")


@pytest_asyncio.fixture
async def stranger(town: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(town) as client:
        yield client


@pytest.fixture
def catch_up(runtime: Runtime) -> Callable[[], Awaitable[None]]:
    """Learn revocations now, instead of within the second."""
    return runtime.tokens.refresh_revocations


@pytest.fixture
def sql(runtime: Runtime) -> Callable[..., Awaitable[list[Any]]]:
    """Look behind the curtain."""
    return runtime.database(SCHEMA).reader.fetch


@pytest_asyncio.fixture
async def user_of(
    administrator: httpx.AsyncClient,
) -> Callable[[str], Awaitable[dict[str, Any]]]:
    """The account with a sign-in name, as the administrator sees it."""

    async def found(username: str) -> dict[str, Any]:
        page = (await administrator.get("/users", params={"q": username})).json()
        return next(item for item in page["items"] if item["username"] == username)

    return found
