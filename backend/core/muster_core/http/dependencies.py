"""What endpoints ask for: the actor, a permission, a transaction, a reader, a channel to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

from muster_core.auth import Actor, authorize
from muster_core.errors import UnauthorizedError
from muster_core.http.idempotency import claim
from muster_core.http.routing import CLAIM
from muster_core.rpc import Rpc
from muster_core.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.database import Reader

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


# Dependencies are coroutines: FastAPI sends plain functions to a thread, which costs more than all they do.
async def runtime_of(request: Request) -> Runtime:
    """The process's surroundings."""
    return _runtime(request)


async def rpc_of(request: Request) -> Rpc:
    """The process's channels to the other services."""
    return _runtime(request).rpc


async def current_actor(
    request: Request, scopes: SecurityScopes, token: Annotated[str | None, Depends(_bearer)]
) -> Actor:
    """Who is asking, holding the scopes that the endpoint declares.

    Raises:
        UnauthorizedError: no token, or not a good one.
        ForbiddenError: a scope is missing.
    """
    actor: Actor | None = request.scope.get("muster.actor")
    if actor is None:
        if not token:
            raise UnauthorizedError("Sign in, or send an access token or an API key.")
        actor = await _runtime(request).tokens.verify(token)
        request.scope["muster.actor"] = actor
    for scope in scopes.scopes:
        authorize(actor, scope)
    return actor


CurrentActor = Annotated[Actor, Security(current_actor)]
RuntimeOf = Annotated[Runtime, Depends(runtime_of)]
RpcOf = Annotated[Rpc, Depends(rpc_of)]


def needs(*permissions: str) -> Any:
    """Refuse who lacks a permission, and say so in OpenAPI.

    For a parameter: `actor: Annotated[Actor, needs(Permission.READ)]`.
    """
    return Security(current_actor, scopes=[str(permission) for permission in permissions])


def open_session(
    schema: str, *, keep_answers: bool = True
) -> Callable[..., AsyncIterator[AsyncSession]]:
    """A dependency that yields one transaction of a service on behalf of whoever asks.

    Use with `Depends(..., scope="function")`, so that it commits before the response is sent. With
    `keep_answers=False` an Idempotency-Key is ignored: for answers that hold a secret shown once.
    """

    async def session(request: Request, actor: CurrentActor) -> AsyncIterator[AsyncSession]:
        async with _runtime(request).session(schema, actor) as opened:
            if keep_answers:
                request.scope[CLAIM] = await claim(request, opened, actor.id)
            yield opened

    return session


def open_public_session(schema: str) -> Callable[..., AsyncIterator[AsyncSession]]:
    """The same for endpoints that need no account, such as signing in."""

    async def session(request: Request) -> AsyncIterator[AsyncSession]:
        async with _runtime(request).session(schema) as opened:
            yield opened

    return session


def open_reads(schema: str) -> Callable[..., Awaitable[Reader]]:
    """A dependency that answers the service's reader: autocommit, for JSON built in SQL."""

    async def reads(request: Request) -> Reader:
        return _runtime(request).database(schema).reader

    return reads
