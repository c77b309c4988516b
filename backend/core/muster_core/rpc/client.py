"""The asking side: channels to the other services, one call or a stream of answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import grpc

from muster_core.background import end
from muster_core.context import traceparent
from muster_core.deadline import left
from muster_core.errors import SettingError
from muster_core.observation import calling
from muster_core.rpc.addresses import is_socket, refuse_plain
from muster_core.rpc.certificates import Certificates
from muster_core.rpc.policy import channel_options
from muster_core.rpc.wire import (
    ACTOR_KEY,
    TRACE_KEY,
    domain_error,
    dump_actor,
    method_name,
    unanswered,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from muster_core.auth import Actor
    from muster_core.settings import Settings

DEADLINE_SECONDS = 1.0
IDLE_SECONDS = 10.0
_LEAST_SECONDS = 0.005
_OLD_CHANNEL_SECONDS = 600.0

S = TypeVar("S")
A = TypeVar("A")


@dataclass(slots=True)
class _Open:
    """A channel, the stub on it, and the reading of the certificate files it was opened with."""

    channel: grpc.aio.Channel
    stub: Any
    reading: int


def check_settings(settings: Settings, *, serves: bool) -> None:
    """Whether this process could ask, and with `serves` be asked, by what its settings say.

    Raises:
        SettingError: names the first one that is missing or cannot be used.
    """
    if not settings.rpc_address and (serves or not settings.rpc_peers):
        raise SettingError(
            "rpc_address", "is not set: it says where services ask each other (gRPC)"
        )
    if Certificates.named_by(settings) is None:
        if settings.rpc_address:
            refuse_plain(settings.rpc_address, "rpc_address")
        for peer in settings.rpc_peers.values():
            refuse_plain(peer, "rpc_peers")


class Rpc:
    """Channels to the other services, opened on first use, and anew when this process's certificate changes."""

    def __init__(self, settings: Settings) -> None:
        """Addresses come from MUSTER_RPC_ADDRESS and MUSTER_RPC_PEERS.

        Raises:
            SettingError: the certificate files cannot be used, or (at `stub`) an address needs them.
        """
        self._settings = settings
        self._certificates = Certificates.named_by(settings)
        self._open: dict[tuple[str, Any], _Open] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def stub(self, stub: Callable[[grpc.aio.Channel], S], service: str) -> S:
        """A generated stub bound to the service's channel: `rpc.stub(HazardsStub, "hazard-monitoring")`.

        Ask for it where it is used: it is kept here, and replaced when the certificate changes.
        """
        material = self._certificates.current() if self._certificates else None
        reading = material.reading if material else 0
        found = self._open.get((service, stub))
        if found is not None and found.reading == reading:
            return found.stub
        if found is not None:
            self._retire(found.channel)
        address = self._settings.rpc_peers.get(service, self._settings.rpc_address)
        options = channel_options(cast("type", stub), service, address)
        if material is None or is_socket(address):
            refuse_plain(address, "rpc_peers")
            channel = grpc.aio.insecure_channel(address, options=options)
        else:
            credentials = Certificates.channel_credentials(material)
            channel = grpc.aio.secure_channel(address, credentials, options=options)
        made = stub(channel)
        self._open[service, stub] = _Open(channel, made, reading)
        return made

    def _retire(self, channel: grpc.aio.Channel) -> None:
        """Let what goes on end by itself."""
        task = asyncio.create_task(channel.close(_OLD_CHANNEL_SECONDS), name="old rpc channel")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def call(
        self,
        method: Callable[..., Awaitable[A]],
        request: object,
        *,
        actor: Actor | None = None,
        seconds: float = DEADLINE_SECONDS,
    ) -> A:
        """Call a method that answers once, within `seconds` and within what is left of the request at hand.

        A method that its contract marks NO_SIDE_EFFECTS is tried again while the peer cannot be reached.

        Raises:
            DomainError: what the other side raised; UnavailableError if it did not answer in time.
        """
        remaining = left(min(seconds, DEADLINE_SECONDS))
        if remaining < _LEAST_SECONDS:
            raise unanswered()
        with calling(method_name(method)):
            try:
                return await method(request, timeout=remaining, metadata=_metadata(actor))
            except grpc.aio.AioRpcError as error:
                raise _raised(error) from error

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
        opened = [found.channel for found in self._open.values()]
        self._open.clear()
        await end(*self._closing)
        for channel in opened:
            await channel.close()


def _metadata(actor: Actor | None) -> list[tuple[str, str | bytes]]:
    metadata: list[tuple[str, str | bytes]] = [(TRACE_KEY, traceparent())]
    if actor is not None:
        metadata.append((ACTOR_KEY, dump_actor(actor)))
    return metadata


def _raised(error: grpc.aio.AioRpcError) -> Exception:
    return domain_error(error.code(), error.details(), error.trailing_metadata() or ())
