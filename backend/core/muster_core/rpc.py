"""gRPC between services: short deadlines, the caller's identity passed on, errors the same as over HTTP.

The transport is trusted (a private unix socket, or mutual TLS), so the actor travels as metadata and every service
function authorizes it again.
"""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

import grpc

from muster_core import errors
from muster_core.auth import Actor
from muster_core.context import begin_trace, traceparent
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from muster_core.settings import Settings

DEADLINE_SECONDS = 1.0
_ACTOR_KEY = "muster-actor-bin"
_PROBLEM_KEY = "muster-problem-bin"
_log = get_logger(__name__)
_caller: ContextVar[Actor | None] = ContextVar("muster_rpc_caller", default=None)

S = TypeVar("S")
Q = TypeVar("Q")
A = TypeVar("A")

_STATUS: dict[int, grpc.StatusCode] = {
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.FAILED_PRECONDITION,
    412: grpc.StatusCode.ABORTED,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
}
_ERRORS: dict[grpc.StatusCode, type[errors.DomainError]] = {
    grpc.StatusCode.UNAUTHENTICATED: errors.UnauthorizedError,
    grpc.StatusCode.PERMISSION_DENIED: errors.ForbiddenError,
    grpc.StatusCode.NOT_FOUND: errors.NotFoundError,
    grpc.StatusCode.FAILED_PRECONDITION: errors.ConflictError,
    grpc.StatusCode.ABORTED: errors.PreconditionFailedError,
    grpc.StatusCode.INVALID_ARGUMENT: errors.InvalidInputError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.TooManyRequestsError,
}


class Rpc:
    """Channels to the other services, one per address, opened on first use."""

    def __init__(self, settings: Settings) -> None:
        """Addresses come from MUSTER_RPC_ADDRESS and MUSTER_RPC_PEERS."""
        self._settings = settings
        self._channels: dict[str, grpc.aio.Channel] = {}

    def stub(self, stub: Callable[[grpc.aio.Channel], S], service: str) -> S:
        """A generated stub bound to the service's channel: `rpc.stub(HazardsStub, "hazard-monitoring")`."""
        address = self._settings.rpc_peers.get(service, self._settings.rpc_address)
        if address not in self._channels:
            self._channels[address] = grpc.aio.insecure_channel(
                address, options=[("grpc.max_receive_message_length", 8 * 1024 * 1024)]
            )
        return stub(self._channels[address])

    async def call(
        self,
        method: Callable[..., Awaitable[A]],
        request: object,
        *,
        actor: Actor | None = None,
        seconds: float = DEADLINE_SECONDS,
        retry: bool = True,
    ) -> A:
        """Call a unary method within `seconds`; with `retry`, once more if the peer was not reached.

        Raises:
            DomainError: what the other side raised; UnavailableError if it did not answer in time.
        """
        metadata: list[tuple[str, str | bytes]] = [("traceparent", traceparent())]
        if actor is not None:
            metadata.append((_ACTOR_KEY, _dump_actor(actor)))
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            left = deadline - asyncio.get_running_loop().time()
            try:
                return await method(request, timeout=max(left, 0.05), metadata=metadata)
            except grpc.aio.AioRpcError as error:
                again = (
                    retry
                    and error.code() is grpc.StatusCode.UNAVAILABLE
                    and left > 2 * _RETRY_PAUSE
                )
                if not again:
                    raise _domain_error(error) from error
                await asyncio.sleep(_RETRY_PAUSE)

    async def close(self) -> None:
        """Close every channel."""
        for channel in self._channels.values():
            await channel.close()
        self._channels.clear()


_RETRY_PAUSE = 0.1


class RpcServer:
    """Serves the gRPC faces of some services at one address."""

    def __init__(self, address: str) -> None:
        """`address` as gRPC writes it: `unix:/path` or `host:port`."""
        self.address = address
        self.server = grpc.aio.server(interceptors=[_Edge()], options=[("grpc.so_reuseport", 0)])

    async def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: the address is taken.
        """
        self.server.add_insecure_port(self.address)
        await self.server.start()

    async def close(self, grace: float = 1.0) -> None:
        """Finish the calls under way within `grace` seconds."""
        await self.server.stop(grace)


def current_caller() -> Actor:
    """In a servicer method: on whose behalf the call was made.

    Raises:
        UnauthorizedError: the caller did not say.
    """
    actor = _caller.get()
    if actor is None:
        raise errors.UnauthorizedError("The call does not say on whose behalf it is made.")
    return actor


class _Edge(grpc.aio.ServerInterceptor):
    """Takes the actor and the trace from the metadata, and turns domain errors into statuses."""

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        inner: Any = handler.unary_unary

        async def guarded(request: object, context: grpc.aio.ServicerContext[Any, Any]) -> object:
            metadata = {str(key): value for key, value in (context.invocation_metadata() or ())}
            begin_trace(str(metadata.get("traceparent", "")))
            raw = metadata.get(_ACTOR_KEY)
            _caller.set(_load_actor(raw) if isinstance(raw, bytes) else None)
            try:
                return await inner(request, context)
            except errors.DomainError as error:
                problem = json.dumps({"code": error.code, "errors": error.errors}).encode()
                context.set_trailing_metadata(((_PROBLEM_KEY, problem),))
                await context.abort(
                    _STATUS.get(error.status, grpc.StatusCode.UNKNOWN), error.detail
                )
                raise
            except Exception:
                _log.exception("gRPC call failed", method=handler_call_details.method)
                await context.abort(
                    grpc.StatusCode.INTERNAL, "The service failed; its log has the trace id."
                )
                raise

        return grpc.unary_unary_rpc_method_handler(
            guarded,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _domain_error(error: grpc.aio.AioRpcError) -> errors.DomainError:
    known = _ERRORS.get(error.code())
    if known is None:
        return errors.UnavailableError(
            "A service this needs does not answer now; nothing was changed. Try again.",
            retry_after=2,
        )
    problem: dict[str, Any] = {}
    for key, value in error.trailing_metadata() or ():
        if key == _PROBLEM_KEY:
            problem = json.loads(value)
    return known(error.details() or "", errors=problem.get("errors", ()))


def _dump_actor(actor: Actor) -> bytes:
    return json.dumps(
        {
            "id": str(actor.id),
            "name": actor.name,
            "kind": actor.kind,
            "organization_id": str(actor.organization_id) if actor.organization_id else None,
            "permissions": sorted(actor.permissions),
            "session_id": str(actor.session_id) if actor.session_id else None,
            "authenticated_at": actor.authenticated_at,
        }
    ).encode()


def _load_actor(raw: bytes) -> Actor:
    value = cast("dict[str, Any]", json.loads(raw))
    return Actor(
        id=UUID(value["id"]),
        name=value["name"],
        kind=value["kind"],
        organization_id=UUID(value["organization_id"]) if value["organization_id"] else None,
        permissions=frozenset(value["permissions"]),
        session_id=UUID(value["session_id"]) if value["session_id"] else None,
        authenticated_at=value["authenticated_at"],
    )
