"""The serving side: every method guarded alike, whether it answers once or streams."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast

import grpc
from grpc_health.v1 import health as grpc_health
from grpc_reflection.v1alpha import reflection

from muster_core import errors
from muster_core.deadline import deadline
from muster_core.errors import SettingError
from muster_core.logs import get_logger
from muster_core.observation import serving
from muster_core.rpc import policy
from muster_core.rpc.addresses import is_socket, refuse_plain
from muster_core.rpc.certificates import Certificates
from muster_core.rpc.wire import (
    ACTOR_KEY,
    PROBLEM_KEY,
    TRACE_KEY,
    load_actor,
    problem_of,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence

    from muster_core.auth import Actor
    from muster_core.rpc.health import Health
    from muster_core.settings import Settings

    Context = grpc.aio.ServicerContext[Any, Any]
    Handler = grpc.RpcMethodHandler[Any, Any]
    Admit = Callable[[Context], None]

MOST_SECONDS = 1.0
"""A method that answers once is ended after this, whatever its caller would wait."""
STALL_SECONDS = 60.0
"""A stream whose reader takes no message for this long is ended."""
_NOT_AGAIN = ("grpc-retry-pushback-ms", "-1")
"""Tells the caller's gRPC to leave it: the error says when to come again, which is later than a call may last."""
# Asked by whoever watches, in whose name does not matter; under mutual TLS a certificate of the house is needed.
_OPEN = frozenset({grpc_health.SERVICE_NAME, reflection.SERVICE_NAME})
R = TypeVar("R")
_log = get_logger(__name__)
_caller: ContextVar[Actor | None] = ContextVar("muster_rpc_caller", default=None)


class RpcServer:
    """Serves the gRPC faces of some services at one address."""

    def __init__(self, settings: Settings) -> None:
        """The address is MUSTER_RPC_ADDRESS, as gRPC writes it: `unix:/path` or `host:port`.

        Raises:
            SettingError: the address is missing, or is reached from beyond this machine and there is no certificate.
        """
        self.address = settings.rpc_address
        if not self.address:
            raise SettingError("rpc_address", "is not set: it says where the gRPC face listens")
        self._certificates = Certificates.named_by(settings)
        if self._certificates is None:
            refuse_plain(self.address, "rpc_address")
        secure = self._certificates is not None and not is_socket(self.address)
        self._edge = _Edge(secure=secure)
        self._secure, self._reflects = secure, settings.rpc_reflection
        self._health: Health | None = None
        self.server = grpc.aio.server(
            interceptors=[self._edge], options=tuple(policy.SERVER.items())
        )

    def add(
        self,
        register: Callable[[grpc.aio.Server, R], None],
        runtime: R,
        callers: frozenset[str] | None = None,
    ) -> list[str]:
        """Serve what `register` adds, to the services `callers` (None: to any of the house); answers the contracts."""
        recording = _Recording(self.server)
        register(cast("grpc.aio.Server", recording), runtime)
        for contract in recording.contracts:
            self._edge.callers[contract] = callers
        return recording.contracts

    def report(self, health: Health) -> None:
        """Answer gRPC's health service by this; call before `start`."""
        self._health = health
        health.add_to(self.server)

    async def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: the address is taken.
        """
        if self._reflects:
            names = [*self._edge.callers, reflection.SERVICE_NAME]
            reflection.enable_server_reflection(names, self.server)
        if self._secure and self._certificates is not None:
            credentials = self._certificates.server_credentials()
            self.server.add_secure_port(self.address, credentials)
        else:
            self.server.add_insecure_port(self.address)
        await self.server.start()
        if self._health is not None:
            self._health.start()

    async def close(self, grace: float = 1.0) -> None:
        """Finish the calls under way within `grace` seconds."""
        if self._health is not None:
            await self._health.close()
        await self.server.stop(grace)


class _Recording:
    """A server as generated code sees it, that notes which contracts are added."""

    def __init__(self, server: grpc.aio.Server) -> None:
        self._server = server
        self.contracts: list[str] = []

    def add_generic_rpc_handlers(self, handlers: Sequence[Any]) -> None:
        self.contracts += [handler.service_name() for handler in handlers]
        self._server.add_generic_rpc_handlers(tuple(handlers))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)


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
    """Takes the actor, the trace and the time left from the call, and turns domain errors into statuses."""

    def __init__(self, *, secure: bool) -> None:
        """`secure`: calls come under certificates, and the name in one says which service asks."""
        self._secure = secure
        self.callers: dict[str, frozenset[str] | None] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_streaming:
            return handler
        method = str(handler_call_details.method).lstrip("/")
        contract = method.rpartition("/")[0]
        if contract not in self.callers and contract in _OPEN:
            return handler
        admit = self._admission(contract) if self._secure else None
        guard = _guarded_stream if handler.response_streaming else _guarded
        inner: Any = handler.unary_stream if handler.response_streaming else handler.unary_unary
        make = (
            grpc.unary_stream_rpc_method_handler
            if handler.response_streaming
            else grpc.unary_unary_rpc_method_handler
        )
        return make(
            guard(method, inner, admit),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _admission(self, contract: str) -> Admit:
        callers = self.callers.get(contract)

        def admit(context: Context) -> None:
            names = _peer_names(context)
            if not names or (callers is not None and not names & callers):
                _log.error("gRPC caller refused", contract=contract, caller=sorted(names))
                raise _UnknownCallerError

        return admit


class _UnknownCallerError(Exception):
    """The certificate's name is not that of a service which may ask this."""


