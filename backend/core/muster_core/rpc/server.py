"""The serving side: every method guarded alike, whether it answers once or streams."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import grpc

from muster_core import errors
from muster_core.context import begin_trace
from muster_core.deadline import deadline
from muster_core.logs import get_logger
from muster_core.rpc.wire import (
    ACTOR_KEY,
    PROBLEM_KEY,
    TRACE_KEY,
    load_actor,
    problem_of,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator

    from muster_core.auth import Actor

    Context = grpc.aio.ServicerContext[Any, Any]
    Handler = grpc.RpcMethodHandler[Any, Any]

MOST_SECONDS = 1.0
"""A method that answers once is ended after this, whatever its caller would wait."""
STALL_SECONDS = 60.0
"""A stream whose reader takes no message for this long is ended."""
_log = get_logger(__name__)
_caller: ContextVar[Actor | None] = ContextVar("muster_rpc_caller", default=None)


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
    """Takes the actor, the trace and the time left from the call, and turns domain errors into statuses."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_streaming:
            return handler
        method = str(handler_call_details.method)
        guard = _guarded_stream if handler.response_streaming else _guarded
        inner: Any = handler.unary_stream if handler.response_streaming else handler.unary_unary
        make = (
            grpc.unary_stream_rpc_method_handler
            if handler.response_streaming
            else grpc.unary_unary_rpc_method_handler
        )
        return make(
            guard(method, inner),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _guarded(method: str, inner: Callable[[Any, Context], Awaitable[Any]]) -> Any:
    async def answer(request: Any, context: Context) -> Any:
        remaining = context.time_remaining()
        seconds = MOST_SECONDS if remaining is None else min(MOST_SECONDS, remaining)
        try:
            with _entered(context, seconds):
                async with asyncio.timeout(seconds):
                    return await inner(request, context)
        except Exception as error:
            await _abort(context, method, error)
            raise

    return answer


def _guarded_stream(method: str, inner: Callable[[Any, Context], AsyncIterator[Any]]) -> Any:
    # Each message is written here and not yielded to gRPC, so that a reader who has stopped can be noticed. The
    # write returns when the window has room: a slow reader slows the query, and no more than a window is in memory.
    async def answer(request: Any, context: Context) -> None:
        messages = inner(request, context)
        try:
            with _entered(context, context.time_remaining()):
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
def _entered(context: Context, seconds: float | None) -> Generator[None]:
    metadata = {str(key): value for key, value in (context.invocation_metadata() or ())}
    begin_trace(str(metadata.get(TRACE_KEY, "")))
    raw = metadata.get(ACTOR_KEY)
    _caller.set(load_actor(raw) if isinstance(raw, bytes) else None)
    with deadline(seconds):
        yield


async def _abort(context: Context, method: str, error: Exception) -> None:
    """End the call with the status of the error; this raises."""
    if isinstance(error, errors.DomainError):
        context.set_trailing_metadata(((PROBLEM_KEY, problem_of(error)),))
        await context.abort(status_of(error), error.detail)
    if isinstance(error, TimeoutError):
        _log.warning("gRPC call took too long", method=method)
        await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "The answer took too long.")
    _log.error("gRPC call failed", method=method, exc_info=error)
    await context.abort(grpc.StatusCode.INTERNAL, "The service failed; its log has the trace id.")
