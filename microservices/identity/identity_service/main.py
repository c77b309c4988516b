from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from identity_service.database import SCHEMA, Base
from identity_service.models import Account
from identity_service.passwords import nobodys_hash
from identity_service.permissions import Permission
from identity_service.routers import auth, keys, me, organizations, roles, users
from identity_service.rpc import register
from identity_service.service.signing import ensure_keys
from identity_service.settings import Settings
from identity_service.surroundings import surroundings_of
from identity_service.tasks import tasks
from muster_core.microservice import Microservice
from muster_core.outages import when_it_answers

if TYPE_CHECKING:
    from muster_core.listener import Listener
    from muster_core.runtime import Runtime

assert Account.metadata is Base.metadata


@asynccontextmanager
async def lifespan(runtime: Runtime, _listener: Listener) -> AsyncGenerator[None, None]:
    """Have keys to sign with, and the hash that unknown names are compared with, before the first request."""

    async def have_keys() -> None:
        async with runtime.session(SCHEMA) as session:
            await ensure_keys(session, surroundings_of(runtime))

    await when_it_answers(have_keys)
    warming = asyncio.create_task(asyncio.to_thread(nobodys_hash))
    yield
    await warming


service = Microservice(
    name="identity",
    package="identity_service",
    base=Base,
    permissions=Permission,
    routers=[
        auth.router,
        auth.well_known,
        me.router,
        users.people,
        users.router,
        roles.router,
        roles.permissions,
        keys.router,
        keys.signing_keys,
        organizations.router,
    ],
    rpc=[register],
    tasks=tasks,
    settings=[Settings],
    lifespan=lifespan,
    anonymous=frozenset(
        {
            "/.well-known/jwks.json",
            "/api/v1/auth/token",
            "/api/v1/auth/refresh",
            "/api/v1/auth/sign-out",
        }
    ),
)