def _peer_names(context: Context) -> frozenset[str]:
    names = context.auth_context().get("x509_subject_alternative_name", ())
    return frozenset(name.decode("utf-8", "replace") for name in names)


def _guarded(
    method: str, inner: Callable[[Any, Context], Awaitable[Any]], admit: Admit | None
) -> Any:
    async def answer(request: Any, context: Context) -> Any:
        remaining = cast("float | None", context.time_remaining())
        seconds = MOST_SECONDS if remaining is None else min(MOST_SECONDS, remaining)
        try:
            with _entered(method, context, seconds, admit):
                async with asyncio.timeout(seconds):
                    return await inner(request, context)
        except Exception as error:
            await _abort(context, method, error)
            raise

    return answer


def _guarded_stream(
    method: str, inner: Callable[[Any, Context], AsyncIterator[Any]], admit: Admit | None
) -> Any:
    # Each message is written here and not yielded to gRPC, so that a reader who has stopped can be noticed. The
    # write returns when the window has room: a slow reader slows the query, and no more than a window is in memory.
    async def answer(request: Any, context: Context) -> None:
        messages: AsyncIterator[Any] | None = None
        try:
            with _entered(method, context, context.time_remaining(), admit):
                messages = inner(request, context)
                async for message in messages:
                    async with asyncio.timeout(STALL_SECONDS):
                        await context.write(message)
        except Exception as error:
            await _abort(context, method, error)
            raise
        finally:
            close = getattr(messages, "aclose", None)
            if close is not None:
                await close()

    return answer


@contextmanager
def _entered(
    method: str, context: Context, seconds: float | None, admit: Admit | None
) -> Generator[None]:
    if admit is not None:
        admit(context)
    metadata = {str(key): value for key, value in (context.invocation_metadata() or ())}
    raw = metadata.get(ACTOR_KEY)
    _caller.set(load_actor(raw) if isinstance(raw, bytes) else None)
    caller = str(metadata.get(TRACE_KEY, ""))
    with serving(method, caller), deadline(seconds):
        yield


async def _abort(context: Context, method: str, error: Exception) -> None:
    """End the call with the status of the error; this raises."""
    if isinstance(error, errors.DomainError):
        told: list[tuple[str, str | bytes]] = [(PROBLEM_KEY, problem_of(error))]
        if error.retry_after is not None:
            told.append(_NOT_AGAIN)
        context.set_trailing_metadata(tuple(told))
        await context.abort(status_of(error), error.detail)
    if isinstance(error, _UnknownCallerError):
        # Without a problem of ours: to whoever asked on a person's behalf this is an outage, not a missing right.
        await context.abort(
            grpc.StatusCode.PERMISSION_DENIED, "This service's certificate may not ask this."
        )
    if isinstance(error, TimeoutError):
        _log.warning("gRPC call took too long", method=method)
        await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "The answer took too long.")
    _log.error("gRPC call failed", method=method, exc_info=error)
    await context.abort(grpc.StatusCode.INTERNAL, "The service failed; its log has the trace id.")
