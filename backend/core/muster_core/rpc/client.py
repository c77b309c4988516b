"""The asking side: channels to the other services, one call or a stream of answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import grpc

from muster_core.context import traceparent
from muster_core.deadline import left
from muster_core.rpc.wire import ACTOR_KEY, TRACE_KEY, domain_error, dump_actor, unanswered

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from muster_core.auth import Actor
    from muster_core.settings import Settings

DEADLINE_SECONDS = 1.0
IDLE_SECONDS = 10.0
_RETRY_PAUSE = 0.1
_LEAST_SECONDS = 0.005

S = TypeVar("S")
A = TypeVar("A")


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
        """Call a method that answers once, within `seconds` and within what is left of the request at hand.

        Raises:
            DomainError: what the other side raised; UnavailableError if it did not answer in time.
        """
        metadata = _metadata(actor)
        loop = asyncio.get_running_loop()
        until = loop.time() + left(min(seconds, DEADLINE_SECONDS))
        while True:
            remaining = until - loop.time()
            if remaining < _LEAST_SECONDS:
                raise unanswered()
            try:
                return await method(request, timeout=remaining, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                again = (
                    retry
                    and error.code() is grpc.StatusCode.UNAVAILABLE
                    and remaining > 2 * _RETRY_PAUSE
                )
                if not again:
                    raise _raised(error) from error
                await asyncio.sleep(_RETRY_PAUSE)

    async def stream(
        self,
        method: Callable[..., grpc.aio.UnaryStreamCall[Any, A]],
        request: object,
        *,
        actor: Actor | None = None,
        idle_seconds: float = IDLE_SECONDS,
    ) -> AsyncGenerator[A]:
        """The messages of a method that streams, however long that takes.

        The other side may be silent for `idle_seconds` between two messages; the time that the caller takes over
        one does not count. A message is fetched when it is asked for, so a slow caller slows the other side down.
        Close the generator (`contextlib.aclosing`) when leaving early: that ends the work over there.

        Raises:
            DomainError: what the other side raised; UnavailableError if it fell silent or went away. The messages
                before it were good, but there may be more: begin again, or from where the contract lets you.
        """
        call = method(request, metadata=_metadata(actor))
        try:
            while True:
                try:
                    async with asyncio.timeout(idle_seconds):
                        message = await call.read()
                except TimeoutError as error:
                    raise unanswered() from error
                except grpc.aio.AioRpcError as error:
                    raise _raised(error) from error
                if message is grpc.aio.EOF:
                    return
                yield message  # pyright: ignore[reportReturnType] - EOF is ruled out above
        finally:
            call.cancel()

    async def close(self) -> None:
        """Close every channel."""
        for channel in self._channels.values():
            await channel.close()
        self._channels.clear()


def _metadata(actor: Actor | None) -> list[tuple[str, str | bytes]]:
    metadata: list[tuple[str, str | bytes]] = [(TRACE_KEY, traceparent())]
    if actor is not None:
        metadata.append((ACTOR_KEY, dump_actor(actor)))
    return metadata


def _raised(error: grpc.aio.AioRpcError) -> Exception:
    return domain_error(error.code(), error.details(), error.trailing_metadata() or ())
